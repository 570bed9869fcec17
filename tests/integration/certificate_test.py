#!/usr/bin/python3
"""Configurations drawn over everything a job may ask for: none fails, none is inaccurate, and what is called
solved is so by a certificate recomputed here, from the arrays in the file alone."""
import pathlib
import unittest

import h5py
import numpy

from support import LONG, ProgramTest, seeded

DRAWS = 500 if LONG else 100
ACTIVATIONS = ["relu", "leaky_relu", "leaky_relu:0.5", "linear", "abs", "quadratic", "relu2", "relu3", "quartic"]
LINKS = ["matched", "mirrored", "relu", "abs", "quadratic", "quartic", *(f"hermite:{k}" for k in range(1, 9)),
         "tanh", "sine", "quadratic_form"]
INTERPOLATORS = ["flattest", "flattest", "flattest", "minimum_l2", "random"]
PIECEWISE = {"relu": (1, 1, 0), "linear": (1, 1, -1), "abs": (1, 1, 1), "quadratic": (2, 1, 1), "relu2": (2, 1, 0),
             "relu3": (3, 1, 0), "quartic": (4, 1, 1)}
EPSILON = numpy.finfo(float).eps
long = numpy.longdouble


def draw_sizes(random):
    """d, n/d and m/n: n up to 72, and in the long test every third time up to 300."""
    if LONG and random.random() < 1 / 3:
        d = random.randint(8, 40)
        return d, round(random.uniform(72, 300) / d, 2), round(random.uniform(1, 4), 2)
    return random.randint(3, 12), round(random.uniform(0.5, 6), 2), round(random.uniform(1, 10), 2)


def draw_direction(random, most_indices):
    """r and gamma; every fourth time one index direction that almost all neurons point to, where rows of S
    come close to dependent."""
    if random.random() < 1 / 4:
        return 1, random.choice([random.uniform(0.9, 0.999), 1 - 10 ** random.uniform(-3, -1)])
    gamma = random.choice([random.uniform(0.001, 0.999), 0.001, 0.999, 10 ** random.uniform(-3, -0.01)])
    return random.randint(1, most_indices), gamma


def draw(random):
    """A job of one configuration."""
    while True:
        activation, link = random.choice(ACTIVATIONS), random.choice(LINKS)
        if not (activation == "linear" and link == "mirrored"):
            break
    d, sample_ratio, width_ratio = draw_sizes(random)
    indices, gamma = draw_direction(random, d // 2 if link == "quadratic_form" else d - 1)
    return {
        "grid.activation": activation, "grid.link": link, "grid.interpolator": random.choice(INTERPOLATORS),
        "grid.indices": indices, "grid.d": d, "grid.seed": random.randrange(2**32), "grid.gamma": repr(gamma),
        "grid.noise": random.choice([0, 0, round(random.uniform(0, 2), 3)]),
        "grid.sample_ratio": sample_ratio, "grid.width_ratio": width_ratio,
        "target.coefficients": random.choice(["equal", "random"]),
        "target.offset": random.choice(["0", "0.7", "normal:1"]),
        "program.objective": random.choice(["norm", "norm", "trace"]),
    }


def piecewise_power(name):
    """Degree p and the slopes on either side of 0."""
    if name.startswith("leaky_relu"):
        return 1, 1.0, -float(name.partition(":")[2] or 0.1)
    return PIECEWISE[name]


def apply(power, z):
    degree, positive, negative = power
    return positive * numpy.maximum(z, 0) ** degree + negative * numpy.maximum(-z, 0) ** degree


def norm(values):
    return numpy.sqrt((values**2).sum())


def dual_value(q, kappa, labels, activations, dual):
    """D(nu) of the program, and by how much nu leaves the feasible set, where there is one: by more than NumPy's S,
    which differs from the program's in the last bits, makes of a large nu."""
    t = numpy.abs(activations.T @ dual)
    if q == 1:
        rounding = 8 * EPSILON * numpy.abs(activations).T @ numpy.abs(dual)
        return labels @ dual, (t - kappa - rounding).max(initial=0) / kappa.max(initial=1)
    alive = kappa > 0
    conjugate = q / (q - 1)
    return labels @ dual - (q - 1) * (kappa[alive] * (t[alive] / (q * kappa[alive])) ** conjugate).sum(), 0.0


def check(case, file, interpolator):
    """Asserts the certificate of one file of `flatsweep solve`; returns whether it was solved."""
    with h5py.File(file) as opened:
        arrays = {name: long(dataset[...]) for name, dataset in opened.items() if isinstance(dataset, h5py.Dataset)}
        status = int(opened["status"][()])
        activation = opened.attrs["activation"]
    activation = activation.decode() if isinstance(activation, bytes) else activation
    case.assertIn(status, (1, 2), "neither solved nor infeasible")
    if status == 2:
        case.assertTrue(numpy.isnan(arrays["outer_weights"]).all())
        return False

    power = piecewise_power(activation)
    q = long(2 * power[0]) / (power[0] + 1)
    labels, weights, kappa = arrays["labels"], arrays["outer_weights"], arrays["kappa"]
    # As the program has it, in doubles: the certificate is about this S.
    activations = long(apply(power, arrays["features"].astype(float) @ arrays["inner_weights"].astype(float).T))
    size = norm(labels)
    if size == 0:
        case.assertFalse(weights.any() or arrays["dual"].any() or arrays["residual"] or arrays["objective"])
        return True
    floor = 8 * EPSILON * norm(activations) * norm(weights) / size  # by rounding alone
    residual = norm(activations @ weights - labels) / size
    case.assertLessEqual(residual, max(1e-10, floor))
    case.assertAlmostEqual(float(arrays["residual"]), float(residual), delta=max(1e-10, 2 * float(floor)))

    objective = (kappa * numpy.abs(weights) ** q).sum()
    case.assertAlmostEqual(float(arrays["objective"] / objective), 1, delta=1e-12)
    if interpolator != "flattest":
        case.assertTrue(numpy.isnan(arrays["gap"]))
        return True
    value, excess = dual_value(q, kappa, labels, activations, arrays["dual"])
    case.assertLessEqual(excess, 1e-11)
    # NumPy's S differs from the program's by rounding, as in the floor of the residual; nu turns that into a gap.
    case.assertLessEqual(abs(objective - value) / objective, max(1e-9, floor * size * norm(arrays["dual"]) / objective))
    case.assertLessEqual(abs(arrays["gap"]), 1e-9)
    return True


class Certificate(ProgramTest):
    def test_configurations_drawn_at_random_are_certified(self):
        random = seeded()
        (self.folder / "one.ini").write_text("[grid]\n")
        solved = 0
        for number in range(DRAWS):
            job = draw(random)
            overrides = [f"--{key}={value}" for key, value in job.items()]
            with self.subTest(number=number, command=" ".join(overrides)):
                file = self.folder / f"{number}.h5"
                self.flatsweep("solve", "one.ini", "--id", 0, "-o", file, *overrides)
                solved += check(self, file, job["grid.interpolator"])
                file.unlink()
        print(f"{solved} of {DRAWS} solved, the others infeasible")
        self.assertGreater(solved, DRAWS // 3)

    def test_a_wrong_answer_is_seen(self):
        job = ["--grid.activation=relu", "--grid.link=matched", "--grid.d=6", "--grid.seed=1", "--grid.gamma=0.5"]
        (self.folder / "one.ini").write_text("[grid]\n")
        for spoiled in ("outer_weights", "dual"):
            file = pathlib.Path(self.folder / f"{spoiled}.h5")
            self.flatsweep("solve", "one.ini", "--id", 0, "-o", file, *job)
            self.assertTrue(check(self, file, "flattest"))
            with h5py.File(file, "r+") as opened:
                opened[spoiled][...] *= 1 + 1e-7
            with self.assertRaises(AssertionError):
                check(self, file, "flattest")


if __name__ == "__main__":
    unittest.main(verbosity=2)
