#!/usr/bin/python3
"""Parallel efficiency from one worker to two on a larger sibling of jobs/quick.ini, and what rank 0 costs meanwhile.
For a machine with two quiet cores.

usage: tests/bench/efficiency.py FLATSWEEP [SEEDS = 40]"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from support import ENVIRONMENT, MPIRUN, QUICK, ranks_below  # noqa: E402

REPETITIONS = 3


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sweep(program, seeds, workers, folder):
    """Seconds of the sweep, and CPU seconds of every rank a second of it."""
    command = [*MPIRUN, "-n", str(workers + 1), program, "run", str(QUICK), f"--grid.seed=0..{seeds - 1}",
               "-o", f"{folder}/{workers}.h5", "--progress", "json", "--overwrite"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()  # the sweep begins
    start, pids = time.monotonic(), ranks_below(process.pid)
    before = {rank: cpu_seconds(pid) for rank, pid in pids.items()}
    shares = {}
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "end":
            break
        seconds = time.monotonic() - start
        shares = {rank: (cpu_seconds(pid) - before[rank]) / seconds for rank, pid in pids.items()}
    if process.wait() != 0:
        sys.exit(f"{' '.join(command)} failed")
    return event["elapsed_seconds"], shares


def main():
    program = os.path.abspath(sys.argv[1])
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with tempfile.TemporaryDirectory() as folder:
        efficiencies = []
        for _ in range(REPETITIONS):
            seconds = {}
            for workers in (1, 2):
                seconds[workers], shares = sweep(program, seeds, workers, folder)
                print(f"{workers} worker(s): {seconds[workers]:.2f} s; share of a core: " +
                      ", ".join(f"rank {rank} {share:.1%}" for rank, share in sorted(shares.items())), flush=True)
            efficiencies.append(seconds[1] / (2 * seconds[2]))
        print("parallel efficiency 1 -> 2 workers: " + ", ".join(f"{e:.3f}" for e in efficiencies) +
              f"; median {statistics.median(efficiencies):.3f}")


if __name__ == "__main__":
    main()
