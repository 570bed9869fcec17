#!/usr/bin/python3
"""Sweeps from Python: they run under mpirun with a bar, stop in order, open as the results that other readers see."""
import io
import json
import os
import signal
import subprocess
import sys
import time
import unittest
import unittest.mock

import h5py
import numpy
import pandas
import xarray

import flatsweep
from support import ENVIRONMENT, QUICK, ProgramTest

FEW = dict(d=12, seed=range(2), gamma=[0.1, 0.5, 0.9], test_samples=100)

SWEEP = """
import sys, flatsweep
flatsweep.run(sys.argv[1], sys.argv[2], ranks=int(sys.argv[3]), d=20, seed=range(2000))
"""
RANK = """
import sys
from mpi4py import MPI
import flatsweep
try:
    flatsweep.run(sys.argv[1], "never.h5", ranks=2, d=12)
except RuntimeError as refusal:
    print(refusal)
"""


class Sweeps(ProgramTest):
    def setUp(self):
        super().setUp()
        os.environ.update(ENVIRONMENT)
        self.file = self.folder / "few.h5"

    def run_few(self, **settings):
        results = flatsweep.run(QUICK, self.file, progress=False, **{"ranks": 1} | FEW | settings)
        self.addCleanup(results.close)
        return results

    def test_results_are_those_that_xarray_reads(self):
        results = self.run_few(ranks=3)
        with xarray.open_dataset(self.file) as plain:
            solved = plain.where(plain.status == 1).squeeze()
            for name in ("flatness", "population_loss_mc", "soft_rank", "residual"):
                numpy.testing.assert_array_equal(results[name].values, solved[name].values)
                numpy.testing.assert_array_equal(results[name].isel(seed=1, gamma=slice(0, 3, 2)).values,
                                                 solved[name].isel(seed=1, gamma=slice(0, 3, 2)).values)
        self.assertEqual(set(results.status.values.ravel()), {"solved"})
        self.assertEqual(results.d.shape, ())
        self.assertEqual(results.flatness.dims, ("activation", "indices", "seed", "gamma"))

    def test_rows_that_are_not_solved_are_masked(self):
        results = self.run_few(activation="quadratic", indices=2, sample_ratio=10)
        self.assertEqual(set(results.status.values.ravel()), {"infeasible"})
        self.assertTrue(numpy.isnan(results.residual.values).all())
        with xarray.open_dataset(self.file) as plain:
            self.assertTrue(numpy.isfinite(plain.residual.values).all())

    def test_measures_are_not_read_before_they_are_used(self):
        results = self.run_few()
        self.assertFalse(results.flatness.variable._in_memory)
        self.assertFalse(results.flatness.sel(seed=0).variable._in_memory)

    def test_curves_are_the_numbers_of_show(self):
        results = self.run_few()
        for selected, where in ((results, []), (results.sel(activation="relu"), ["--where", "activation=relu"]),
                                (results.sel(gamma=[0.1, 0.9]), ["--where", "gamma=0.1 0.9"])):
            printed = self.flatsweep("show", self.file, "--csv", *where).stdout
            pandas.testing.assert_frame_equal(flatsweep.curves(selected),
                                              pandas.read_csv(io.StringIO(printed), float_precision="round_trip", dtype={"offset": str}))
        self.assertEqual(len(flatsweep.curves(self.file)), len(flatsweep.curves(results)))
        with self.assertRaisesRegex(ValueError, "lost the axis activation"):
            flatsweep.curves(results.sel(activation="relu", drop=True))

    def test_an_experiment_has_the_arrays_of_solve(self):
        for arguments, options in ((dict(id=1, d=12), ["--id", "1", "--grid.d=12"]),
                                   (dict(activation="relu", indices=1, d=12, seed=0, gamma=0.3),
                                    ["--activation=relu", "--indices=1", "--d=12", "--seed=0", "--gamma=0.3"])):
            one = vars(flatsweep.experiment(QUICK, **arguments))
            self.flatsweep("solve", QUICK, *options, "-o", "one.h5", "--overwrite")
            with h5py.File(self.folder / "one.h5") as file:
                self.assertEqual(one["status"], "solved")
                self.assertEqual(set(one), set(file) | set(file.attrs))
                for name in ("features", "labels", "inner_weights", "outer_weights", "dual", "flatness"):
                    numpy.testing.assert_array_equal(one[name], file[name][()])

    def test_what_cannot_be_used_is_a_value_error_of_the_program(self):
        for settings, words in ((dict(gamma=2), "gamma"), (dict(gama=0.5), "gama"), (dict(d="many"), "d"), (dict(ranks=0), "ranks")):
            with self.subTest(settings=settings), self.assertRaisesRegex(ValueError, words):
                self.run_few(**settings)
        with self.assertRaisesRegex(ValueError, "nothing.ini"):
            flatsweep.run(self.folder / "nothing.ini", self.file, ranks=2, progress=False)
        with self.assertRaises(FileNotFoundError):
            flatsweep.open(self.folder / "nothing.h5")
        with h5py.File(self.folder / "other.h5", "w") as other:
            other["x"] = 1
        (self.folder / "text.h5").write_text("text")
        for file in ("other.h5", "text.h5"):
            with self.assertRaisesRegex(ValueError, file):
                flatsweep.open(self.folder / file)
        with self.assertRaisesRegex(ValueError, "Pass what flatsweep.open returned"):
            flatsweep.curves(3)
        with self.assertRaisesRegex(ValueError, "--id"):
            flatsweep.experiment(QUICK, id=10**9)

    def test_a_time_limit_warns_and_the_same_call_continues(self):
        with self.assertWarnsRegex(UserWarning, "stopped early"):
            self.run_few(seed=range(5000), d=20, time_limit="5s").close()
        done, rows = self.rows_of(self.file)
        self.assertTrue(0 < done < rows)

    def sweep(self, ranks):
        return subprocess.Popen([sys.executable, "-c", SWEEP, QUICK, self.file, str(ranks)], env=ENVIRONMENT | dict(os.environ),
                                stderr=subprocess.PIPE, text=True, start_new_session=True)

    def test_ctrl_c_stops_in_order_and_the_bar_shows_rows(self):
        for ranks in (1, 3):
            with self.subTest(ranks=ranks):
                self.file = self.folder / f"stopped{ranks}.h5"
                process = self.sweep(ranks)
                self.addCleanup(process.kill)
                self.wait_for_rows(self.file)
                os.killpg(process.pid, signal.SIGINT)  # as a terminal does
                said = process.communicate(timeout=30)[1]
                self.assertRegex(said, r"\b0/64000 (.|\n)*\b[1-9]\d*/64000 ")  # from the start on
                self.assertIn("KeyboardInterrupt", said.splitlines()[-1])
                self.assertEqual(subprocess.run(["pgrep", "-f", str(self.file)], capture_output=True, check=False).stdout, b"")
                state = json.loads(self.flatsweep("status", self.file, "--json").stdout)
                self.assertTrue(0 < state["done"] < state["total"])
                self.flatsweep("verify", self.file, "--sample", "2")

    def test_ctrl_c_before_there_are_ranks_is_not_lost(self):
        for delay in (0.0, 0.01, 0.02, 0.03, 0.04, 0.05):
            with self.subTest(delay=delay):
                self.file.unlink(missing_ok=True)
                process = self.sweep(2)
                self.addCleanup(process.kill)
                pgrep = ["pgrep", "-P", str(process.pid)]
                while process.poll() is None and not subprocess.run(pgrep, capture_output=True, check=False).stdout:
                    pass  # until mpirun is started
                time.sleep(delay)
                os.killpg(process.pid, signal.SIGINT)
                said = process.communicate(timeout=30)[1]
                self.assertIn("KeyboardInterrupt", said.splitlines()[-1])
                self.assertEqual(subprocess.run(["pgrep", "-f", str(self.file)], capture_output=True, check=False).stdout, b"")

    def test_a_rank_of_mpi_is_refused_instead_of_hanging(self):
        try:
            import mpi4py  # noqa: F401
        except ImportError:
            self.skipTest("python3-mpi4py is not installed")
        for launcher in ([], ["mpirun", "-n", "1"]):
            done = subprocess.run([*launcher, sys.executable, "-c", RANK, QUICK], cwd=self.folder, env=ENVIRONMENT | dict(os.environ),
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
            self.assertIn("cannot start ranks here (mpi4py has initialised MPI in this process)", done.stdout, done.stderr)
        alone = {"OMPI_COMM_WORLD_RANK": "0"}
        with unittest.mock.patch.dict(os.environ, alone), self.assertRaisesRegex(RuntimeError, "is a rank itself"):
            self.run_few()


if __name__ == "__main__":
    unittest.main(verbosity=2)
