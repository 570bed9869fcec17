#!/usr/bin/python3
"""Empty configurations a second over 3 ranks: bench_dispatch, with and without recording their rows, and mpi4py's
MPIPoolExecutor with its best chunk size up to 64, which records nothing. The rows go to a file in memory, so that
the dispatch is measured and not the disk. Needs python3-mpi4py.

usage: tests/bench/dispatch_peers.py BENCH_DISPATCH [CONFIGURATIONS = 1000000]"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from support import ENVIRONMENT, MPIRUN  # noqa: E402

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
    done = subprocess.run([*MPIRUN, "-n", str(RANKS), *map(str, arguments)], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=True)
    return done.stdout


def rate(said):
    return float(re.search(r"([\d.]+)/s", said)[1])


def main():
    bench = os.path.abspath(sys.argv[1])
    configurations = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        pool = pathlib.Path(folder) / "pool.py"
        pool.write_text(POOL)
        with_rows, without_rows, theirs = 0.0, 0.0, dict.fromkeys((1, 4, 16, 64), 0.0)
        for _ in range(REPETITIONS):
            with_rows = max(with_rows, rate(mpirun(bench, configurations, f"{folder}/rows.h5")))
            without_rows = max(without_rows, rate(mpirun(bench, configurations)))
            for chunk in theirs:
                said = mpirun(sys.executable, "-m", "mpi4py.futures", pool, configurations // 10, chunk)
                theirs[chunk] = max(theirs[chunk], float(said))
    best = max(theirs.values())
    print(f"best of {REPETITIONS}, {RANKS} ranks")
    print("MPIPoolExecutor: " + ", ".join(f"chunks of {chunk}: {a_second:.0f}/s" for chunk, a_second in theirs.items()))
    print(f"flatsweep, rows written: {with_rows:.0f}/s, {with_rows / best:.1f} times its best")
    print(f"flatsweep, no rows: {without_rows:.0f}/s, {without_rows / best:.1f} times its best")


if __name__ == "__main__":
    main()
