#!/usr/bin/env python3
"""Takes the steps of bench_train by NumPy, on one thread: a gradient step on both layers and a label-noise step in single
precision, and a step of the gradient flow (linearly implicit Euler) in double precision. CPU seconds, the best of ten, and units
of a symmetric product S S' in double precision, as bench_train has them.

usage: train_peers.py [n m d]"""
import os
import sys
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy
from scipy.linalg import blas, cho_factor, cho_solve


def fastest(call, calls=10):
    best = float("inf")
    for _ in range(calls):
        before = time.process_time()
        call()
        best = min(best, time.process_time() - before)
    return best


def activate(name, z):
    """sigma(z) and sigma'(z)."""
    return (numpy.maximum(z, 0), (z > 0).astype(z.dtype)) if name == "relu" else (z * z, 2 * z)


def gradient_step(name, features, labels, inner, outer, rate):
    """Three products, as one writes it: h, and the gradients of both layers."""
    values, slopes = activate(name, features @ inner.T)
    errors = values @ outer - labels
    scale = 2 * rate / len(labels)
    slopes *= errors[:, None] * outer
    return inner - scale * (slopes.T @ features), outer - scale * (values.T @ errors)


def flow_step(name, features, labels, inner, outer, length):
    """K of both layers, the step, and the network there."""
    values, slopes = activate(name, features @ inner.T)
    gram = blas.dsyrk(1.0, values, lower=1) + blas.dsyrk(1.0, features, lower=1) * blas.dsyrk(1.0, slopes * outer, lower=1)
    scale = 2 * length / len(labels)
    gram *= scale
    gram[numpy.diag_indices_from(gram)] += 1
    v = scale * cho_solve(cho_factor(gram, lower=True, check_finite=False), values @ outer - labels, check_finite=False)
    moved = inner - outer[:, None] * (slopes.T @ (v[:, None] * features)), outer - values.T @ v
    activate(name, features @ moved[0].T)[0] @ moved[1]
    return moved


def main(n=600, m=1200, d=60):
    random = numpy.random.default_rng(1)
    features, labels = random.standard_normal((n, d)), random.standard_normal(n)
    inner, outer = random.standard_normal((m, d)) / d, numpy.linspace(-1, 1, m) / m
    columns = numpy.asfortranarray(features @ inner.T)
    unit = fastest(lambda: blas.dsyrk(1.0, columns, lower=1))
    print(f"n = {n}, m = {m}, d = {d}, unit {1e3 * unit:.2f} ms, NumPy {numpy.__version__}")
    single = [array.astype(numpy.float32) for array in (features, labels, inner, outer)]
    for name in ("relu", "quadratic"):
        signs = numpy.float32(0.1) * single[1]
        steps = {
            "descent, single precision": lambda: gradient_step(name, *single, numpy.float32(1e-6)),  # noqa: B023, called at once
            "label noise, single precision": lambda: gradient_step(name, single[0], single[1] + signs, *single[2:], numpy.float32(1e-6)),  # noqa: B023
            "step of the flow": lambda: flow_step(name, features, labels, inner, outer, 1e-6),  # noqa: B023
        }
        for what, call in steps.items():
            seconds = fastest(call)
            print(f"{name}: {what:36}{1e3 * seconds:9.2f} ms {seconds / unit:9.2f} units")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
