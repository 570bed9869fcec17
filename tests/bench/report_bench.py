#!/usr/bin/python3
"""Seconds and memory of `flatsweep show` and `export` on a results file of a million rows.
usage: report_bench.py FLATSWEEP [rows]     (the rows are random numbers in a skeleton that the program itself made)"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

JOB = "[grid]\nactivation = relu\nlink = matched\nd = 4\ngamma = lin(0, 1, {gammas})\nseed = 0..{last_seed}\nnoise = {noises}\n"


def skeleton(program, file, tables, seeds, gammas):
    noises = f"lin(0, 1, {tables})" if tables > 1 else "0"
    file.with_suffix(".ini").write_text(JOB.format(gammas=gammas, last_seed=seeds - 1, noises=noises))
    subprocess.run([program, "run", file.with_suffix(".ini"), "-o", file, "--quiet", "--time-limit", "0.1s", "--overwrite"],
                   stdin=subprocess.DEVNULL)


def fill(file):
    random = numpy.random.default_rng(1)
    with h5py.File(file, "r+") as results:
        for name, variable in results.items():
            if not isinstance(variable, h5py.Dataset) or variable.ndim < 10:
                continue
            if variable.dtype.kind == "f":
                variable[...] = random.lognormal(size=variable.shape)
            else:
                variable[...] = 1
        results["excess_loss_error"][...] = 0


def peak_memory(process):
    """MB resident at most so far; a child's ru_maxrss would count its Python parent's."""
    try:
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):  # it has ended
        return 0.0


def measure(arguments, output):
    """Seconds, those of CPU, MB of peak resident memory, MB written."""
    start, peak = time.monotonic(), 0.0
    with open(output, "wb") as target:
        process = subprocess.Popen(arguments, stdout=target, stdin=subprocess.DEVNULL)
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, peak_memory(process))
            time.sleep(0.005)
    assert ended[1] == 0, arguments
    return time.monotonic() - start, ended[2].ru_utime + ended[2].ru_stime, peak, output.stat().st_size / 1e6


def main(program, rows=1_000_000):
    with tempfile.TemporaryDirectory() as folder:
        file, output = pathlib.Path(folder) / "big.h5", pathlib.Path(folder) / "out"
        for seeds, gammas in ((10, 20), (1000, 1000)):
            tables = max(1, rows // (seeds * gammas))
            skeleton(program, file, tables, seeds, gammas)
            fill(file)
            for command in (["show", file], ["show", file, "--csv"], ["export", file, "-o", "-"]):
                seconds, cpu, peak, written = measure([program, *command], output)
                print(f"{tables} tables of {seeds} seeds x {gammas} gammas: {' '.join(map(str, command[:1] + command[2:]))}: "
                      f"{seconds:.2f} s ({cpu:.2f} s of CPU), {peak:.0f} MB of memory, {written:.0f} MB written", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
