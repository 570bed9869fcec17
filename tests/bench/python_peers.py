#!/usr/bin/env python3
"""Solves the same programs from Python by flatsweep.flattest, HiGHS (scipy), CVXOPT and CVXPY, those that are installed, on one
thread, and prints seconds (the best of a few), accuracy and the lines of code that each takes. Then what flattest costs over
the C++ call within, whose seconds each solution has: the least and the median of many calls.

usage: python_peers.py [--sizes 50 200 500]    (PYTHONPATH=BUILD/python)"""
import argparse
import inspect
import os
import statistics
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy

import flatsweep


def by_flatsweep(S, y):
    return flatsweep.flattest(S, y).outer_weights


def by_highs(S, y):
    from scipy.optimize import linprog
    m = S.shape[1]
    result = linprog(numpy.ones(2 * m), A_eq=numpy.hstack([S, -S]), b_eq=y, method="highs-ds")
    return result.x[:m] - result.x[m:]


def by_cvxopt(S, y):
    import cvxopt
    m = S.shape[1]
    cvxopt.solvers.options.update(show_progress=False)
    dual = cvxopt.solvers.lp(cvxopt.matrix(-y), cvxopt.matrix(numpy.vstack([S.T, -S.T])), cvxopt.matrix(numpy.ones(2 * m)))
    return numpy.array(dual["z"][:m] - dual["z"][m:]).ravel()


def by_cvxpy(S, y):
    import cvxpy
    a = cvxpy.Variable(S.shape[1])
    cvxpy.Problem(cvxpy.Minimize(cvxpy.norm1(a)), [S @ a == y]).solve()
    return a.value


def best_seconds(call, times):
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def compare(n):
    r = numpy.random.default_rng(n)
    S, y = numpy.asfortranarray(numpy.maximum(r.standard_normal((n, 2 * n)), 0)), r.standard_normal(n)
    print(f"n = {n}, m = {2 * n}")
    objective = None
    for solve in (by_flatsweep, by_highs, by_cvxopt, by_cvxpy):
        try:
            seconds, a = best_seconds(lambda: solve(S, y), 3 if n < 500 else 1)
        except ImportError as absent:
            print(f"  {solve.__name__[3:]:10s} {absent.name} is not installed")
            continue
        objective = objective or abs(a).sum()
        lines = sum("import" not in line for line in inspect.getsource(solve).splitlines()[1:])
        print(f"  {solve.__name__[3:]:10s} {seconds:8.4f} s   residual {numpy.linalg.norm(S @ a - y) / numpy.linalg.norm(y):7.1e}   "
              f"objective off by {abs(a).sum() / objective - 1:8.1e}   {lines} lines", flush=True)
    print_cost("a column-major S", S, y)
    print_cost("a row-major S, which is copied", numpy.ascontiguousarray(S), y)


def print_cost(what, S, y):
    over, inner = [], []
    for _ in range(1000 if len(y) < 200 else 20):
        seconds, solution = best_seconds(lambda: flatsweep.flattest(S, y), 1)
        over.append(seconds - solution.seconds)
        inner.append(solution.seconds)
    print(f"  flattest over its C++ call, {what}: {1e3 * min(over):.3f} ms at least, {1e3 * statistics.median(over):.3f} ms in the median, "
          f"{100 * min(over) / min(inner):.2f} % of {1e3 * min(inner):.2f} ms", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 200, 500])
    for size in parser.parse_args().sizes:
        compare(size)
