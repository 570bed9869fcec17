"""solve --program: rows and columns of any scale, q near 1, and what other tools store."""

import os
import subprocess
import tempfile
import unittest

import h5py
import numpy as np
from scipy.optimize import linprog

FLATSWEEP = os.environ["FLATSWEEP"]


def write(path, s, y, q=1.0, kappa=None):
    with h5py.File(path, "w") as f:
        f["S"], f["y"] = s, y
        f.attrs["q"] = q
        if kappa is not None:
            f["kappa"] = kappa


def solve(path):
    """Exit code, text, and the datasets that were written."""
    out = str(path) + ".out"
    run = subprocess.run([FLATSWEEP, "solve", "--program", path, "-o", out, "--overwrite"],
                         capture_output=True, text=True, check=False)
    if run.returncode:
        return run.returncode, run.stdout + run.stderr, None
    with h5py.File(out) as f:
        result = {name: f[name][()] for name in f}
    result["word"] = next(line for line in run.stdout.splitlines() if "steps" in line).split()[0]
    return 0, run.stdout, result


def powers(s, kappa=None):
    """Rows and columns of S scaled to entries of order 1: exponents of both."""
    rows, columns = np.zeros(s.shape[0]), np.zeros(s.shape[1])
    for _ in range(4):
        rows = -np.floor(np.log2(np.abs(s * 2.0**columns).max(axis=1)))
        columns = -np.floor(np.log2(np.abs(s * 2.0**rows[:, None]).max(axis=0)))
    return 2.0**rows, 2.0**columns


def optimum(s, y, kappa):
    """The optimum by HiGHS on the equilibrated program, or None if it calls it infeasible or fails."""
    rows, columns = powers(s)
    a, b, cost = s * rows[:, None] * columns, y * rows, kappa * columns
    unit = np.abs(b).max()
    scale = cost.max()
    run = linprog(np.concatenate([cost, cost]) / scale, A_eq=np.hstack([a, -a]), b_eq=b / unit,
                  method="highs-ds", options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})
    return run.fun * unit * scale if run.status == 0 else None


class Program(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "p.h5")

    def solved(self, *args):
        write(self.path, *args)
        code, text, result = solve(self.path)
        self.assertEqual(code, 0, text)
        self.assertEqual(result["word"], "solved", text)
        return result

    def test_rows_of_other_scale(self):
        s, y = np.array([[1e6, 0, 1e6], [0, 1e-6, -1e-6]]), np.array([1e6, 1e-6])
        for q in (1.0, 4 / 3, 2.0):
            result = self.solved(s, y, q)
            equal = self.solved(np.array([[1.0, 0, 1], [0, 1, -1]]), np.ones(2), q)
            self.assertAlmostEqual(result["objective"], equal["objective"], delta=1e-8)
        result = self.solved(np.diag([1e6, 1e-6]), np.ones(2))
        np.testing.assert_allclose(result["outer_weights"], [1e-6, 1e6], rtol=1e-10)
        result = self.solved(np.diag([1, 1e-12]), np.array([1, 1e-12]))
        self.assertAlmostEqual(result["objective"], 2)
        self.assertLessEqual(result["row_residual"], 1e-10)
        result = self.solved(np.array([[2.0, 1], [1, 3]]) * 1e200, np.ones(2) * 1e100, 1.5)
        np.testing.assert_allclose(result["outer_weights"] * 1e100, [0.4, 0.2], rtol=1e-9)

    def test_what_doubles_do_not_hold_is_no_solution_and_says_so(self):
        s, y = np.array([[1.0, 2, 3], [1, 0, 1]]), np.array([1.0, 2])
        for args in ((s * 1e-310, y), (s * 5e307, y, 2.0), (s, y * 1e300, 2.0), (s, y * 1e-300, 1.5), (s, y, 1.0, np.full(3, 5e-324))):
            write(self.path, *args)
            code, text, result = solve(self.path)
            self.assertEqual((code, result["word"]), (0, "inaccurate"), text)
            self.assertIn("too large or too small for doubles", text)
        write(self.path, s, y * 1e-200, 1.5)
        with h5py.File(self.path, "r+") as f:
            f.attrs["penalty"] = 0.1
        code, text, _ = solve(self.path)
        self.assertEqual(code, 2, text)
        self.assertIn("under- or overflows", text)

    def test_an_equation_without_solution_at_any_scale(self):
        for y in ([0, 1, 1e-4], [0, 1, 1e-12]):
            write(self.path, np.array([[1, 0], [0, 1e-11], [0, 0]]), np.array(y))
            self.assertEqual(solve(self.path)[2]["word"], "infeasible")

    def test_random_programs_over_twelve_orders(self):
        count = {"solved": 0, "inaccurate": 0, "infeasible": 0}
        compared = 0
        for seed in range(int(os.environ.get("FLATSWEEP_PROGRAMS", "40"))):
            r = np.random.default_rng(seed)
            n = int(r.integers(2, 41))
            m = int(n * r.uniform(1, 3)) + 1
            s = r.standard_normal((n, m)) * 10 ** r.uniform(-6, 6, (n, 1)) * 10 ** r.uniform(-6, 6, m)
            y = s @ (r.standard_normal(m) / np.abs(s).max(axis=0))
            kappa = np.ones(m)
            write(self.path, s, y)
            code, text, result = solve(self.path)
            self.assertEqual(code, 0, f"seed {seed}: {text}")
            count[result["word"]] += 1
            if result["word"] != "solved":
                continue
            best = optimum(s, y, kappa)
            if best is not None:
                compared += 1
                self.assertLessEqual(abs(result["objective"] - best), 1e-8 * best, f"seed {seed}")
        print(count, "compared", compared)
        self.assertEqual(count["infeasible"], 0)
        self.assertLessEqual(count["inaccurate"], 0.02 * sum(count.values()))
        self.assertGreater(compared, 0.9 * count["solved"])

    def test_q_near_one(self):
        for k in (1, 2, 3, 4, 6, 10, 20, 35, 50):
            r = np.random.default_rng(k)
            n = int(r.integers(2, 20))
            s, y, q = r.standard_normal((n, 2 * n)), r.standard_normal(n), 1 + 2.0**-k
            result = self.solved(s, y, q)
            self.assertLessEqual(abs(result["gap"]), 1e-9)
            self.assertAlmostEqual(result["objective"], np.sum(np.abs(result["outer_weights"]) ** q))
            self.assertLessEqual(np.abs(s @ result["outer_weights"] - y).max(), 1e-10)

    def test_what_other_tools_store(self):
        s, y = np.array([[1.0, 2, 3], [1, 0, 1]]), np.array([1.0, 2])
        want = self.solved(s, y)["objective"]

        def same(store):
            with h5py.File(self.path, "w") as f:
                f.attrs["q"] = 1
                store(f)
            code, text, result = solve(self.path)
            self.assertEqual(code, 0, text)
            self.assertIn("S is 2 x 3", text)
            self.assertAlmostEqual(result["objective"], want)

        def octave(f):
            for name, value in (("S", s.T), ("y", y[None]), ("q", 1.0), ("kappa", np.ones((3, 1)))):
                f[f"{name}/type"], f[f"{name}/value"] = np.bytes_("matrix"), value
            del f.attrs["q"]

        def virtual(f):
            with h5py.File(self.path + ".part", "w") as part:
                part["S"] = s
            layout = h5py.VirtualLayout((2, 3), "f8")
            layout[:] = h5py.VirtualSource(self.path + ".part", "S", (2, 3))
            f.create_virtual_dataset("S", layout)
            f["y"] = y

        same(lambda f: f.update({"S": s, "y": y[:, None], "kappa": np.ones((1, 3))}))
        same(lambda f: f.update({"S": s, "y": y[None], "kappa": np.ones((3, 1))}))
        same(lambda f: f.update({"S": s.T, "y": y}))  # Julia, MATLAB's h5create
        same(lambda f: f.update({"S": s.astype(">f4"), "y": y.astype(">i2")}))
        same(lambda f: (f.create_dataset("S", data=s, chunks=(1, 2), compression="gzip", shuffle=True),
                        f.create_dataset("y", data=y, fletcher32=True, chunks=(1,))))
        same(octave)
        same(virtual)

    def test_a_missing_filter_is_named(self):
        with h5py.File(self.path, "w") as f:
            f.create_dataset("S", data=np.ones((50, 60)), chunks=(50, 60), compression="lzf")
            f["y"], f.attrs["q"] = np.ones(50), 1.0
        code, text, _ = solve(self.path)
        self.assertEqual(code, 2)
        self.assertIn("lzf", text)
        self.assertIn("GZIP", text)


if __name__ == "__main__":
    unittest.main()
