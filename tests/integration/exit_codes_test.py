#!/usr/bin/python3
"""Every exit code of the README's table, each by what it stands for."""
import re
import resource
import signal
import unittest

import h5py

from support import BAD_INPUT, EVERYTHING_DONE, FEW_ROWS, FILE_IN_USE, INTERNAL_ERROR, QUICK, SOME_FAILED, SOURCE, \
    STOPPED_EARLY, ProgramTest

JOB = [QUICK, *FEW_ROWS, "--grid.activation=relu", "--grid.indices=2", "--quiet"]
# d = 200 needs 1.6 GB for the activations, of 1 GB that there is.
LARGE = [QUICK, "--grid.activation=relu", "--grid.indices=2", "--grid.d=8 200", "--grid.sample_ratio=50", "--grid.seed=0",
         "--grid.gamma=0.5", "--measure.test_samples=0"]
LITTLE_MEMORY = ["prlimit", f"--as={1 << 30}"]
FAILED = 4  # in the column `status`


class ExitCodes(ProgramTest):
    def test_0_everything_is_done(self):
        self.flatsweep("run", *JOB, "-o", "done.h5", expect=EVERYTHING_DONE)
        self.flatsweep("run", *JOB, "-o", "done.h5", "--shard", "1/2", expect=EVERYTHING_DONE)
        self.flatsweep("verify", "done.h5", expect=EVERYTHING_DONE)

    def test_1_an_internal_error(self):
        broken = self.preload("mpi", "int MPI_Ibarrier() { return 1; }")
        said = self.flatsweep("run", *JOB, "-o", "one.h5", expect=INTERNAL_ERROR, env=broken)
        self.assertIn("flatsweep: MPI_Ibarrier failed", said.stderr)  # Open MPI may speak first

    def test_1_rows_differ(self):
        self.flatsweep("run", *JOB, "-o", "torn.h5")
        with h5py.File(self.folder / "torn.h5", "r+") as opened:
            opened["flatness"][...] = 1
        said = self.flatsweep("verify", "torn.h5", expect=INTERNAL_ERROR)
        self.assertEqual(len(re.findall(r"(?m)^row \d+: torn", said.stdout)), 6)

    def test_2_bad_input(self):
        self.assertIn("--pilot", self.flatsweep("run", *JOB, "-o", "new.h5", "--pilot", "0", expect=BAD_INPUT).stderr)
        self.flatsweep("run", *JOB, "-o", "new.h5", "--grid.gamma=2", ranks=2, expect=BAD_INPUT)

    def test_3_done_but_some_failed(self):
        for ranks in (None, 2):
            self.flatsweep("run", *LARGE, "--quiet", "-o", f"failed{ranks}.h5", ranks=ranks, expect=SOME_FAILED,
                           prefix=LITTLE_MEMORY)
        # The failed row is no part of what this run is asked for.
        self.flatsweep("run", *LARGE, "--quiet", "-o", "failedNone.h5", "--where", "d=8", expect=EVERYTHING_DONE)

    def test_75_stopped_early_and_76_in_use(self):
        many = [QUICK, "--grid.d=30", "--grid.seed=0..1999", "--quiet", "-o", "many.h5"]
        process = self.start("run", *many)
        self.wait_for_rows("many.h5")
        self.flatsweep("run", *many, expect=FILE_IN_USE)
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(30), STOPPED_EARLY)
        self.flatsweep("run", *many, "--time-limit", "1s", ranks=2, expect=STOPPED_EARLY)

    def test_75_stopped_early_though_some_failed(self):
        many = [str(word).replace("seed=0", "seed=0..999") for word in LARGE]
        process = self.start("run", *many, "--quiet", "-o", "failing.h5",
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)))
        self.wait_for_rows("failing.h5")
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(30), STOPPED_EARLY)
        with h5py.File(self.folder / "failing.h5") as opened:
            self.assertIn(FAILED, opened["status"][...])

    def test_the_readme_lists_these_and_no_other(self):
        table = (SOURCE / "README.md").read_text(encoding="utf-8").split("| exit code |")[1].split("\n\n")[0]
        listed = [int(code) for code in re.findall(r"(?m)^\| (\d+) \|", table)]
        self.assertEqual(listed, [EVERYTHING_DONE, INTERNAL_ERROR, BAD_INPUT, SOME_FAILED, STOPPED_EARLY, FILE_IN_USE])


if __name__ == "__main__":
    unittest.main(verbosity=2)
