#!/usr/bin/python3
"""`flatsweep explain` tells of one configuration what it is, what it costs, what became of it, and how to compute it alone."""
import shlex
import unittest

import h5py

from support import BAD_INPUT, FEW_ROWS, QUICK, SOURCE, ProgramTest


class Explain(ProgramTest):
    def explain(self, *arguments):
        """The head, and the texts by their titles."""
        head, *lines = self.flatsweep("explain", *arguments).stdout.splitlines()
        texts, title = {}, ""
        for line in lines:
            title = line[:9].strip() or title
            texts[title] = f"{texts.get(title, '')} {line[9:]}".strip()
        return head, texts

    def test_a_row_of_the_grid(self):
        self.flatsweep("run", QUICK, *FEW_ROWS, "-o", "few.h5", "--where", "seed=0", "--quiet")
        head, before = self.explain(QUICK, *FEW_ROWS, "--id", 1)
        self.assertRegex(head, r"^configuration 1: .*, d = 12, seed = 0, gamma = 0.5; n = \d+, m = \d+$")
        self.assertIn("by probes", before["time"])
        self.assertNotIn("status", before)
        _, after = self.explain(QUICK, "few.h5", *FEW_ROWS, "--id", 1)
        self.assertIn("by the rows of the file", after["time"])
        with h5py.File(self.folder / "few.h5") as opened:
            flatness = opened["flatness"][...].ravel()[1]
        self.assertRegex(after["status"], r"^solved, row 1, in \d+ steps and \S+ s on rank 0, 1 attempt ")
        self.assertIn(f"flatness {flatness:g}", after["status"])
        self.assertEqual(after["feasible"], "nothing rules out an interpolator by construction")
        pending = self.explain(QUICK, "few.h5", *FEW_ROWS, "--id", 3)[1]["status"]
        self.assertEqual(pending, "pending, row 3, not tried yet")

    def test_the_command_computes_the_same_row(self):
        self.flatsweep("run", QUICK, *FEW_ROWS, "-o", "few.h5", "--quiet")
        _, texts = self.explain(QUICK, *FEW_ROWS, "--id", 4)
        words = shlex.split(texts["alone"])
        self.assertEqual(words[0], "flatsweep")
        self.flatsweep(*words[1:])
        with h5py.File(self.folder / "configuration4.h5") as alone, h5py.File(self.folder / "few.h5") as opened:
            self.assertEqual(alone["flatness"][()], opened["flatness"][...].ravel()[4])

    def test_a_point_off_the_grid(self):
        head, texts = self.explain(QUICK, *FEW_ROWS, "--activation", "relu", "--indices", "2", "--gamma", "0.33", "--seed", "77")
        self.assertTrue(head.startswith("a point off the grid of the job: relu"))
        self.assertIn("--gamma 0.33", texts["alone"])
        self.flatsweep(*shlex.split(texts["alone"])[1:])
        with h5py.File(self.folder / "configuration.h5") as alone:
            self.assertEqual(alone.attrs["gamma"], 0.33)

    def test_what_is_infeasible_or_equal_to_another_row_is_said(self):
        fig4 = SOURCE / "jobs/fig4.ini"
        _, texts = self.explain(fig4, "--activation", "linear", "--link", "quadratic_form", "--indices", "5", "--gamma", "0.01", "--seed", "0")
        self.assertEqual(texts["feasible"], "no, by construction: n = 1000, but linear neurons span 100 dimensions")
        fig3 = SOURCE / "jobs/fig3.ini"
        _, texts = self.explain(fig3, "--activation", "quadratic", "--link", "mirrored", "--indices", "5", "--gamma", "0.01", "--seed", "0")
        self.assertEqual(texts["equal"], "to the row with link = matched, bit for bit")

    def test_a_file_of_another_grid_or_of_other_settings(self):
        self.flatsweep("run", QUICK, *FEW_ROWS, "-o", "few.h5", "--quiet", "--where", "seed=1")
        more = [word.replace("seed=0..1", "seed=5 1") for word in FEW_ROWS]
        self.assertIn("solved, row 4", self.explain(QUICK, "few.h5", *more, "--id", 4)[1]["status"])
        self.assertEqual("the file has no such configuration", self.explain(QUICK, "few.h5", *more, "--id", 0)[1]["status"])
        other = self.explain(QUICK, "few.h5", *FEW_ROWS, "--measure.spectrum=off", "--id", 0)[1]["status"]
        self.assertEqual(other, "unknown: the file has `spectrum = on`, not `spectrum = off`")

    def test_bad_input_is_refused(self):
        self.assertIn("--id", self.flatsweep("explain", QUICK, "--id", 10**9, expect=BAD_INPUT).stderr)
        self.flatsweep("explain", QUICK, "absent.h5", "--id", 0, expect=BAD_INPUT)
        self.flatsweep("explain", QUICK, expect=BAD_INPUT)


if __name__ == "__main__":
    unittest.main(verbosity=2)
