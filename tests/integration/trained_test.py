#!/usr/bin/python3
"""Trained networks: random configurations are solved or say why not, what their files hold is recomputed by NumPy, and a
sweep of them may be interrupted."""
import math
import os
import signal
import time
import unittest

import h5py
import numpy

from certificate_test import apply, piecewise_power
from rows import checksum_of, set_cell
from support import EVERYTHING_DONE, INTERNAL_ERROR, LONG, SOME_FAILED, STOPPED_EARLY, ProgramTest, ranks_below, seeded

DRAWS = int(os.environ.get("FLATSWEEP_DRAWS", 300 if LONG else 20))
ACTIVATIONS = ["relu", "leaky_relu:0.1", "leaky_relu:0.5", "linear", "abs", "quadratic", "relu2"]
LINKS = ["matched", "mirrored", "relu", "abs", "quadratic", "tanh", "sine", "hermite:2", "hermite:3"]
HERMITE = {2: lambda z: (z * z - 1) / math.sqrt(2), 3: lambda z: (z**3 - 3 * z) / math.sqrt(6)}
SOLVED, INACCURATE, FAILED = 1, 3, 4

SWEEP = ["trained.ini", "--quiet"]
SWEEP_TEXT = """[grid]
activation = relu quadratic
link = matched
interpolator = gradient_flow:1 gradient_flow:16 flattest_network:best label_noise:16 sam:16 weight_decay:16
d = 8
sample_ratio = 6
width_ratio = 1
seed = 0..3
gamma = 0.1 0.6
[train]
steps = 2000
"""


def draw(random):
    """A job of one configuration, its interpolator left out, and the scale of its start."""
    activation, link = random.choice(ACTIVATIONS), random.choice(LINKS)
    if (activation, link) == ("linear", "mirrored"):
        link = "tanh"
    return {
        "grid.activation": activation, "grid.link": link, "grid.indices": random.randint(1, 3), "grid.d": random.randint(5, 20),
        "grid.seed": random.randrange(2**32), "grid.gamma": round(random.uniform(0, 0.9), 3),
        "grid.sample_ratio": round(random.uniform(2.5, 8), 2), "grid.width_ratio": round(random.uniform(0.5, 2), 2),
        "measure.spectrum": "off",
    }, random.choice([1, 4, 16])


def half_line():
    """Nodes and weights of the standard normal density on z > 0: panels that shrink to 0, where functions have a kink, or
    bend within the distance of two directions."""
    nodes, weights = numpy.polynomial.legendre.leggauss(24)
    ends = numpy.concatenate([[0.0], 2.0 ** numpy.arange(-44, 0), numpy.arange(1.0, 13.0)])
    middle, half = (ends[1:] + ends[:-1]) / 2, (ends[1:] - ends[:-1]) / 2
    z = (middle[:, None] + half[:, None] * nodes).ravel()
    return z, (half[:, None] * weights).ravel() * numpy.exp(-z * z / 2) / math.sqrt(2 * math.pi)


Z, DENSITY = half_line()
NODES, WEIGHTS = numpy.concatenate([-Z, Z]), numpy.concatenate([DENSITY, DENSITY])
erfc = numpy.vectorize(math.erfc, otypes=[float])


def smoothed(power, rho):
    """E sigma(rho z + s xi) at the nodes z, with s^2 = 1 - rho^2 and xi ~ N(0, 1)."""
    degree, positive, negative = power
    s = math.sqrt(max(0.0, 1 - rho * rho))
    mean = rho * NODES
    if s < 1e-9:
        return apply(power, mean)
    above = erfc(-mean / (s * math.sqrt(2))) / 2  # P(rho z + s xi > 0)
    bell = numpy.exp(-(mean / s) ** 2 / 2) / math.sqrt(2 * math.pi)
    if degree == 1:
        return positive * (mean * above + s * bell) + negative * (s * bell - mean * (1 - above))
    square = mean * mean + s * s
    return positive * (square * above + mean * s * bell) + negative * (square * (1 - above) - mean * s * bell)


def kernel(power, cosines):
    """E sigma(v . x) sigma(w . x) for unit vectors of these cosines (Cho & Saul 2009)."""
    degree, positive, negative = power

    def positive_parts(theta):
        if degree == 1:
            return (numpy.sin(theta) + (math.pi - theta) * numpy.cos(theta)) / (2 * math.pi)
        return (3 * numpy.sin(theta) * numpy.cos(theta) + (math.pi - theta) * (1 + 2 * numpy.cos(theta) ** 2)) / (2 * math.pi)

    theta = numpy.arccos(numpy.clip(cosines, -1, 1))
    return ((positive**2 + negative**2) * positive_parts(theta) + 2 * positive * negative * positive_parts(math.pi - theta))


def link_function(link, activation):
    power = piecewise_power(activation)
    if link == "matched":
        return lambda z: apply(power, z)
    if link == "mirrored":
        return lambda z: (apply(power, z) + apply(power, -z)) / 2
    if link in ("tanh", "sine"):
        return numpy.tanh if link == "tanh" else numpy.sin
    if link.startswith("hermite"):
        return HERMITE[int(link[-1])]
    return lambda z: apply(piecewise_power(link), z)


def excess_loss(arrays, power, link):
    """E (h - f)^2 over normal x: the kernel of the network, quadrature for the target. Returns E f^2 too."""
    inner, outer, directions = arrays["inner_weights"], arrays["outer_weights"], arrays["index_directions"]
    active = outer != 0
    inner, outer, coefficients = inner[active], outer[active], arrays["coefficients"]
    values = link(NODES)
    mean, square = WEIGHTS @ values, WEIGHTS @ values**2
    # Sum over i of c_i E g(u_i . x) sigma(w . x).
    cross = sum(c * numpy.array([WEIGHTS @ (values * smoothed(power, rho)) for rho in inner @ u])
                for c, u in zip(coefficients, directions))
    target = square + (coefficients.sum() ** 2 - 1) * mean**2  # the coefficients have unit norm
    return outer @ kernel(power, inner @ inner.T) @ outer - 2 * outer @ cross + target, target


def curvatures(features, inner, power, side=0):
    """A and B: by neuron, the curvature of the loss in the outer and in the inner weights over a_j^2."""
    degree, positive, negative = power
    z = features @ inner.T
    # Rounding decides on which side of its kink a condensed neuron lies: `side` 1 and -1 move such points to either.
    kinks = abs(z) <= 1e-13 * numpy.linalg.norm(features, axis=1)[:, None] * numpy.linalg.norm(inner, axis=1)
    sides = numpy.where(kinks, side, z) if side else z
    slopes = degree * apply((degree - 1, positive, -negative), z) if degree > 1 else numpy.where(sides > 0, positive, -negative * (sides < 0))
    norms = (features**2).sum(axis=1)
    return 2 / len(z) * (apply(power, z) ** 2).sum(axis=0), 2 / len(z) * (norms[:, None] * slopes**2).sum(axis=0)


def flatness(features, inner, outer, power, side=0):
    """The trace at the flattest rescaling: of every neuron, the least A t^(2p) + a^2 B t^(-2)."""
    degree = power[0]
    first, second = curvatures(features, inner, power, side)
    second = second * outer**2
    constant = degree ** (-degree / (degree + 1)) + degree ** (1 / (degree + 1))
    return constant * (first ** (1 / (degree + 1)) * second ** (degree / (degree + 1))).sum()


def alignment(inner, outer, directions):
    return (numpy.abs(outer) * ((inner @ directions.T) ** 2).sum(axis=1)).sum() / numpy.abs(outer).sum()


def has_interpolator(arrays, power, width):
    """Whether some network of this width may fit the labels: enough weights, and labels in what the activation spans."""
    features, labels = arrays["features"], arrays["labels"]
    samples, d = features.shape
    if width * (d + 1) < samples:
        return False
    degree, positive, negative = power
    if negative != (positive if degree % 2 == 0 else -positive):
        return True
    i, j = numpy.triu_indices(d)
    spanned = features if degree == 1 else features[:, i] * features[:, j]
    fit = spanned @ numpy.linalg.lstsq(spanned, labels, rcond=None)[0]
    return numpy.linalg.norm(fit - labels) <= 1e-10 * numpy.linalg.norm(labels)


def read(file):
    with h5py.File(file) as opened:
        return {name: dataset[...].astype(float) for name, dataset in opened.items() if isinstance(dataset, h5py.Dataset)}


class Trained(ProgramTest):
    def check_network(self, arrays, power, link):
        """What a solved row says, from its arrays alone."""
        inner, outer, features, labels = (arrays[name] for name in ("inner_weights", "outer_weights", "features", "labels"))
        trained, start = arrays["inner_weights_trained"], arrays["inner_weights_start"]
        norms = numpy.linalg.norm(trained, axis=1)
        alive = norms > 0
        self.assertLess(abs(inner[alive] - trained[alive] / norms[alive, None]).max(), 1e-12)
        self.assertLess(abs(outer - arrays["outer_weights_trained"] * norms ** power[0]).max(), 1e-12 * abs(outer).max())
        self.assertLess(abs(numpy.linalg.norm(start, axis=1) / numpy.linalg.norm(start[0]) - 1).max(), 1e-12)
        for network in ((inner, outer), (trained, arrays["outer_weights_trained"])):
            residual = apply(power, features @ network[0].T) @ network[1] - labels
            self.assertLess(numpy.linalg.norm(residual), 2e-10 * numpy.linalg.norm(labels))
            bounds = [flatness(features, *network, power, side) / arrays["flatness"] for side in (1, -1)]
            self.assertLess(min(bounds), 1 + 1e-9)
            self.assertGreater(max(bounds), 1 - 1e-9)
        traces = []
        for side in (1, -1):
            first, second = curvatures(features, trained, power, side)
            traces.append((first + arrays["outer_weights_trained"] ** 2 * second).sum() / arrays["flatness_trained"])
        self.assertLess(min(traces), 1 + 1e-9)
        self.assertGreater(max(traces), 1 - 1e-9)
        self.assertAlmostEqual(alignment(inner, outer, arrays["index_directions"]), arrays["alignment"], delta=1e-9)
        loss, target = excess_loss(arrays, power, link)
        self.assertAlmostEqual(loss, arrays["excess_loss"], delta=1e-9 * max(target, loss) + arrays["excess_loss_error"])
        for name, dataset in (("curve_trace", "flatness_trained"), ("curve_step", "train_steps")):
            self.assertEqual(arrays[name][-1], arrays[dataset])
        self.assertEqual(arrays["curve_step"][0], 0)
        for name in ("residual", "flatness", "excess_loss", "objective", "objective_bound", "outer_norm", "overlap", "iterations"):
            self.assertTrue(numpy.isfinite(arrays[name]), name)

    def solve(self, job, interpolator):
        """Returns the arrays of one configuration, and what the program said of it."""
        overrides = [f"--{key}={value}" for key, value in (job | {"grid.interpolator": interpolator}).items()]
        said = self.flatsweep("solve", "one.ini", "--id", 0, "--overwrite", "-o", "one.h5", *overrides).stdout
        return read(self.folder / "one.h5"), said

    def test_random_configurations_are_solved_or_say_why_not(self):
        random = seeded()
        (self.folder / "one.ini").write_text("[grid]\n")
        possible, solved = 0, {"gradient_flow": 0, "flattest_network": 0}
        for number in range(DRAWS):
            job, scale = draw(random)
            power, link = piecewise_power(job["grid.activation"]), link_function(job["grid.link"], job["grid.activation"])
            flat = {}
            for algorithm in solved:
                with self.subTest(number=number, job=job, scale=scale, algorithm=algorithm):
                    arrays, said = self.solve(job, f"{algorithm}:{scale}")
                    self.assertIn(arrays["status"], (SOLVED, INACCURATE, FAILED))
                    interpolable = has_interpolator(arrays, power, len(arrays["outer_weights"]))
                    possible += interpolable
                    if arrays["status"] == SOLVED:
                        self.assertTrue(interpolable)
                        solved[algorithm] += 1
                        self.check_network(arrays, power, link)
                        flat[algorithm] = arrays["flatness"]
                    else:
                        self.assertRegex(said, "training ended at a relative residual of .* after .* steps")
                        if interpolable:
                            print(number, job, algorithm, scale, said, sep="\n")
            if len(flat) == len(solved):
                self.assertLessEqual(flat["flattest_network"], flat["gradient_flow"] * (1 + 1e-12))
        possible //= len(solved)
        print(f"of {DRAWS} configurations {possible} have interpolators; solved: {solved}")
        self.assertGreater(possible, DRAWS // 2)
        for algorithm, count in solved.items():
            self.assertGreaterEqual(count, 0.97 * possible - (0 if LONG else 1), algorithm)

    def test_what_fixed_decay_says_of_generalisation_is_recomputed(self):
        (self.folder / "one.ini").write_text("[grid]\n")
        for activation in ("relu", "leaky_relu:0.3", "quadratic", "relu2"):
            with self.subTest(activation=activation):
                job = {"grid.activation": activation, "grid.link": "tanh", "grid.d": 5, "grid.seed": 3, "grid.gamma": 0.3, "grid.noise": 0.3,
                       "grid.sample_ratio": 4, "grid.width_ratio": 1, "grid.penalty": 0.004, "train.steps": 3000}
                arrays, said = self.solve(job, "fixed_decay:1")
                self.assertEqual(arrays["status"], SOLVED, said)
                self.check_decay(arrays, piecewise_power(activation), numpy.tanh, penalty=0.004, noise=0.3)

    def check_decay(self, arrays, power, link, penalty, noise):
        features, labels, inner, outer = (arrays[name] for name in ("features", "labels", "inner_weights_trained", "outer_weights_trained"))
        degree, positive, negative = power
        z, samples = features @ inner.T, len(labels)
        slopes = degree * apply((degree - 1, positive, -negative), z) if degree > 1 else numpy.where(z > 0, positive, -negative)
        values = apply(power, z)
        jacobian = numpy.hstack([values, ((slopes * outer)[:, :, None] * features[:, None, :]).reshape(samples, -1)])
        errors = values @ outer - labels
        hessian = 2 / samples * jacobian.T @ jacobian
        resolvent = numpy.linalg.inv(hessian + 2 * penalty * numpy.eye(len(hessian)))
        gradients = 2 * errors[:, None] * jacobian
        theta = numpy.concatenate([outer, inner.ravel()])
        target = arrays["coefficients"] @ link(arrays["index_directions"] @ features.T)
        soft_rank = numpy.trace(hessian @ resolvent)
        leverages = 2 / samples * numpy.einsum("ij,jk,ik->i", jacobian, resolvent, jacobian)
        expected = {
            "train_loss": (errors**2).mean(), "in_sample_loss": ((values @ outer - target) ** 2).mean() + noise**2,
            "squared_norm_trained": theta @ theta, "flatness_trained": numpy.trace(hessian),
            "penalised_loss": (errors**2).mean() + penalty * theta @ theta, "hessian_max_trained": numpy.linalg.eigvalsh(hessian)[-1],
            "degrees_of_freedom": soft_rank, "optimism": 2 * noise**2 / samples * soft_rank,
            "takeuchi": numpy.trace(gradients.T @ gradients / samples @ resolvent) / samples,
            "loo_loss": ((errors / (1 - leverages)) ** 2).mean(),
            "stationarity": numpy.linalg.norm(gradients.mean(axis=0) + 2 * penalty * theta) / numpy.linalg.norm(2 * penalty * theta),
            "residual": numpy.linalg.norm(errors) / numpy.linalg.norm(labels),
            "generalisation_gap": arrays["population_loss"] - arrays["train_loss"],
            "excess_loss": excess_loss(arrays, power, link)[0], "train_steps": 3000, "finish_steps": 0,
        }
        for name, number in expected.items():
            self.assertAlmostEqual(arrays[name] / number if number else 1 + arrays[name], 1, delta=1e-8, msg=name)
        for name in ("flatness_directions", "gap", "objective_bound"):
            self.assertTrue(numpy.isnan(arrays[name]), name)

    def test_a_wrong_number_is_seen(self):
        (self.folder / "one.ini").write_text("[grid]\n")
        job = {"grid.activation": "relu", "grid.link": "tanh", "grid.d": 6, "grid.seed": 1, "grid.gamma": 0.5, "grid.sample_ratio": 5}
        arrays, _ = self.solve(job, "gradient_flow:1")
        power = piecewise_power("relu")
        self.check_network(arrays, power, numpy.tanh)
        for name in ("flatness", "alignment", "excess_loss", "flatness_trained", "outer_weights"):
            with self.assertRaises(AssertionError):
                self.check_network(arrays | {name: arrays[name] * (1 + 1e-6)}, power, numpy.tanh)

    def test_a_sweep_that_is_interrupted_gives_the_same_file(self):
        (self.folder / "trained.ini").write_text(SWEEP_TEXT)
        self.flatsweep("run", *SWEEP, "-o", "whole.h5")
        process = self.start("run", *SWEEP, "-o", "parts.h5", ranks=3)
        self.wait_for_rows("parts.h5", 3)
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(60), STOPPED_EARLY)
        self.assertLess(*self.rows_of("parts.h5"))
        done, _ = self.rows_of("parts.h5")
        process = self.start("run", *SWEEP, "-o", "parts.h5", ranks=3)
        self.wait_for_rows("parts.h5", done + 3)
        for pid in (process.pid, *ranks_below(process.pid).values()):
            os.kill(pid, signal.SIGKILL)
        process.wait()
        self.assertLess(*self.rows_of("parts.h5"))
        self.flatsweep("run", *SWEEP, "-o", "parts.h5")
        self.assert_same_results("whole.h5", "parts.h5")
        self.flatsweep("verify", "parts.h5", "--sample", 12)

    def test_a_long_training_stops_when_asked(self):
        (self.folder / "trained.ini").write_text(SWEEP_TEXT)
        process = self.start("run", *SWEEP, "--grid.interpolator=sam:1", "--train.steps=1000000000", "-o", "long.h5")
        self.wait_for_rows("long.h5", 0)
        time.sleep(3)  # the first row, which takes hours
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(30), STOPPED_EARLY)

    def test_another_machine_is_held_to_the_flatness(self):
        (self.folder / "trained.ini").write_text(SWEEP_TEXT)
        self.flatsweep("run", *SWEEP, "--grid.interpolator=gradient_flow:1", "--grid.seed=0", "--grid.gamma=0.1", "-o", "here.h5")
        with h5py.File(self.folder / "here.h5") as opened:
            place, flat = opened["runs/cpu_model"].id.get_offset(), opened["flatness"][...].ravel()[0]
        with open(self.folder / "here.h5", "r+b") as opened:
            opened.seek(place)
            opened.write(b"Babbage 1837".ljust(128, b"\0"))
        for factor, code in ((1.05, EVERYTHING_DONE), (1.2, INTERNAL_ERROR)):
            with h5py.File(self.folder / "here.h5", "r+") as opened:
                set_cell(opened, "flatness", 0, flat * factor)
                set_cell(opened, "excess_loss", 0, 1.0)
                set_cell(opened, "checksum", 0, checksum_of(opened, 0))
            said = self.flatsweep("verify", "here.h5", expect=code).stdout
            self.assertEqual("row 0: flatness is" in said, code == INTERNAL_ERROR)

    def test_a_row_without_interpolator_fails_with_its_reason(self):
        (self.folder / "trained.ini").write_text(SWEEP_TEXT)
        self.flatsweep("run", *SWEEP, "--grid.activation=linear", "--grid.noise=1", "--grid.interpolator=gradient_flow:1", "-o", "failed.h5",
                       expect=SOME_FAILED)
        self.assertIn("span 8 dimensions, fewer than n = 48", self.flatsweep("status", "failed.h5").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
