#!/usr/bin/python3
"""A configuration that fails is a row with a status and a message, never the end of the sweep."""
import json
import resource
import subprocess
import unittest

import h5py
import numpy

from rows import checksum_of, set_cell
from support import BAD_INPUT, ENVIRONMENT, FEW_ROWS, QUICK, SOME_FAILED, ProgramTest, command

# d = 200 needs 1.6 GB for the activations, of 1 GB that there is.
JOB = [QUICK, "--grid.activation=relu", "--grid.indices=2", "--grid.d=8 200", "--grid.sample_ratio=50", "--grid.seed=0",
       "--grid.gamma=0.5", "--measure.test_samples=0", "--quiet", "-o", "part.h5"]


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


class Failure(ProgramTest):
    def in_little_memory(self, *arguments):
        return subprocess.run(command(*arguments), cwd=self.folder, env=ENVIRONMENT, preexec_fn=limit_memory,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def run_in_little_memory(self, *more):
        return self.in_little_memory("run", *JOB, *more).returncode

    def rows(self):
        with h5py.File(self.folder / "part.h5") as opened:
            return opened["status"][...].ravel().tolist(), opened["attempts"][...].ravel().tolist(), \
                opened["flatness"][...].ravel()

    def test_a_failure_is_recorded_and_the_sweep_goes_on(self):
        self.assertEqual(self.run_in_little_memory(), SOME_FAILED)
        statuses, attempts, flatness = self.rows()
        self.assertEqual((statuses, attempts), ([1, 4], [1, 1]))
        numpy.testing.assert_array_equal(numpy.isnan(flatness), [False, True])
        why = self.flatsweep("status", "part.h5", "--failed").stdout
        self.assertIn("d 200", why)
        self.assertRegex(why, "memory is used up.*Start fewer ranks")
        document = json.loads(self.flatsweep("status", "part.h5", "--failed", "--json").stdout)
        self.assertIn("memory is used up", json.dumps(document))

        self.assertEqual(self.run_in_little_memory(), SOME_FAILED)
        self.assertEqual(self.rows()[1], [1, 1], "tried again unasked")
        self.assertEqual(self.run_in_little_memory("--retry", "failed,crashed"), SOME_FAILED)
        self.assertEqual(self.rows()[1], [1, 2], "not tried again")

    def test_what_is_solved_alone_says_that_the_memory_is_used_up(self):
        done = self.in_little_memory("solve", *JOB[:-3], "--id", "1", "-o", "one.h5")
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertRegex(done.stderr, "memory is used up.*Start fewer ranks")
        self.assertFalse((self.folder / "one.h5").exists())

    def test_where_linear_algebra_gets_no_work_space_nothing_is_begun(self):
        said = self.flatsweep("run", QUICK, *FEW_ROWS, "-o", "none.h5", expect=BAD_INPUT, timeout=60,
                              prefix=["prlimit", f"--as={500 << 20}"]).stderr
        self.assertRegex(said, "no memory for the work space.*Lift the limit")

    def test_a_run_says_how_many_rows_are_inaccurate(self):
        job = [QUICK, *FEW_ROWS, "-o", "sweep.h5"]
        self.assertNotIn("are inaccurate", self.flatsweep("run", *job).stderr)
        with h5py.File(self.folder / "sweep.h5", "r+") as opened:
            for row in (2, 5):
                set_cell(opened, "status", row, 3)
                set_cell(opened, "checksum", row, checksum_of(opened, row))
        self.assertRegex(self.flatsweep("run", *job).stderr, r"  inaccurate 2  .*\n.*2 configurations are inaccurate")
        self.assertIn("2 configurations are inaccurate", self.flatsweep("run", *job, "--quiet").stderr)
        self.assertNotIn("are inaccurate", self.flatsweep("run", *job, "--retry", "inaccurate").stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
