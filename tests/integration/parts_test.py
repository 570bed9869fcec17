#!/usr/bin/python3
"""Parts of a job now and the rest later: --shard, --where, --pilot; and the same file in the end."""
import json
import unittest

import h5py
import numpy

from support import FEW_ROWS, QUICK, ProgramTest

JOB = [QUICK, *FEW_ROWS, "--quiet"]  # 2 activations, 2 indices, 2 seeds, 3 gammas: 24 rows


class Parts(ProgramTest):
    def done(self, file):
        """Whether each row is there, over (activation, indices, seed, gamma)."""
        with h5py.File(self.folder / file) as opened:
            return (opened["status"][...] != 0).squeeze()

    def test_a_condition_is_done_now_and_the_rest_later(self):
        self.flatsweep("run", *JOB, "-o", "part.h5", "--where", "gamma>0.4,activation=relu", ranks=2)
        expected = numpy.zeros((2, 2, 2, 3), dtype=bool)
        expected[0, ..., 1:] = True
        numpy.testing.assert_array_equal(self.done("part.h5"), expected)

        document = json.loads(self.flatsweep("status", "part.h5", "--json").stdout)
        self.assertEqual((document["done"], document["pending"]), (8, 16))
        self.assertRegex(self.flatsweep("status", "part.h5").stdout, r"16 .*left.*without --shard, --where and --pilot")

        self.flatsweep("run", *JOB, "-o", "part.h5")
        self.flatsweep("run", *JOB, "-o", "whole.h5")
        self.assert_same_results("whole.h5", "part.h5")
        self.assertNotIn("left", self.flatsweep("status", "part.h5").stdout)

    def test_a_part_that_is_done_is_said_to_be(self):
        few = [word for word in JOB if word != "--quiet"]
        said = self.flatsweep("run", *few, "-o", "part.h5", "--shard", "2/3").stderr
        self.assertRegex(said, r"part asked for is done, 8 of 24")
        again = self.flatsweep("run", *few, "-o", "part.h5", "--shard", "2/3").stderr
        self.assertRegex(again, r"part asked for is done, 8 of 24")
        self.assertEqual(self.done("part.h5").sum(), 8)

    def test_a_pilot_is_drawn_reproducibly_from_what_is_pending(self):
        for file in ("one.h5", "other.h5"):
            self.flatsweep("run", *JOB, "-o", file, "--pilot", "5", "--where", "indices=4")
        pilot = self.done("one.h5")
        self.assertEqual(pilot.sum(), 5)
        self.assertFalse(pilot[:, 0].any(), "rows outside the condition")
        numpy.testing.assert_array_equal(pilot, self.done("other.h5"))
        self.flatsweep("run", *JOB, "-o", "one.h5", "--pilot", "9", "--where", "indices=4")
        self.assertEqual(self.done("one.h5").sum(), 12, "only 7 were left")
        self.assertTrue((self.done("one.h5") >= pilot).all())

    def test_shards_are_even_and_make_the_whole(self):
        parts = []
        for k in range(1, 6):
            self.flatsweep("run", *JOB, "-o", f"shard{k}.h5", "--shard", f"{k}/5")
            parts.append(self.done(f"shard{k}.h5"))
        numpy.testing.assert_array_equal(sum(part.astype(int) for part in parts), 1)
        self.assertLessEqual({int(part.sum()) for part in parts}, {4, 5, 6})


if __name__ == "__main__":
    unittest.main(verbosity=2)
