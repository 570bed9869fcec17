#!/usr/bin/python3
"""A sweep that is asked to stop does so in order, and the same command finishes it; a file has one run and one job."""
import contextlib
import hashlib
import json
import signal
import time
import unittest

from support import (BAD_INPUT, FEW_ROWS, FILE_IN_USE, LONG, QUICK, STOPPED_EARLY, ProgramTest, cpu_seconds, ranks_below,
                     seeded)

MANY_ROWS = [QUICK, "--grid.d=20", "--grid.seed=0..1999", "--quiet"]

# Another run replaces the file when it has been opened and is about to be locked.
REPLACEMENT = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int fcntl(int file, int request, ...) {
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  if (request == F_OFD_SETLK) rename("fresh.h5", "held.h5");
  return syscall(SYS_fcntl, file, request, argument);
}
int fcntl64(int file, int request, ...) __attribute__((alias("fcntl")));
"""


class Stop(ProgramTest):
    def cpu_seconds_at_exit(self, launcher, ranks):
        """What each rank has taken of the CPU when the launcher ends, to some 20 ms."""
        seconds = {}
        end = time.monotonic() + 300
        while launcher.poll() is None:
            self.assertLess(time.monotonic(), end, "the run does not end")
            for pid in ranks:
                with contextlib.suppress(OSError):  # it ended
                    seconds[pid] = cpu_seconds(pid)
            time.sleep(0.02)
        return seconds

    def test_signals_stop_a_sweep_in_order(self):
        for ranks, number in ((None, signal.SIGUSR1), (None, signal.SIGUSR2), (None, signal.SIGTERM),
                              (None, signal.SIGINT), (3, signal.SIGUSR1)):
            with self.subTest(ranks=ranks, signal=number.name):
                file = f"{ranks}_{number.name}.h5"
                process = self.start("run", *MANY_ROWS, "-o", file, ranks=ranks)
                self.wait_for_rows(file)
                process.send_signal(number)
                self.assertEqual(process.wait(30), STOPPED_EARLY)
                done, size = self.rows_of(file)
                self.assertLess(done, size)

    def test_the_cause_of_a_stop_is_named(self):
        job = [*MANY_ROWS[:-1], "-o", "named.h5"]
        for number in (signal.SIGUSR1, signal.SIGTERM, signal.SIGINT):
            process = self.start("run", *job, "--overwrite")
            time.sleep(2)
            process.send_signal(number)
            said = process.communicate(timeout=30)[1]
            self.assertIn(f"stopped early. Run the same command again to continue. It was stopped by {number.name}.", said)
        said = self.flatsweep("run", *job, "--time-limit", "1", expect=STOPPED_EARLY, ranks=2).stderr
        self.assertEqual(said.count("Write 1s or 1m."), 1, said)
        self.assertIn("stopped by its time limit", said)
        self.assertNotIn("Slurm", self.flatsweep("run", *job, "--time-limit", "1s", expect=STOPPED_EARLY).stderr)

    def test_a_stopped_sweep_is_finished_by_the_same_command(self):
        job = [QUICK, "--grid.d=20", "--grid.seed=0..13", "--quiet"]
        process = self.start("run", *job, "-o", "stopped.h5", ranks=2)
        self.wait_for_rows("stopped.h5")
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(30), STOPPED_EARLY)
        self.flatsweep("run", *job, "-o", "stopped.h5", ranks=2)
        self.flatsweep("run", *job, "-o", "whole.h5", ranks=2)
        self.assert_same_results("whole.h5", "stopped.h5")

    def test_time_limit_and_deadline_stop_a_sweep(self):
        self.flatsweep("run", *MANY_ROWS, "-o", "limit.h5", "--time-limit", "1s", expect=STOPPED_EARLY)
        self.flatsweep("run", *MANY_ROWS, "-o", "deadline.h5", "--deadline", int(time.time()) + 2, expect=STOPPED_EARLY)
        for limit, seconds in (("1s", 3600), ("1h", 2)):
            self.flatsweep("run", *MANY_ROWS, "-o", "both.h5", "--time-limit", limit, "--deadline", int(time.time()) + seconds,
                           timeout=30, expect=STOPPED_EARLY)
        done, size = self.rows_of("limit.h5")
        self.assertLess(done, size)

    @unittest.skipUnless(LONG, "takes minutes")
    def test_configurations_of_half_a_minute_are_abandoned_within_two_seconds(self):
        random = seeded()
        large = [QUICK, "--grid.activation=relu quadratic", "--grid.indices=2", "--grid.d=200", "--grid.sample_ratio=10",
                 "--grid.width_ratio=4", "--grid.seed=0..3", "--grid.gamma=0.3", "--measure.best_loss=on", "--quiet"]
        waits = []
        for _ in range(5):
            process = self.start("run", *large, "-o", "large.h5", ranks=3)
            self.wait_for_rows("large.h5", rows=0)
            time.sleep(random.uniform(1, 25))
            ranks = ranks_below(process.pid).values()
            before = {pid: cpu_seconds(pid) for pid in ranks}
            process.send_signal(signal.SIGUSR1)
            after = self.cpu_seconds_at_exit(process, ranks)
            self.assertEqual(process.returncode, STOPPED_EARLY)
            waits.append(max(after[pid] - before[pid] for pid in ranks))
        print("CPU seconds of a rank from SIGUSR1 to exit 75: " + ", ".join(f"{wait:.2f}" for wait in waits), flush=True)
        self.assertLessEqual(sorted(waits)[2], 2.0)

    def test_a_file_that_another_run_holds_is_refused(self):
        process = self.start("run", *MANY_ROWS, "-o", "held.h5")
        self.wait_for_rows("held.h5")
        refused = self.flatsweep("run", *MANY_ROWS, "-o", "held.h5", expect=FILE_IN_USE)
        self.assertIn("held.h5", refused.stderr)
        self.assertIn("waiting", refused.stderr)
        refused = self.flatsweep("run", *MANY_ROWS, "-o", "held.h5", "--overwrite", expect=FILE_IN_USE)
        self.assertIsNone(process.poll(), "the run that holds the file was disturbed")
        self.assertIn("running", self.flatsweep("status", "held.h5").stdout)  # readers are welcome
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(30), STOPPED_EARLY)

    def test_a_file_that_is_replaced_while_it_is_locked_is_refused_if_another_run_holds_the_new_one(self):
        self.flatsweep("run", *MANY_ROWS, "-o", "held.h5", "--time-limit", "1s", expect=STOPPED_EARLY)
        self.start("run", *MANY_ROWS, "-o", "fresh.h5", "--sync", "1h")  # it ends where it next looks for its name
        self.wait_for_rows("fresh.h5")
        self.flatsweep("run", *MANY_ROWS, "-o", "held.h5", "--time-limit", "1s", env=self.preload("replacement", REPLACEMENT),
                       expect=FILE_IN_USE)

    def test_status_tells_a_run_from_one_that_was_killed(self):
        process = self.start("run", *MANY_ROWS, "-o", "killed.h5")
        self.wait_for_rows("killed.h5")
        self.assertIn(", running", self.flatsweep("status", "killed.h5").stdout)
        self.assertIs(json.loads(self.flatsweep("status", "killed.h5", "--json").stdout)["running"], True)
        process.kill()
        process.wait()
        self.assertIn(", killed", self.flatsweep("status", "killed.h5").stdout)
        self.assertIs(json.loads(self.flatsweep("status", "killed.h5", "--json").stdout)["running"], False)

    def test_a_file_of_another_job_is_left_alone(self):
        self.flatsweep("run", QUICK, "-o", "one.h5", "--quiet", *FEW_ROWS)
        file = self.folder / "one.h5"
        before = hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns
        refused = self.flatsweep("run", QUICK, "-o", "one.h5", *FEW_ROWS, "--target.offset=1", ranks=2, expect=BAD_INPUT)
        self.assertIn("one.h5", refused.stderr)
        self.assertIn("--overwrite", refused.stderr)
        self.assertEqual(refused.stderr.count("flatsweep: "), 1, "every rank complained")
        self.assertEqual(before, (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns))
        self.flatsweep("run", QUICK, "-o", "one.h5", "--quiet", *FEW_ROWS, "--target.offset=1", "--overwrite")


if __name__ == "__main__":
    unittest.main(verbosity=2)
