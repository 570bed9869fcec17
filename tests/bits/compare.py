#!/usr/bin/python3
"""Two builds of flatsweep compute the same bits: random one-configuration files, and the rows of jobs/quick.ini.

usage: compare.py OLDER NEWER [--seed N] [--files 100]; what the older files lack may be new."""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

import h5py
import numpy as np

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TIME_AND_PLACE = {"sample_seconds", "solve_seconds", "measure_seconds", "rank", "attempts"}
LINKS = ["matched", "mirrored", "relu", "abs", "quadratic", "relu3", "hermite:1", "hermite:4", "tanh", "sine", "quadratic_form"]
ACTIVATIONS = ["relu", "leaky_relu:0.1", "leaky_relu:0.6", "linear", "abs", "quadratic", "relu2", "relu3", "quartic"]


def random_job(draw):
    """One configuration in the words of 0.1; sizes of up to 150 x 600."""
    activation = draw.choice(ACTIVATIONS)
    link = draw.choice([name for name in LINKS if (activation, name) != ("linear", "mirrored")])
    d = draw.randint(4, 40)
    samples = draw.randint(2, 150)
    return f"""
[grid]
activation = {activation}
link = {link}
interpolator = {draw.choice(["flattest"] * 4 + ["minimum_l2", "random"])}
gamma = {draw.choice([0, 0.02, 0.3, 0.6, 0.9, 0.99, 0.9999, 1, draw.random()])}
d = {d}
seed = {draw.randint(0, 10**6)}
sample_ratio = {samples / d!r}
width_ratio = {draw.choice([0.7, 1, 1.1, 2, 4])}
indices = {draw.choice([1, 1, 2, d // 2])}
noise = {draw.choice([0, 0, 0.1, 1])}
[target]
coefficients = {draw.choice(["equal", "random"])}
offset = {draw.choice(["0", "normal:1", "0.5"])}
[program]
objective = {draw.choice(["norm", "norm", "trace"])}
[measure]
test_samples = {draw.choice([0, 300])}
best_loss = on
ridge = 1e-3 0.1 10
"""


def same(older, newer):
    """Bit for bit, but that any NaN equals any other."""
    if older.dtype.kind != "f":
        return np.array_equal(older, newer)
    return older.shape == newer.shape and bool(np.all((older.view("u8") == newer.view("u8")) | (np.isnan(older) & np.isnan(newer))))


def differences(older_file, newer_file):
    """Names of the numeric datasets of the older file that the newer one has not, or not with these bits."""
    with h5py.File(older_file) as older, h5py.File(newer_file) as newer:
        for name, dataset in older.items():
            if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "fiu" or name in TIME_AND_PLACE:
                continue
            if name == "checksum":  # covers what is new, too
                continue
            if name not in newer or not same(np.atleast_1d(dataset[()]).ravel(), np.atleast_1d(newer[name][()]).ravel()):
                yield name


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=1200)


def compare_one(programs, job, folder):
    (folder / "one.ini").write_text(job)
    files = [folder / "older.h5", folder / "newer.h5"]
    runs = [run(program, "solve", folder / "one.ini", "--id", 0, "-o", file, "--overwrite")
            for program, file in zip(programs, files)]
    if runs[0].returncode != runs[1].returncode:
        return [f"exit codes {runs[0].returncode} and {runs[1].returncode}: {runs[1].stderr.strip()}"]
    return list(differences(*files)) if runs[0].returncode == 0 else []


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--files", type=int, default=100)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    draw = random.Random(arguments.seed)
    different = 0
    with tempfile.TemporaryDirectory(prefix="flatsweep.") as name:
        folder = pathlib.Path(name)
        for number in range(arguments.files):
            job = random_job(draw)
            if found := compare_one(arguments.programs, job, folder):
                different += 1
                print(f"configuration {number} differs in {', '.join(found)}:{job}", flush=True)
        files = [folder / "older_quick.h5", folder / "newer_quick.h5"]
        for program, file in zip(arguments.programs, files):
            done = run(program, "run", SOURCE / "jobs/quick.ini", "-o", file, "--quiet")
            assert done.returncode == 0, done.stderr
        rows = list(differences(*files))
    print(f"{arguments.files} one-configuration files, {different} differ; rows of quick.ini: "
          + (f"differ in {', '.join(rows)}" if rows else "the same bits"))
    return 1 if different or rows else 0


if __name__ == "__main__":
    sys.exit(main())
