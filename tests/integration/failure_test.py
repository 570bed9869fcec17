#!/usr/bin/python3
"""A configuration that fails is a row with a status and a message, never the end of the sweep."""
import json
import resource
import subprocess
import unittest

import h5py
import numpy

from support import ENVIRONMENT, QUICK, SOME_FAILED, ProgramTest, command

# d = 400 needs 6.4 GB for the activations, of 4 GB that there are.
JOB = [QUICK, "--grid.activation=relu", "--grid.indices=2", "--grid.d=8 400", "--grid.sample_ratio=50", "--grid.seed=0",
       "--grid.gamma=0.5", "--measure.test_samples=0", "--quiet", "-o", "part.h5"]


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


class Failure(ProgramTest):
    def run_in_little_memory(self, *more):
        return subprocess.run(command("run", *JOB, *more), cwd=self.folder, env=ENVIRONMENT, preexec_fn=limit_memory,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120).returncode

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
        self.assertIn("400", why)
        self.assertRegex(why, "memory|bad_alloc")
        document = json.loads(self.flatsweep("status", "part.h5", "--failed", "--json").stdout)
        self.assertRegex(json.dumps(document), "memory|bad_alloc")

        self.assertEqual(self.run_in_little_memory(), SOME_FAILED)
        self.assertEqual(self.rows()[1], [1, 1], "tried again unasked")
        self.assertEqual(self.run_in_little_memory("--retry", "failed,crashed"), SOME_FAILED)
        self.assertEqual(self.rows()[1], [1, 2], "not tried again")


if __name__ == "__main__":
    unittest.main(verbosity=2)
