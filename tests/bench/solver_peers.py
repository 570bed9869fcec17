#!/usr/bin/env python3
"""Solves one program with flatsweep and with general solvers, on one thread, and prints seconds, accuracy and ratios.

usage: solver_peers.py FLATSWEEP [--n 500] [--ratio 2] [--gamma 0.3] [--seed 1] [--slow]

Peers are those that are installed: HiGHS (python3-scipy), CVXOPT (python3-cvxopt), Clp (coinor-clp); for q = 4/3
quasi-Newton and trust-region methods on the smooth dual (scipy). Accuracy is recomputed here from S, y and a.
"""

import argparse
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[threads] = "1"

import h5py
import numpy as np
import scipy.optimize
import scipy.sparse


def sample(n, m, d, r, gamma, seed, exponent):
    """S and y of a teacher with r index directions, activation z_+^exponent or z^exponent."""
    rng = np.random.default_rng(seed)
    activation = (lambda z: np.maximum(z, 0)) if exponent == 1 else (lambda z: z**exponent)
    directions = np.linalg.qr(rng.standard_normal((d, r)))[0].T
    features = rng.standard_normal((n, d))
    inside = rng.standard_normal((m, r))
    inside /= np.linalg.norm(inside, axis=1, keepdims=True)
    outside = rng.standard_normal((m, d))
    outside -= outside @ directions.T @ directions
    outside /= np.linalg.norm(outside, axis=1, keepdims=True)
    inner = gamma * inside @ directions + np.sqrt(1 - gamma**2) * outside
    return activation(features @ inner.T), activation(features @ directions.T).sum(axis=1)


def flatsweep(program, S, y, q):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.h5", Path(folder) / "out.h5"
        with h5py.File(source, "w") as file:
            file["S"], file["y"] = S, y
            file.attrs["q"] = q
        best = np.inf
        for _ in range(5):
            printed = subprocess.run([program, "solve", "--program", source, "-o", target, "--overwrite"],
                                     check=True, capture_output=True, text=True).stdout
            best = min(best, float(re.search(r"and (\S+) s", printed)[1]))
        with h5py.File(target) as file:
            return best, file["outer_weights"][:]


def timed(solve):
    start = time.process_time()
    a = solve()
    return time.process_time() - start, a


def highs(method):
    def solve(S, y):
        m = S.shape[1]
        result = scipy.optimize.linprog(np.ones(2 * m), A_eq=np.hstack([S, -S]), b_eq=y, method=method)
        return result.x[:m] - result.x[m:]
    return solve


def cvxopt_dual(S, y):
    """maximise y'nu subject to -1 <= S'nu <= 1; its multipliers are the halves of a."""
    import cvxopt
    m = S.shape[1]
    cvxopt.solvers.options.update(show_progress=False, abstol=1e-8, reltol=1e-8, feastol=1e-8)
    solution = cvxopt.solvers.lp(cvxopt.matrix(-y), cvxopt.matrix(np.vstack([S.T, -S.T])), cvxopt.matrix(np.ones(2 * m)))
    z = np.array(solution["z"]).ravel()
    return z[:m] - z[m:]


def write_mps(S, y, path):
    n, m = S.shape
    with open(path, "w") as file:
        file.write("NAME program\nROWS\n N cost\n" + "".join(f" E r{i}\n" for i in range(n)) + "COLUMNS\n")
        for sign, letter in ((1, "p"), (-1, "q")):
            for j in range(m):
                file.write(f" {letter}{j} cost 1\n")
                file.writelines(f" {letter}{j} r{i} {sign * S[i, j]!r}\n" for i in np.flatnonzero(S[:, j]))
        file.write("RHS\n" + "".join(f" b r{i} {y[i]!r}\n" for i in range(n)) + "ENDATA\n")


def clp(S, y):
    """Seconds and a of Clp's dual simplex, its reading of the file not counted."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "program.mps", Path(folder) / "solution.txt"
        write_mps(S, y, source)
        printed = subprocess.run(["clp", source, "-dualsimplex", "-solution", target], check=True,
                                 capture_output=True, text=True).stdout
        seconds = float(re.findall(r"iterations time ([\d.]+)", printed)[-1])
        a = np.zeros(S.shape[1])
        for line in target.read_text().splitlines():
            words = line.replace("**", "").split()
            if len(words) >= 3 and words[1][0] in "pq" and words[1][1:].isdigit():
                a[int(words[1][1:])] += float(words[2]) * (1 if words[1][0] == "p" else -1)
        return seconds, a


def smooth_dual(method, options):
    """a from the maximum over nu of y'nu - (q-1) sum (|t|/q)^q*, t = S'nu, q = 4/3, q* = 4."""
    def solve(S, y):
        q = 4 / 3
        weights = lambda t: np.sign(t) * (np.abs(t) / q)**3
        value = lambda nu: (q - 1) * np.sum((np.abs(S.T @ nu) / q)**4) - y @ nu
        slope = lambda nu: S @ weights(S.T @ nu) - y
        def curvature(nu):
            t = S.T @ nu
            return (S * (3 / q * (np.abs(t) / q)**2)) @ S.T
        start = np.linalg.solve(S @ S.T, y)
        t = S.T @ start
        start *= (y @ start / (4 * (q - 1) * np.sum((np.abs(t) / q)**4)))**(1 / 3)
        hessian = {"hess": curvature} if method == "trust-exact" else {}
        nu = scipy.optimize.minimize(value, start, jac=slope, method=method, options=options, **hessian).x
        return weights(S.T @ nu)
    return solve


def report(name, seconds, a, S, y, q, reference):
    objective = np.sum(np.abs(a)**q)
    residual = np.linalg.norm(S @ a - y) / np.linalg.norm(y)
    best_seconds, best_objective = reference or (seconds, objective)
    print(f"  {name:32s} {seconds:9.3f} s {seconds / best_seconds:8.1f} x   residual {residual:8.1e}   "
          f"objective off by {objective / best_objective - 1:9.1e}", flush=True)
    return seconds, objective


def compare(options, q):
    d, m = max(20, options.n // 10), int(options.ratio * options.n)
    S, y = sample(options.n, m, d, 5, options.gamma, options.seed, 1 if q == 1 else 2)
    print(f"q = {q:.4g}, n = {options.n}, m = {m}, d = {d}, gamma = {options.gamma}")
    reference = report("flatsweep", *flatsweep(options.flatsweep, S, y, q), S, y, q, None)
    if q > 1:
        for method, settings in (("L-BFGS-B", {"maxiter": 5000, "maxfun": 20000, "ftol": 0, "gtol": 1e-9}),
                                 ("trust-exact", {"maxiter": 200, "gtol": 1e-9})):
            report(f"scipy {method} on the dual", *timed(lambda: smooth_dual(method, settings)(S, y)), S, y, q, reference)
        return
    report("CVXOPT, dual form", *timed(lambda: cvxopt_dual(S, y)), S, y, q, reference)
    report("HiGHS interior point", *timed(lambda: highs("highs-ipm")(S, y)), S, y, q, reference)
    report("HiGHS dual simplex", *timed(lambda: highs("highs-ds")(S, y)), S, y, q, reference)
    if options.slow and shutil.which("clp"):
        report("Clp dual simplex", *clp(S, y), S, y, q, reference)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flatsweep", help="the program")
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--ratio", type=float, default=2)
    parser.add_argument("--gamma", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", action="store_true", help="Clp too, through an MPS file")
    options = parser.parse_args()
    for q in (1.0, 4 / 3):
        compare(options, q)


if __name__ == "__main__":
    main()
