#!/usr/bin/python3
"""--reuse: rows that a smaller or another grid already has are copied, and only new rows are computed."""
import os
import unittest

import h5py
import numpy

from support import BAD_INPUT, FEW_ROWS, QUICK, ProgramTest

SETTINGS = [QUICK, "--grid.d=12", "--measure.test_samples=100", "--output.outer_weights=on", "--quiet"]
SMALL = [*SETTINGS, "--grid.seed=0..1", "--grid.gamma=0.1 0.5 0.9", "--grid.activation=relu", "--grid.width_ratio=2"]
# Longer on every axis, in another order, and with more neurons.
LARGE = [*SETTINGS, "--grid.seed=2 0..1", "--grid.gamma=lin(0.1,0.9,5)", "--grid.activation=quadratic relu",
         "--grid.width_ratio=3 2"]


class Reuse(ProgramTest):
    def computed(self, file, old=None):
        """Which rows a run computed itself: those whose time of solving is not OLD's."""
        with h5py.File(self.folder / file) as opened:
            seconds = opened["solve_seconds"][...].ravel()
        if old is None:
            return seconds
        with h5py.File(self.folder / old) as opened:
            return ~numpy.isin(seconds, opened["solve_seconds"][...].ravel())

    def test_a_larger_grid_computes_the_new_rows_only_and_equals_a_run_from_scratch(self):
        self.flatsweep("run", *SMALL, "-o", "small.h5")
        said = self.flatsweep("run", *LARGE, "-o", "large.h5", "--reuse", "small.h5", ranks=2)
        self.flatsweep("run", *LARGE, "-o", "whole.h5", ranks=2)
        self.assert_same_results("whole.h5", "large.h5")
        with h5py.File(self.folder / "small.h5") as small, h5py.File(self.folder / "large.h5") as large:
            old_rows, rows = small["status"].size, large["status"].size
            self.assertLess(small["neuron"].size, large["neuron"].size)
            self.assertEqual((large["runs/ranks"][...] > 0).sum(), 2, "the run that made the old rows is kept")
        self.assertEqual(self.computed("large.h5", "small.h5").sum(), rows - old_rows)
        self.flatsweep("verify", "large.h5", "--sample", str(rows))
        self.assertEqual(said.stderr, "")

    def test_a_smaller_grid_needs_no_computing(self):
        self.flatsweep("run", *LARGE, "-o", "large.h5", ranks=2)
        said = self.flatsweep("run", *SMALL[:4], *SMALL[5:], "-o", "small.h5", "--reuse", "large.h5").stderr
        self.assertIn("12 rows copied from large.h5", said)
        self.flatsweep("run", *SMALL, "-o", "whole.h5")
        self.assert_same_results("whole.h5", "small.h5")
        self.assertEqual(self.computed("small.h5", "large.h5").sum(), 0)

    def test_a_part_and_torn_rows_of_the_old_file(self):
        self.flatsweep("run", *SMALL, "-o", "small.h5", "--pilot", "7")
        with h5py.File(self.folder / "small.h5", "r+") as opened:
            row = numpy.flatnonzero(opened["status"][...].ravel())[2]
            gap = opened["gap"][...].ravel()
            gap[row] = 1
            opened["gap"][...] = gap.reshape(opened["gap"].shape)
        old = (self.folder / "small.h5").read_bytes()
        self.flatsweep("run", *LARGE, "-o", "large.h5", "--reuse", "small.h5", "--where", "seed=0")
        self.assertEqual(old, (self.folder / "small.h5").read_bytes())
        self.flatsweep("run", *LARGE, "-o", "large.h5", "--reuse", "small.h5", ranks=2)
        with h5py.File(self.folder / "large.h5") as opened:
            self.assertEqual((opened["runs/ranks"][...] > 0).sum(), 3, "the old file's run is kept once")
            self.assertLessEqual(opened["attempts"][...].max(), 1)
        self.flatsweep("run", *LARGE, "-o", "whole.h5", ranks=2)
        self.assert_same_results("whole.h5", "large.h5")

    def test_results_of_another_kind_are_refused_and_nothing_is_written(self):
        self.flatsweep("run", *SMALL, "-o", "small.h5", "--pilot", "1")
        (self.folder / "text.h5").write_text("no results\n")
        before = sorted(os.listdir(self.folder))
        for more, old, mention in ((["--target.offset=0.5"], "small.h5", "none of the job's configurations"),
                                   (["--measure.ridge=1e-3 1"], "small.h5", "axes"),
                                   (["--grid.noise=0.5"], "small.h5", "none of the job's configurations"),
                                   ([], "absent.h5", "absent.h5"), ([], "text.h5", "text.h5"),
                                   (["-o", "small.h5"], "small.h5", "overwrite")):
            with self.subTest(more=more, old=old):
                file = [] if "-o" in more else ["-o", "new.h5"]
                said = self.flatsweep("run", *LARGE, *more, *file, "--reuse", old, expect=BAD_INPUT).stderr
                self.assertIn(mention, said)
                self.assertEqual(sorted(os.listdir(self.folder)), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
