#!/usr/bin/python3
"""The same job gives the same file for any number of ranks, and without mpirun."""
import unittest

from support import FEW_ROWS, LONG, QUICK, ProgramTest


class Ranks(ProgramTest):
    def test_any_number_of_ranks_gives_the_same_file(self):
        overrides = [] if LONG else FEW_ROWS
        for ranks in (None, 1, 2, 4):
            self.flatsweep("run", QUICK, "-o", f"{ranks}.h5", "--quiet", *overrides, ranks=ranks)
        for ranks in (1, 2, 4):
            self.assert_same_results("None.h5", f"{ranks}.h5")

    def test_threads_change_no_bit(self):
        large = ["--grid.d=40", "--grid.seed=0", "--grid.gamma=0.3", "--quiet", "--measure.best_loss=on", "--measure.spectrum=on"]
        for threads in (1, 2, 3):
            self.flatsweep("run", QUICK, "-o", f"{threads}.h5", *large, "--threads", threads)
        for threads in (2, 3):
            self.assert_same_results("1.h5", f"{threads}.h5")

    def test_the_comparison_sees_a_difference(self):
        self.flatsweep("run", QUICK, "-o", "one.h5", "--quiet", *FEW_ROWS)
        self.flatsweep("run", QUICK, "-o", "other.h5", "--quiet", *FEW_ROWS, "--target.offset=0.125")
        with self.assertRaises(AssertionError):
            self.assert_same_results("one.h5", "other.h5")


if __name__ == "__main__":
    unittest.main(verbosity=2)
