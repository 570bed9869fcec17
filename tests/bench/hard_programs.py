#!/usr/bin/env python3
"""Solves programs with degenerate, structured or badly scaled data with flatsweep and with general solvers.

usage: hard_programs.py FLATSWEEP [FAMILY ...] [--seeds 1] [--peers]

Every program has q = 1. Prints for each flatsweep's status, CPU-bound seconds, steps, pivots, residual and gap; with
--peers the seconds of HiGHS (dual simplex on the program and on its dual, interior point), CVXOPT and Clp, those of
them that are installed, and the relative difference of the objective from HiGHS's. Recipes: Lorenz, Pfetsch & Tillmann
2015, "Solving basis pursuit" (L1-TestPack) for the matrices of sparse recovery; van den Berg et al. 2009 (Sparco).
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
import scipy.fft
import scipy.linalg
import scipy.optimize


def sparse_labels(rng, S, k):
    """S x for an x of k entries, the first ones of a random order."""
    x = np.zeros(S.shape[1])
    x[rng.permutation(S.shape[1])[:k]] = rng.standard_normal(k)
    return S @ x


def gauss(rng, n, m, k):
    S = rng.standard_normal((n, m))
    return S, sparse_labels(rng, S, k) if k else rng.standard_normal(n)


def signs(rng, n, m, k):
    S = rng.choice([-1.0, 1.0], (n, m))
    return S, sparse_labels(rng, S, k)


def ternary(rng, n, m, k):
    S = rng.choice([-1.0, 0.0, 1.0], (n, m))
    return S, sparse_labels(rng, S, k)


def expander(rng, n, m, k):
    """0/1 matrix of 8 ones a column."""
    S = np.zeros((n, m))
    for j in range(m):
        S[rng.permutation(n)[:8], j] = 1.0
    return S, sparse_labels(rng, S, k)


def dirac_hadamard(rng, n, m, k):
    S = np.hstack([np.eye(n), scipy.linalg.hadamard(n) / np.sqrt(n)])
    return S, sparse_labels(rng, S, k)


def dirac_cosine(rng, n, m, k):
    """Sparco's cosspike: spikes and cosines."""
    S = np.hstack([np.eye(n), scipy.fft.dct(np.eye(n), norm="ortho", axis=0)])
    return S, sparse_labels(rng, S, k)


def partial_cosine(rng, n, m, k):
    S = scipy.fft.dct(np.eye(m), norm="ortho", axis=0)[rng.permutation(m)[:n]]
    return S, sparse_labels(rng, S, k)


def heaviside(rng, n, m, k):
    S = np.hstack([np.tril(np.ones((n, n))), np.eye(n)])
    return S, sparse_labels(rng, S, k)


def convolution(rng, n, m, k):
    S = scipy.linalg.circulant(np.exp(-0.5 * (np.arange(n) - n // 2) ** 2 / 4.0))
    return S, sparse_labels(rng, S, k)


def difference(rng, n, m, k):
    """Steps and spikes."""
    return np.hstack([np.eye(n, n + 1, 1) - np.eye(n, n + 1), np.eye(n)]), rng.standard_normal(n).round(1)


def network(rng, n, m, k):
    """Incidence matrix of a random graph, integer demands."""
    S = np.zeros((n + 1, m))
    for j in range(m):
        tail, head = rng.permutation(n + 1)[:2] if j >= n else (j, j + 1)
        S[tail, j], S[head, j] = 1.0, -1.0
    return S[:n], (S @ rng.integers(0, 5, m))[:n]


def assignment(rng, n, m, k):
    """k x k assignment: rows and columns sum to one."""
    S = np.vstack([np.kron(np.eye(k), np.ones(k)), np.kron(np.ones(k), np.eye(k))])
    return S, np.ones(2 * k)


def grid_path(rng, n, m, k):
    """Shortest path across a k x k grid."""
    node = np.arange(k * k).reshape(k, k)
    ends = [(node[:, :-1], node[:, 1:]), (node[:-1], node[1:])]
    tails, heads = (np.concatenate([pair[i].ravel() for pair in ends]) for i in (0, 1))
    S = np.zeros((k * k, len(tails)))
    S[tails, np.arange(len(tails))], S[heads, np.arange(len(tails))] = 1.0, -1.0
    y = np.zeros(k * k)
    y[0], y[-1] = 1.0, -1.0
    return S, y


def staircase(rng, n, m, k):
    """Sparse, badly scaled, with right-hand sides that are mostly zero, as Netlib's programs are."""
    S = np.zeros((n, m))
    for j in range(m):
        first = int(j * (n - 8) / m)
        rows = first + rng.permutation(8)[:rng.integers(2, 6)]
        S[rows, j] = rng.standard_normal(len(rows)) * 10.0 ** rng.integers(-2, 3, len(rows))
    S[np.arange(n), np.arange(n)] += 1.0
    return S, sparse_labels(rng, S, k)


def sparse_random(rng, n, m, k):
    S = np.where(rng.random((n, m)) < 0.01, rng.standard_normal((n, m)), 0.0)
    S[np.arange(n), rng.permutation(m)[:n]] = 1.0
    return S, sparse_labels(rng, S, k) if k else rng.standard_normal(n)


def least_deviations(rng, n, m, k):
    """Integer data with ties: S spans the null space of the m x 4 design."""
    design = rng.integers(-3, 4, (m, 4)).astype(float)
    response = design @ np.ones(4) + rng.integers(-2, 3, m)
    S = scipy.linalg.null_space(design.T).T
    return S, S @ response


def twins(rng, n, m, k):
    """Every column twice, with a difference of 1e-10."""
    half = rng.standard_normal((n, m // 2))
    S = np.hstack([half, half + 1e-10 * rng.standard_normal(half.shape)])
    return S, sparse_labels(rng, half, k) if k else S @ rng.standard_normal(m)


#: name: recipe, then n, m and a count of columns or nodes for each size; dense data first
FAMILIES = {
    "gauss": (gauss, [(200, 400, 0), (500, 1000, 0), (200, 400, 1), (200, 400, 10), (200, 400, 40), (500, 1000, 1),
                      (500, 1000, 25), (1000, 2000, 1), (1000, 2000, 20)]),
    "wide": (gauss, [(3, 20000, 0), (10, 20000, 0), (50, 10000, 0)]),
    "signs": (signs, [(50, 100, 1), (200, 400, 1), (200, 400, 10), (200, 400, 40), (1000, 2000, 1)]),
    "ternary": (ternary, [(200, 400, 1), (200, 400, 10), (200, 400, 40)]),
    "hadamard": (dirac_hadamard, [(64, 128, 1), (64, 128, 3), (128, 256, 1), (128, 256, 8), (256, 512, 2), (256, 512, 20)]),
    "expander": (expander, [(100, 400, 5), (200, 800, 20)]),
    "cosine": (dirac_cosine, [(200, 400, 10), (400, 800, 30)]),
    "partial_cosine": (partial_cosine, [(200, 400, 5), (200, 400, 30)]),
    "heaviside": (heaviside, [(400, 800, 10)]),
    "convolution": (convolution, [(200, 200, 10)]),
    "deviations": (least_deviations, [(396, 400, 0)]),
    "twins": (twins, [(10, 30, 4), (100, 300, 10)]),
    "difference": (difference, [(500, 1001, 0)]),
    "network": (network, [(100, 400, 0), (300, 1500, 0)]),
    "assignment": (assignment, [(0, 0, 10), (0, 0, 20), (0, 0, 30)]),
    "grid_path": (grid_path, [(0, 0, 12), (0, 0, 20)]),
    "staircase": (staircase, [(300, 600, 30), (600, 900, 60)]),
    "sparse": (sparse_random, [(300, 900, 20), (300, 900, 0)]),
}


def programs(names, seeds):
    """Yield a name, S and y of each size of each family."""
    for name in names or FAMILIES:
        recipe, sizes = FAMILIES[name]
        for n, m, k in sizes:
            for seed in range(seeds):
                S, y = recipe(np.random.default_rng([seed, n, m, k]), n, m, k)
                yield f"{name} {S.shape[0]}x{S.shape[1]} {k}", S, y


def flatsweep(program, S, y):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.h5", Path(folder) / "out.h5"
        with h5py.File(source, "w") as file:
            file["S"], file["y"] = S, y
            file.attrs["q"] = 1.0
        run = subprocess.run([program, "solve", "--program", source, "-o", target], capture_output=True, text=True)
        if run.returncode:
            return {"status": f"exit {run.returncode}", "seconds": np.nan, "objective": np.nan}
        number = lambda word: float((re.search(rf"  {word} = (\S+)", run.stdout) or [0, "nan"])[1])
        status, steps, seconds = re.search(r"^(\w+) in (\d+) steps and (\S+) s", run.stdout, re.MULTILINE).groups()
        return {"status": status, "steps": steps, "seconds": float(seconds), "objective": number("objective"),
                "residual": number("residual"), "gap": number("gap")}


def timed(solve):
    start = time.process_time()
    objective = solve()
    return time.process_time() - start, objective


def highs(S, y, method):
    run = scipy.optimize.linprog(np.ones(2 * S.shape[1]), A_eq=np.hstack([S, -S]), b_eq=y, method=method)
    return run.fun if run.status == 0 else np.nan


def highs_dual_form(S, y):
    bounds = np.ones(2 * S.shape[1])
    run = scipy.optimize.linprog(-y, A_ub=np.vstack([S.T, -S.T]), b_ub=bounds, bounds=(None, None), method="highs-ds")
    return -run.fun if run.status == 0 else np.nan


def cvxopt_dual(S, y):
    import cvxopt
    cvxopt.solvers.options["show_progress"] = False
    solution = cvxopt.solvers.lp(cvxopt.matrix(-y), cvxopt.matrix(np.vstack([S.T, -S.T])),
                                 cvxopt.matrix(np.ones(2 * S.shape[1])))
    return -solution["primal objective"] if solution["status"] == "optimal" else np.nan


def clp(S, y):
    """Seconds and objective of Clp's dual simplex by its own clock, which counts in steps of 0.01 s."""
    from solver_peers import write_mps
    with tempfile.TemporaryDirectory() as folder:
        write_mps(S, y, Path(folder) / "program.mps")
        printed = subprocess.run(["clp", Path(folder) / "program.mps", "-dualsimplex"], capture_output=True, text=True).stdout
        found = re.search(r"objective value\s+(\S+)", printed)
        seconds = re.findall(r"iterations time ([\d.]+)", printed)
        return (float(seconds[-1]) if seconds else np.nan), float(found[1]) if found else np.nan


def peers(S, y):
    """Seconds and objective of each peer that is installed."""
    results = {"highs-ds": timed(lambda: highs(S, y, "highs-ds")), "highs-ipm": timed(lambda: highs(S, y, "highs-ipm")),
               "highs-ds dual form": timed(lambda: highs_dual_form(S, y))}
    try:
        results["cvxopt"] = timed(lambda: cvxopt_dual(S, y))
    except (ImportError, ValueError, ArithmeticError):
        pass  # not installed, or it stops at a singular system
    if shutil.which("clp"):
        results["clp"] = clp(S, y)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flatsweep", help="the program")
    parser.add_argument("families", nargs="*", help=", ".join(FAMILIES))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    for name, S, y in programs(options.families, options.seeds):
        own = flatsweep(options.flatsweep, S, y)
        line = f"{name:28s} {own['status']:10s} {own['seconds']:9.4f} s"
        if "steps" in own:
            line += f" {own['steps']:>6s} steps  residual {own['residual']:7.1e}  gap {own['gap']:8.1e}"
        if options.peers:
            others = {name: result for name, result in peers(S, y).items() if np.isfinite(result[1])}
            best = min(others, key=lambda name: others[name][0])
            truth = others["highs-ds" if "highs-ds" in others else best][1]
            line += (f"  best {best} {others[best][0]:.4f} s, ratio {others[best][0] / own['seconds']:6.2f}, "
                     f"objective off by {own['objective'] / truth - 1:8.1e}")
        print(line, flush=True)


if __name__ == "__main__":
    main()
