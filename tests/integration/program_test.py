"""solve --program: rows and columns of any scale, q near 1, and what other tools store."""

import os
import re
import subprocess
import tempfile
import unittest

import h5py
import numpy as np
from scipy.optimize import linprog

FLATSWEEP = os.environ["FLATSWEEP"]
LONG = os.environ.get("FLATSWEEP_LONG") == "1"


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
        for seed in range(200 if LONG else 40):
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
        count = {"solved": 0, "inaccurate": 0, "refused": 0, "refused with a penalty": 0}
        for seed in range(20 if LONG else 2):
            r = np.random.default_rng(seed)
            n = int(r.integers(2, 20))
            s, y = r.standard_normal((n, 2 * n)), r.standard_normal(n)
            vertex = self.solved(s, y)
            for k in range(1, 51) if LONG else (1, 2, 3, 4, 6, 10, 20, 35, 50):
                q = 1 + 2.0**-k
                write(self.path, s, y, q)
                code, text, result = solve(self.path)
                count["refused" if code else result["word"]] += 1
                if code or result["word"] != "solved":
                    print(f"seed {seed}, k {k}:", text)
                    continue
                weights = np.abs(result["outer_weights"])
                self.assertLessEqual(abs(result["gap"]), 1e-9)
                self.assertAlmostEqual(result["objective"], np.sum(weights**q))
                sizes = np.abs(y) + np.abs(s) @ weights
                self.assertLessEqual((np.abs(s @ result["outer_weights"] - y) / sizes).max(), 1e-10)
                # Each is the best at its own q, and feasible at the other: the optimum is continuous in q.
                self.assertLessEqual(result["objective"], np.sum(np.abs(vertex["outer_weights"]) ** q) * (1 + 1e-9))
                self.assertLessEqual(vertex["objective"], weights.sum() * (1 + 1e-9))
                with h5py.File(self.path, "r+") as f:
                    f.attrs["penalty"] = 0.1
                code, text, _ = solve(self.path)
                self.assertEqual(code, 2 if q < 1.1 else 0, text)
                if code:
                    self.assertIn("Choose q = 1 or q from 1.1 to 2", text)
                    count["refused with a penalty"] += 1
        print(count)
        self.assertEqual(count["inaccurate"] + count["refused"], 0)

    def test_a_penalty_that_rounding_hides_is_named(self):
        r = np.random.default_rng(1)
        for q in (1.0, 1.5):
            write(self.path, r.standard_normal((20, 50)), r.standard_normal(20), q)
            least = "1e-9"
            for penalty in (1e-300, 1e-100, 1e-40):
                with h5py.File(self.path, "r+") as f:
                    f.attrs["penalty"] = penalty
                text, result = solve(self.path)[1:]
                if result["word"] == "solved":
                    continue  # what rounding left happens to be 0
                least = re.search("the penalty is lost in the rounding of S a: choose (.*) or more, or 0", text).group(1)
            for enough in (float(least), 0.0):
                with h5py.File(self.path, "r+") as f:
                    f.attrs["penalty"] = enough
                text, result = solve(self.path)[1:]
                self.assertEqual(result["word"], "solved", text)
                self.assertNotIn("rounding", text)
        self.assertLess(float(least), 1e-9)  # of q = 1.5

    def refused(self, store, *mentions):
        """What makes a file that is a program but for something."""
        with h5py.File(self.path, "w") as f:
            f["y"], f.attrs["q"] = np.array([1.0, 2]), 1.0
            store(f)
        code, text, _ = solve(self.path)
        self.assertEqual(code, 2, text)
        for mention in mentions:
            self.assertIn(mention, text)
        self.assertFalse(os.path.exists(self.path + ".out"))

    def test_numbers_that_are_not_there_or_stand_for_others_are_refused(self):
        s = np.array([[1.0, 2, 3], [1, 0, 1]])

        def virtual(f, source, array="S", rows=2):
            layout = h5py.VirtualLayout((2, 3), "f8")
            layout[:rows] = h5py.VirtualSource(source, array, (rows, 3))
            f.create_virtual_dataset("S", layout)

        def chunked(f):
            f.create_dataset("S", (2, 3), chunks=(1, 3), fillvalue=1.0)[0] = s[0]

        def attribute(name, value):
            return lambda f: (f.update({"S": s}), f["S"].attrs.update({name: value}))

        with h5py.File(self.path + ".part", "w") as part:
            part["S"] = s[:1]
        there = os.path.basename(self.path) + ".part"
        self.refused(lambda f: virtual(f, "gone.h5"), "S is not all there (it is virtual, and there is no S in gone.h5)")
        self.refused(lambda f: virtual(f, there, "T"), "there is no T in " + there)
        self.refused(lambda f: virtual(f, there, rows=1), "S is not all there (its sources have fewer numbers)")
        self.refused(chunked, "S is not all there (1 of 2 chunks were written)")
        self.refused(attribute("scale_factor", 0.5), "S is packed", "ncpdq -U")
        self.refused(attribute("_FillValue", 3.0), "S is not all there (entry 2, row-major, is its _FillValue)")

    def test_what_is_no_number_is_called_that(self):
        s = np.array([[1.0, 2, 3], [1, 0, 1]])
        for name in ("q", "penalty"):
            for value in ("1.5", np.bytes_("1.5"), 1j):
                self.refused(lambda f: (f.update({"S": s}), f.attrs.update({name: value})),
                             f"the attribute {name} is no number (it is ", f'f.attrs["{name}"] = 1.5')
        with open(self.path, "w", encoding="ascii") as stream:
            stream.write("S = [1 2 3]")
        code, text, _ = solve(self.path)
        self.assertEqual(code, 2)
        self.assertIn("it is no HDF5 file", text)

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
