#!/usr/bin/python3
"""Near-interpolators drawn over everything a job may ask for: none fails, none is inaccurate, and residual and duality gap
hold by the arrays of `flatsweep solve` alone. Some are compared with CVXOPT, an independent solver."""
import copy
import math
import unittest

import h5py
import numpy

import certificate_test
from certificate_test import EPSILON, apply, long, norm, piecewise_power
from support import LONG, ProgramTest, seeded

try:
    import cvxopt
except ImportError:  # python3-cvxopt
    cvxopt = None

DRAWS, PEERS = (1000, 100) if LONG else (50, 10)


def draw(random):
    """A job of one configuration: n from 10 to 60, m/n from 0.3 to 10, every tenth without a penalty."""
    job = certificate_test.draw(random)
    d = job["grid.d"]
    job["grid.sample_ratio"] = round(random.uniform(10, 60) / d, 2)
    job["grid.width_ratio"] = round(math.exp(random.uniform(math.log(0.3), math.log(10))), 3)
    job["grid.noise"] = random.choice([0, round(random.uniform(0, 1), 3), round(random.uniform(0, 1), 3)])
    job["grid.interpolator"] = "flattest"
    if random.random() < 1 / 4:
        job |= {"grid.indices": 1, "grid.gamma": random.choice([0.9999, round(random.uniform(0.99, 0.9999), 6)])}
    job["grid.penalty"] = 0 if random.random() < 1 / 10 else repr(10 ** random.uniform(-8, 1))
    return job


class Program:
    """The program of a file of `flatsweep solve`, and its solution there, all in extended precision."""

    def __init__(self, file):
        with h5py.File(file) as opened:
            for name in ("labels", "outer_weights", "dual", "kappa", "features", "inner_weights"):
                setattr(self, name, long(opened[name][...]))
            self.status, self.residual, self.gap = int(opened["status"][()]), opened["residual"][()], opened["gap"][()]
            self.objective, self.penalty = opened["objective"][()], float(opened.attrs["penalty"])
            activation = opened.attrs["activation"]
        power = piecewise_power(activation.decode() if isinstance(activation, bytes) else activation)
        self.q = long(2 * power[0]) / (power[0] + 1)
        # As the program has it, in doubles: the certificate is about this S, up to the order of its sums.
        self.activations = long(apply(power, self.features.astype(float) @ self.inner_weights.astype(float).T))
        self.mu = long(self.penalty) * len(self.labels) / 2

    def loss_part(self):
        return self.labels - self.activations @ self.outer_weights

    def cost(self):
        return (self.kappa * numpy.abs(self.outer_weights) ** self.q).sum()

    def recomputed_residual(self):
        return norm(self.loss_part() - self.mu * self.dual) / norm(self.labels)

    def recomputed_gap(self):
        """(E(a) - D(nu)) / Omega(a), nu scaled to be feasible if q = 1, a sum of terms that are not negative."""
        alive = self.kappa > 0
        t, kappa, weights, q = (self.activations.T @ self.dual)[alive], self.kappa[alive], self.outer_weights[alive], self.q
        shrinkage = max(long(1), numpy.abs(t / kappa).max(initial=0)) if q == 1 else long(1)
        t = t / shrinkage
        conjugate = 0 if q == 1 else (q - 1) * kappa * (numpy.abs(t) / (q * kappa)) ** (q / (q - 1))
        gap = (kappa * numpy.abs(weights) ** q + conjugate - weights * t).sum()
        gap += ((self.loss_part() - self.mu / shrinkage * self.dual) ** 2).sum() / (2 * self.mu)
        return gap / (self.cost() if self.cost() > 0 else (self.loss_part() ** 2).sum() / (2 * self.mu))

    def rounding(self):
        """What rounding makes of S'nu, over kappa: NumPy's S, and nu in the file, are doubles."""
        alive = self.kappa > 0
        return EPSILON * (numpy.sqrt((self.activations[:, alive] ** 2).sum(axis=0)) / self.kappa[alive]).max(initial=0) * norm(self.dual)

    def in_range(self):
        """The same for q = 1 in the range of S to rounding: Z'S, Z'y, and the nu of the support B, S_B'nu = kappa_B sign(a_B). If y is not
        in the range, nu is about y/mu, and where mu is tiny neither doubles nor the order of sums in S hold S'nu to 1e-9."""
        left, sizes, _ = numpy.linalg.svd(self.activations.astype(float), full_matrices=False)
        basis = long(left[:, sizes > 1e-13 * sizes[0]])
        other = copy.copy(self)
        other.activations, other.labels = basis.T @ self.activations, basis.T @ self.labels
        support = numpy.flatnonzero(self.outer_weights)
        columns = other.activations[:, support]
        other.dual = other.labels / self.mu
        for _ in range(4):
            missing = self.kappa[support] * numpy.sign(self.outer_weights[support]) - columns.T @ other.dual
            other.dual = other.dual + long(numpy.linalg.lstsq(columns.T.astype(float), missing.astype(float), rcond=None)[0])
        return other


def peer_optimum(program):
    """The least E(a) = Omega(a) + |y - S a|^2 / (2 mu) for q = 1, by CVXOPT from the dual quadratic program."""
    alive = program.kappa > 0
    columns, kappa = program.activations[:, alive].T.astype(float), program.kappa[alive].astype(float)
    mu, labels = float(program.mu), program.labels.astype(float)
    cvxopt.solvers.options.update(show_progress=False, abstol=1e-11, reltol=1e-11, feastol=1e-11, maxiters=200)
    found = cvxopt.solvers.qp(*map(cvxopt.matrix, (mu * numpy.eye(len(labels)), -labels, numpy.vstack([columns, -columns]),
                                                   numpy.concatenate([kappa, kappa]))))
    return -found["primal objective"]


class NearInterpolators(ProgramTest):
    def solve(self, job, *, number=0):
        (self.folder / "one.ini").write_text("[grid]\n")
        file = self.folder / f"{number}.h5"
        self.flatsweep("solve", "one.ini", "--id", 0, "-o", file, *(f"--{key}={value}" for key, value in job.items()))
        return file

    def check(self, file):
        """Asserts the certificate of a near-interpolator; returns its residual and gap, and whether that took the range of S."""
        program = Program(file)
        self.assertEqual(program.status, 1)
        if norm(program.labels) == 0:
            self.assertFalse(program.outer_weights.any())
            return 0.0, 0.0, False
        floor = 8 * EPSILON * norm(program.activations) * norm(program.outer_weights) / norm(program.labels)  # by rounding alone
        residual, gap = program.recomputed_residual(), program.recomputed_gap()
        self.assertLessEqual(residual, max(1e-10, floor))
        self.assertAlmostEqual(float(program.residual), float(residual), delta=max(1e-10, 2 * float(floor)))
        self.assertLessEqual(abs(program.gap), 1e-9)
        if takes_range := bool(program.q == 1 and gap > 1e-9):
            self.assertLessEqual(gap, 8 * program.rounding())
            gap = program.in_range().recomputed_gap()
        self.assertGreaterEqual(gap, -1e-15)
        self.assertLessEqual(gap, 1e-9)
        if program.cost() > 0:
            self.assertAlmostEqual(float(program.objective / program.cost()), 1, delta=1e-12)
        return float(residual), float(gap), takes_range

    def test_drawn_at_random_they_are_certified(self):
        random = seeded()
        worst, in_range, interpolators, compared = [], 0, 0, 0
        for number in range(DRAWS):
            job = draw(random)
            with self.subTest(number=number, command=" ".join(f"--{key}={value}" for key, value in job.items())):
                file = self.solve(job, number=number)
                if job["grid.penalty"] == 0:
                    interpolators += certificate_test.check(self, file, "flattest")
                    continue
                residual, gap, took_range = self.check(file)
                worst.append((residual, gap))
                in_range += took_range
                if cvxopt is not None and compared < PEERS and (program := Program(file)).q == 1:
                    optimum = program.cost() + (program.loss_part() ** 2).sum() / (2 * program.mu)
                    self.assertAlmostEqual(float(peer_optimum(program) / optimum), 1, delta=1e-7)
                    compared += 1
                file.unlink()
        residual, gap = numpy.max(worst, axis=0)
        print(f"{len(worst)} near-interpolators, residual at most {residual:.1e}, gap at most {gap:.1e} ({in_range} in the "
              f"range of S), {compared} equal to CVXOPT's; {interpolators} interpolators")
        self.assertGreater(len(worst), DRAWS // 2)
        if LONG:
            self.assertEqual(compared, PEERS, "python3-cvxopt is missing")

    def test_a_wrong_answer_is_seen(self):
        job = {"grid.activation": "relu", "grid.link": "matched", "grid.d": 6, "grid.seed": 1, "grid.gamma": 0.5, "grid.penalty": 0.01}
        for number, spoiled in enumerate(("outer_weights", "dual")):
            file = self.solve(job, number=number)
            self.check(file)
            with h5py.File(file, "r+") as opened:
                opened[spoiled][...] *= 1 + 1e-4
            with self.assertRaises(AssertionError):
                self.check(file)


if __name__ == "__main__":
    unittest.main(verbosity=2)
