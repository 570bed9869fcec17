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

    def test_the_comparison_sees_a_difference(self):
        self.flatsweep("run", QUICK, "-o", "one.h5", "--quiet", *FEW_ROWS)
        self.flatsweep("run", QUICK, "-o", "other.h5", "--quiet", *FEW_ROWS, "--target.offset=0.125")
        with self.assertRaises(AssertionError):
            self.assert_same_results("one.h5", "other.h5")


if __name__ == "__main__":
    unittest.main(verbosity=2)
