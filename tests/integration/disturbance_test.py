#!/usr/bin/python3
"""What may happen around a sweep without ending it or spoiling a row: clocks that jump, workers that are stopped for
a minute, a stdout that is closed, and configurations that no node can hold."""
import json
import os
import signal
import subprocess
import time
import unittest

from support import (ENVIRONMENT, FEW_ROWS, LONG, QUICK, SOME_FAILED, STOPPED_EARLY, ProgramTest, command, ranks_below)

MANY_ROWS = [QUICK, "--grid.d=20", "--grid.seed=0..1999", "--quiet"]
# The system's clock jumps by so many seconds, a second after the process started.
JUMPING_CLOCK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec* time) {
  static struct timespec start;
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  if (start.tv_sec == 0) start = now;
  const int result = syscall(SYS_clock_gettime, clock, time);
  if (clock == CLOCK_REALTIME && now.tv_sec - start.tv_sec >= 1) time->tv_sec += JUMP;
  return result;
}
"""
DAY = 86400


class Disturbance(ProgramTest):
    def test_a_clock_that_jumps_moves_no_limit(self):
        for jump in (DAY, -DAY):
            with self.subTest(jump=jump):
                file = f"clock{jump}.h5"
                environment = self.preload("clock", JUMPING_CLOCK.replace("JUMP", str(jump)))
                start = time.monotonic()
                self.flatsweep("run", *MANY_ROWS, "-o", file, "--time-limit", "4s", env=environment, expect=STOPPED_EARLY)
                self.assertGreater(time.monotonic() - start, 3.5, "it stopped with the jump")
                deadline = int(time.time()) + 6
                self.flatsweep("run", *MANY_ROWS, "-o", file, "--deadline", deadline, env=environment, expect=STOPPED_EARLY)
                self.assertGreater(time.time(), deadline - 0.5, "it stopped with the jump")

    def test_a_worker_that_is_stopped_for_a_while_only_costs_time(self):
        job = [QUICK, "--grid.d=20", "--grid.seed=0..9", "--quiet"]
        process = self.start("run", *job, "-o", "stopped.h5", ranks=3)
        self.wait_for_rows("stopped.h5")
        worker = ranks_below(process.pid)[2]
        os.kill(worker, signal.SIGSTOP)
        time.sleep(60 if LONG else 2)
        self.assertIsNone(process.poll(), "nobody waited for the worker")
        os.kill(worker, signal.SIGCONT)
        self.assertEqual(process.wait(120), 0)
        self.flatsweep("run", *job, "-o", "whole.h5")
        self.assert_same_results("whole.h5", "stopped.h5")

    def test_progress_comes_as_json_from_the_start_to_the_end(self):
        for ranks in (None, 2):
            done = self.flatsweep("run", QUICK, "-o", "json.h5", *FEW_ROWS, "--progress", "json", "--overwrite", ranks=ranks)
            events = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([event["event"] for event in events], ["progress"] * (len(events) - 1) + ["end"])
            size = self.rows_of("json.h5")[1]
            self.assertEqual((events[0]["done"], events[0]["total"]), (0, size))
            self.assertEqual((events[-1]["done"], events[-1]["total"], events[-1]["failed"]), (size, size, 0))

    def test_a_closed_stdout_ends_no_sweep(self):
        for name, redirection in (("closed", ">&-"), ("full", ">/dev/full"), ("pipe", "| true")):
            with self.subTest(stdout=name):
                script = f'"$@" {redirection}; exit ${{PIPESTATUS[0]}}'
                done = subprocess.run(["bash", "-c", script, "-", *command("run", QUICK, "-o", f"{name}.h5", *FEW_ROWS,
                                                                           "--progress", "json")],
                                      cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
                rows, size = self.rows_of(f"{name}.h5")
                self.assertEqual(rows, size)

    def test_a_configuration_that_no_node_can_hold_fails_without_being_tried(self):
        large = [QUICK, "--grid.activation=relu", "--grid.indices=2", "--grid.d=10 40000", "--grid.sample_ratio=25",
                 "--grid.seed=0", "--grid.gamma=0.5", "--quiet"]
        self.flatsweep("run", *large, "-o", "large.h5", expect=SOME_FAILED)
        self.assertRegex(self.flatsweep("status", "large.h5", "--failed").stdout, r"needs about \d+\.\d GB of memory")
        self.assertEqual(self.rows_of("large.h5"), (2, 2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
