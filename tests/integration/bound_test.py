#!/usr/bin/python3
"""No network of any width is flatter than a bound computed here, for p = 1 and few samples in few dimensions: flattest_network
never is, and where the bound is tight it is as flat.

The flattest network of any width minimises sum_j kappa(w_j) |b_j| over unit vectors w_j, so that its dual is
    maximise y'nu subject to |sum_i nu_i sigma(w . x_i)| <= kappa(w) for all w,  kappa(w) = 2 sqrt(A(w) B(w)).
The hyperplanes w . x_i = 0 cut the space into cones. In one of them the sum is linear, g . w, A is a quadratic form, w'Qw, and
B is a constant, so that the largest ratio there is the root of min over lambda >= 0 of (g + C'lambda)' Q^+ (g + C'lambda)/(4 B), with
C w >= 0 the cone: a least-squares problem, any lambda of which gives a bound. With the largest ratio over all cones, nu over it is
feasible. Columns are added where the ratio is largest. sigma' at a kink is that of either side."""
import itertools
import unittest

import h5py
import numpy
from scipy.optimize import linprog, lsq_linear

from support import LONG, ProgramTest

ACTIVATIONS = {"relu": (1, 0), "leaky_relu:0.1": (1, -0.1), "abs": (1, 1)}
ROUNDS = 40 if LONG else 12
GOAL = 1e-6


def sign_patterns(features):
    """Signs of w . x_i in every cone. Each has an edge, where d - 1 of the hyperplanes meet; features are in general position."""
    samples, d = features.shape
    corners = numpy.array(list(itertools.product([-1, 1], repeat=d - 1)), dtype=numpy.int8)
    found = set()
    for meeting in itertools.combinations(range(samples), d - 1):
        edge = numpy.linalg.svd(features[list(meeting)])[2][-1]
        for sign in (1, -1):
            patterns = numpy.tile(numpy.sign(sign * (features @ edge)).astype(numpy.int8), (len(corners), 1))
            patterns[:, meeting] = corners
            found.update(pattern.tobytes() for pattern in patterns)
    return numpy.frombuffer(b"".join(sorted(found)), dtype=numpy.int8).reshape(len(found), samples)


class Cones:
    def __init__(self, features, slopes):
        self.features, (self.positive, self.negative) = features, slopes
        self.signs = sign_patterns(features)
        self.slopes = numpy.where(self.signs > 0, self.positive, -self.negative)
        alive = (self.slopes != 0).any(axis=1)
        self.signs, self.slopes = self.signs[alive], self.slopes[alive]
        forms = 2 / len(features) * numpy.einsum("ci,ij,ik->cjk", self.slopes**2, features, features, optimize=True)
        self.inner = 2 / len(features) * self.slopes**2 @ (features**2).sum(axis=1)  # B
        values, vectors = numpy.linalg.eigh(forms)
        keep = values > 1e-12 * values[:, -1:]
        # |root g|^2 = g'Q^+g, and null spans what Q does not see.
        self.root = numpy.where(keep, 1 / numpy.sqrt(numpy.where(keep, values, 1)), 0)[:, :, None] * vectors.transpose(0, 2, 1)
        self.null = numpy.where(keep, 0, 1)[:, :, None] * vectors.transpose(0, 2, 1)

    def largest(self, cone, g):
        """A bound on g . w / kappa(w) in one cone, and where it is about reached."""
        root, null, inequalities = self.root[cone], self.null[cone], self.signs[cone][:, None] * self.features
        weighted = root + 1e4 * numpy.linalg.norm(root, 2) * null
        multipliers = lsq_linear(weighted @ inequalities.T, -weighted @ g, (0, numpy.inf), "bvls", 1e-14, max_iter=5000).x
        w = weighted.T @ (weighted @ (g + inequalities.T @ multipliers))
        used = multipliers > 0
        unseen = null @ inequalities[used].T  # this part of g + C'lambda must vanish
        exact = multipliers[used] - numpy.linalg.lstsq(unseen, unseen @ multipliers[used], rcond=None)[0] if used.any() else numpy.zeros(0)
        if (exact < 0).any():
            exact[:] = 0  # the bound without the cone's inequalities
        return numpy.linalg.norm(root @ (g + inequalities[used].T @ exact)) / (2 * numpy.sqrt(self.inner[cone])), w

    def largest_ratio(self, nu):
        """A bound on |sum nu sigma|/kappa over all w that is at least 1, and directions above 1, the worst first."""
        gradients = (self.slopes * nu) @ self.features
        relaxed = numpy.linalg.norm(numpy.einsum("cjk,ck->cj", self.root, gradients), axis=1) / (2 * numpy.sqrt(self.inner))
        found, worst = [], 1.0
        for cone in numpy.argsort(-relaxed):
            if relaxed[cone] <= worst:
                break
            both = [self.largest(cone, sign * gradients[cone]) for sign in (1, -1)]
            worst = max(worst, *(ratio for ratio, _ in both))
            found += [(ratio, w) for ratio, w in both if ratio > 1 and w.any()]
        return worst, [w / numpy.linalg.norm(w) for _, w in sorted(found, key=lambda pair: -pair[0])]

    def columns(self, directions):
        """sigma(w . x_i) and kappa(w)."""
        z = self.features @ directions.T
        sigma = self.positive * numpy.maximum(z, 0) + self.negative * numpy.maximum(-z, 0)
        inner = (self.features**2).sum(axis=1) @ numpy.where(z > 0, self.positive**2, self.negative**2)
        return sigma, 4 / len(z) * numpy.sqrt((sigma**2).sum(axis=0) * inner)


def bound(cones, labels, directions):
    """Return a lower bound on the flatness of all networks, its nu, and the least flatness found."""
    d = cones.features.shape[1]
    more = numpy.random.default_rng(0).normal(size=(20 * d, d))
    directions = numpy.vstack([directions, more / numpy.linalg.norm(more, axis=1, keepdims=True)])
    best, least = (0.0, None), numpy.inf
    for _ in range(ROUNDS):
        sigma, kappa = cones.columns(directions)
        sigma, kappa, directions = sigma[:, kappa > 0], kappa[kappa > 0], directions[kappa > 0]
        solution = linprog(numpy.tile(kappa, 2), A_eq=numpy.hstack([sigma, -sigma]), b_eq=labels, bounds=(0, None), method="highs-ds")
        if solution.status == 0:
            least = min(least, solution.fun)
            ratio, new = cones.largest_ratio(solution.eqlin.marginals)
            if labels @ solution.eqlin.marginals / ratio > best[0]:
                best = labels @ solution.eqlin.marginals / ratio, solution.eqlin.marginals / ratio
            if not new or least <= best[0] * (1 + GOAL):
                break
            directions = numpy.vstack([directions, new[:50]])
    return *best, least


class Bound(ProgramTest):
    def network(self, activation, *overrides):
        (self.folder / "one.ini").write_text("[grid]\nlink = matched\nseed = 3\ngamma = 0.3\nwidth_ratio = 2\n")
        self.flatsweep("solve", "one.ini", "-o", "one.h5", "--overwrite", "--id", 0, "--grid.interpolator=flattest_network:best",
                       f"--grid.activation={activation}", *overrides)
        with h5py.File(self.folder / "one.h5") as opened:
            self.assertEqual(opened["status"][()], 1)
            return [opened[name][...] for name in ("features", "labels", "inner_weights", "flatness")]

    def test_no_network_found_is_flatter_than_the_bound(self):
        random = numpy.random.default_rng(1)
        for d, samples in ((2, 12), (3, 12), *(((3, 18), (4, 14)) if LONG else ())):
            for activation, slopes in ACTIVATIONS.items():
                with self.subTest(d=d, samples=samples, activation=activation):
                    features, labels, directions, flatness = self.network(activation, f"--grid.d={d}", f"--grid.sample_ratio={samples / d!r}")
                    cones = Cones(features, slopes)
                    lower, nu, least = bound(cones, labels, directions)
                    print(f"d = {d}, n = {samples}, {activation}: flattest network {flatness:.6g}, least found {least:.6g}, "
                          f"bound {lower:.6g}", flush=True)
                    self.assertGreaterEqual(flatness, lower * (1 - 1e-9))
                    self.assertGreaterEqual(least, lower * (1 - 1e-9))
                    self.assertGreater(lower, 0.5 * least)
                    sigma, kappa = cones.columns(random.normal(size=(100_000, d)))  # nu is feasible at every direction
                    self.assertLessEqual((numpy.abs(nu @ sigma) - kappa * (1 + 1e-9)).max(), 0)
                    if activation == "abs":
                        self.assertLess(flatness, lower * (1 + 1e-4))  # and so it is the flattest of all networks


if __name__ == "__main__":
    unittest.main(verbosity=2)
