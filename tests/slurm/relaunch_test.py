#!/usr/bin/python3
"""slurm/relaunch.sh, on a workstation: a sweep nobody watches gets done whatever ends its runs, or is given up."""
import signal
import subprocess
import sys
import unittest

import h5py

from deadly import DEADLY_JOB, KILL_FROM_OUTSIDE, deadly, deadly_once
from support import (BAD_INPUT, ENVIRONMENT, EVERYTHING_DONE, INTERNAL_ERROR, PROGRAM, QUICK, SOME_FAILED, SOURCE,
                     STOPPED_EARLY, ProgramTest)

MANY_ROWS = [QUICK, "--grid.d=20", "--grid.seed=0..7"]  # some seconds

HANGS_ONCE = """
import os, pathlib, subprocess, sys, time
hung = pathlib.Path("hung")
if hung.exists():
    os.execvp("mpirun", ["mpirun", "--map-by", "slot:OVERSUBSCRIBE", "--bind-to", "none", *sys.argv[1:]])
hung.touch()
rank = subprocess.Popen("true")  # never waited for
time.sleep(600)
"""


class Relaunch(ProgramTest):
    def relaunch(self, job, file, library=None, **settings):
        """The script, running: two ranks, the library loaded into the program alone."""
        program = f"env LD_PRELOAD={library} {PROGRAM}" if library else PROGRAM
        script = subprocess.Popen([SOURCE / "slurm/relaunch.sh", job[0], file, *job[1:]], cwd=self.folder, text=True,
                                  env=ENVIRONMENT | {"FLATSWEEP": program, "FLATSWEEP_RANKS": "2"} | settings,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(lambda: (script.terminate(), script.communicate()))
        return script

    def assert_ends(self, script, exit_code):
        said, _ = script.communicate(timeout=120)
        self.assertEqual(script.returncode, exit_code, said)
        return said

    def assert_uninterrupted(self, file, job):
        self.flatsweep("run", *job, "--quiet", "-o", "uninterrupted.h5", ranks=3)
        self.assert_same_results("uninterrupted.h5", file)

    def statuses(self, file):
        with h5py.File(self.folder / file) as opened:
            return opened["status"][...].ravel().tolist()

    def test_a_crash_is_followed_by_another_run(self):
        said = self.assert_ends(self.relaunch(DEADLY_JOB, "once.h5", deadly_once(self.folder)), EVERYTHING_DONE)
        self.assertEqual(said.count("running again"), 1)
        self.assert_uninterrupted("once.h5", DEADLY_JOB)

    def test_a_configuration_that_crashes_each_time_ends_in_quarantine(self):
        said = self.assert_ends(self.relaunch(DEADLY_JOB, "always.h5", deadly(self.folder)), SOME_FAILED)
        self.assertEqual(said.count(f"exit code {128 + signal.SIGSEGV} after"), 3)
        self.assertEqual(self.statuses("always.h5"), [1, 5, 1])

    def test_kills_that_let_nothing_get_done_make_it_give_up(self):
        library = deadly(self.folder, KILL_FROM_OUTSIDE)
        said = self.assert_ends(self.relaunch(DEADLY_JOB, "killed.h5", library, FLATSWEEP_TRIES="2"), INTERNAL_ERROR)
        self.assertIn("no new row in 2 runs, the last with exit code 137", said)

    def test_a_launcher_that_hangs_after_the_death_of_a_rank_is_killed(self):
        launcher = self.folder / "launcher.py"
        launcher.write_text(HANGS_ONCE)
        settings = {"FLATSWEEP_LAUNCHER": f"{sys.executable} {launcher}", "FLATSWEEP_PATIENCE": "2"}
        said = self.assert_ends(self.relaunch([QUICK, "--grid.seed=0"], "hung.h5", **settings), EVERYTHING_DONE)
        self.assertEqual(said.count("the launcher hangs"), 1, said)
        self.assertEqual(said.count("running again"), 1, said)

    def test_a_time_limit_is_followed_by_another_run(self):
        script = self.relaunch([*MANY_ROWS, "--time-limit", "2s"], "limit.h5")
        self.assertIn(f"exit code {STOPPED_EARLY} after", self.assert_ends(script, EVERYTHING_DONE))
        self.assert_uninterrupted("limit.h5", MANY_ROWS)

    def test_signals_to_it_stop_the_sweep_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
            with self.subTest(signal=number.name):
                script = self.relaunch(MANY_ROWS, f"{number.name}.h5")
                self.wait_for_rows(f"{number.name}.h5")
                script.send_signal(number)
                self.assertNotIn("running again", self.assert_ends(script, STOPPED_EARLY))
                self.assertIn(f"exit code {STOPPED_EARLY}\n", self.flatsweep("status", f"{number.name}.h5").stdout)

    def test_what_another_run_would_not_mend_is_not_run_again(self):
        for job, settings, message in (([QUICK, "--grid.d=0"], {}, "--grid.d"), ([QUICK, "--overwrite"], {}, "Remove x.h5"),
                                       ([QUICK], {"FLATSWEEP": "absent/flatsweep"}, "absent/flatsweep"),
                                       ([QUICK], {"FLATSWEEP_LAUNCHER": "absent/mpirun"}, "absent/mpirun")):
            with self.subTest(message=message):
                said = self.assert_ends(self.relaunch(job, "x.h5", **settings), BAD_INPUT)
                self.assertEqual(said.count(message), 1, said)
        said = self.assert_ends(self.relaunch([QUICK], "x.h5", FLATSWEEP_LAUNCHER="false"), INTERNAL_ERROR)
        self.assertEqual(said.count("running again"), 1, "a launcher may have stumbled over another that started with it")


if __name__ == "__main__":
    unittest.main(verbosity=2)
