#!/usr/bin/env python3
"""The Python module from start to end: solve a program, run and open a sweep, print its verdicts, plot it.

usage: example.py    (after jobs/quick.sh; writes example.h5 and example.png here)"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path += map(str, (HERE.parent / "build").glob("*/python"))  # not needed once the module is installed

import matplotlib.pyplot
import numpy

import flatsweep

# A program of one's own: 20 equations, 60 unknowns, a sparse solution that the smallest sum of |a_j| finds.
random = numpy.random.default_rng(1)
S = random.standard_normal((20, 60))
sparse = numpy.zeros(60)
sparse[[3, 14, 15]] = 9, -2, 6
solution = flatsweep.flattest(S, S @ sparse)
print(f"{solution.status}: gap {solution.gap:.0e}, distance {abs(solution.outer_weights - sparse).max():.0e} from the sparse weights")

# A small sweep, and what it says.
results = flatsweep.run(HERE / "quick.ini", "example.h5", overwrite=True, d=12, gamma=[0.1, 0.3, 0.5, 0.7, 0.9])
table = flatsweep.curves(results)
for (activation, indices), curve in table.groupby(["activation", "indices"], sort=False):
    print(f"{activation}, {indices} index directions: {curve.verdict.iloc[0]}")

matplotlib.use("Agg")
axes = matplotlib.pyplot.figure(figsize=(4, 3), layout="constrained").add_subplot(xlabel="flatness", ylabel="loss", xscale="log")
for (activation, indices), curve in table.groupby(["activation", "indices"], sort=False):
    axes.errorbar(curve.flatness_mean, curve.loss_mean, curve.loss_standard_error, marker="o", label=f"{activation}, r = {indices}")
axes.legend(fontsize="small")
axes.figure.savefig("example.png", dpi=150)
print("The figure is in example.png")
