#!/usr/bin/python3
"""A configuration that kills its process is tried again, and quarantined after three such deaths; kills from outside
do not count."""
import os
import signal
import subprocess
import time
import unittest

import h5py

from support import EVERYTHING_DONE, QUICK, SOME_FAILED, ProgramTest, command

# n = 102, m = 204 where d = 17: the activations are 166464 bytes, which nothing else is.
JOB = ["run", QUICK, "--grid.activation=relu", "--grid.indices=2", "--grid.d=12 17 13", "--grid.seed=0",
       "--grid.gamma=0.3 0.6", "--measure.test_samples=0", "--quiet"]
DEADLY = """
#include <stdlib.h>
void* __libc_malloc(size_t size);
void* malloc(size_t size) {
  if (size >= 166464 && size < 166464 + 128) { FAULT; }
  return __libc_malloc(size);
}
"""
FAULTS = {
    signal.SIGSEGV: "*(volatile int*)8 = 1",
    signal.SIGFPE: "volatile int number = 7, zero = 0; number = number / zero",
    signal.SIGABRT: "abort()",
}
LARGE = ["run", QUICK, "--grid.activation=relu", "--grid.indices=2", "--grid.d=150", "--grid.seed=0", "--grid.gamma=0.3",
         "--quiet", "-o", "large.h5"]


class Crash(ProgramTest):
    def column(self, file, name):
        with h5py.File(self.folder / file) as opened:
            return opened[name][...].ravel().tolist()

    def deadly(self, number):
        """The environment of a program whose process dies by this signal where d = 17."""
        return self.preload(f"deadly{number}", DEADLY.replace("FAULT", FAULTS[number]))

    def test_every_fault_of_its_own_is_counted_for_the_configuration_in_flight(self):
        for number in FAULTS:
            with self.subTest(signal=number.name):
                file = f"{number.name}.h5"
                environment = self.deadly(number)
                self.flatsweep(*JOB, "-o", file, env=environment, expect=-number)
                self.assertEqual(sorted(self.column(file, "attempts")), [0, 0, 0, 0, 0, 1])
                self.assertEqual(self.column(file, "status"), [0] * 6)

    def test_a_worker_that_dies_takes_the_run_down_and_is_counted(self):
        self.flatsweep(*JOB, "-o", "ranks.h5", ranks=2, env=self.deadly(signal.SIGSEGV), expect=128 + signal.SIGSEGV)
        self.assertEqual(sorted(self.column("ranks.h5", "attempts")), [0, 0, 0, 0, 0, 1])

    def test_the_loop_that_relaunches_ends_with_the_deadly_ones_in_quarantine(self):
        loop = """until "$@"; do code=$?; echo "exit code $code"; [ $code -ge 128 ] || exit $code; done"""
        done = subprocess.run(["bash", "-c", loop, "-", *command(*JOB, "-o", "loop.h5")], cwd=self.folder, text=True,
                              env=self.deadly(signal.SIGABRT), capture_output=True, timeout=120)
        self.assertEqual(done.returncode, SOME_FAILED, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("exit code 134"), 6, "three deaths for each of two configurations")
        self.assertEqual(self.column("loop.h5", "status"), [1, 1, 5, 5, 1, 1])
        self.assertEqual(self.column("loop.h5", "attempts"), [1, 1, 3, 3, 1, 1])
        self.assertIn("died again and again (flatsweep solve JOB --id 2 ", self.flatsweep("status", "loop.h5", "--failed").stdout)

        self.flatsweep(*JOB, "-o", "loop.h5", expect=SOME_FAILED)
        self.assertEqual(self.column("loop.h5", "attempts"), [1, 1, 3, 3, 1, 1], "tried again unasked")
        self.flatsweep(*JOB, "-o", "loop.h5", "--retry", "crashed")
        self.assertEqual(self.column("loop.h5", "status"), [1] * 6)
        self.assertEqual(self.column("loop.h5", "attempts"), [1, 1, 4, 4, 1, 1])

    def test_signals_from_outside_are_not_counted(self):
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL):
            with self.subTest(signal=number.name):
                process = self.start(*LARGE)
                self.wait_for_rows("large.h5", rows=0)
                time.sleep(0.5)  # until the configuration is in flight
                os.kill(process.pid, number)
                self.assertEqual(process.wait(30), -number)
                self.assertEqual(self.column("large.h5", "attempts"), [0])
        self.flatsweep(*LARGE, expect=EVERYTHING_DONE)
        self.assertEqual(self.column("large.h5", "attempts"), [1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
