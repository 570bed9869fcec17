#!/usr/bin/python3
"""Empty configurations a second: bench_dispatch, which records their rows, and mpi4py's MPIPoolExecutor with its best
chunk size up to 64, which records nothing. Needs python3-mpi4py.

usage: tests/bench/dispatch_peers.py BENCH_DISPATCH [CONFIGURATIONS = 200000]"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from support import ENVIRONMENT  # noqa: E402

RANKS = 3
REPETITIONS = 3
POOL = """
import sys, time
from mpi4py.futures import MPIPoolExecutor

def perform(number):
    return number

if __name__ == "__main__":
    configurations, chunk = map(int, sys.argv[1:])
    with MPIPoolExecutor() as pool:
        list(pool.map(perform, range(100)))  # the workers are there
        start = time.perf_counter()
        for _ in pool.map(perform, range(configurations), chunksize=chunk, unordered=True):
            pass
        print(configurations / (time.perf_counter() - start))
"""


def mpirun(*arguments):
    done = subprocess.run(["mpirun", "-n", str(RANKS), *map(str, arguments)], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=True)
    return done.stdout


def main():
    bench = os.path.abspath(sys.argv[1])
    configurations = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        pool = pathlib.Path(folder) / "pool.py"
        pool.write_text(POOL)
        ours, theirs = [], {}
        for _ in range(REPETITIONS):
            said = mpirun(bench, configurations, f"{folder}/rows.h5")
            ours.append(float(re.search(r"([\d.]+)/s", said)[1]))
            for chunk in (1, 4, 16, 64):
                rate = float(mpirun(sys.executable, "-m", "mpi4py.futures", pool, configurations // 10, chunk))
                theirs[chunk] = max(rate, theirs.get(chunk, 0.0))
    best = max(theirs.values())
    print(f"flatsweep, rows written: {max(ours):.0f}/s (best of {REPETITIONS})")
    print("MPIPoolExecutor: " + ", ".join(f"chunks of {chunk}: {rate:.0f}/s" for chunk, rate in theirs.items()))
    print(f"ratio to its best: {max(ours) / best:.1f}")


if __name__ == "__main__":
    main()
