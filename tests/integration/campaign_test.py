#!/usr/bin/python3
"""A hundred random faults on one sweep: whatever falls over, the same command goes on, and the file in the end is that
of a run which nothing disturbed."""
import collections
import os
import pathlib
import signal
import subprocess
import time
import unittest

from support import BAD_INPUT, EVERYTHING_DONE, LONG, QUICK, STOPPED_EARLY, ProgramTest, is_hung, ranks_below, seeded

FAULTS = 100 if LONG else 7
JOB = ["run", QUICK, f"--grid.d={26 if LONG else 22}", "--grid.sample_ratio=6", f"--grid.seed=0..{59 if LONG else 14}",
       "--grid.gamma=lin(0.05,0.95,15)", "--quiet"]
RANKS = 3
SHORTEST_SLICE, LARGEST_SLICE = 0.05, 2.0  # seconds


class Campaign(ProgramTest):
    """One fault a launch: `disturb` brings it about some time after the first row, and the launch must end as it says."""

    def setUp(self):
        super().setUp()
        self.random = seeded()
        self.counts = collections.Counter()
        self.disk = self.mount_small_disk()
        self.faults = [self.kill_mpirun, self.kill_worker, self.kill_controller, self.stop_worker, self.signal_stop,
                       self.reach_deadline]
        if self.disk:
            self.faults.append(self.fill_disk)
        else:
            print("full disk: left out, since mounting a small one takes rights that are missing here", flush=True)
            self.disk = self.folder
        self.file = self.disk / "disturbed.h5"

    def mount_small_disk(self):
        folder = self.folder / "disk"
        folder.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], capture_output=True, check=False)
        if mounted.returncode != 0:
            return None
        self.addCleanup(subprocess.run, ["umount", "--lazy", folder], check=False)
        return folder

    def launch(self, *more):
        """A run that has added a row, or is done."""
        before = self.rows()
        process = self.start(*JOB, "-o", self.file, *more, ranks=RANKS)
        end = time.monotonic() + 60
        while process.poll() is None and (len(self.ranks_of(process)) < RANKS or self.rows() <= before):
            self.assertLess(time.monotonic(), end, "no row in a minute")
            time.sleep(0.02)
        return process

    def ranks_of(self, process):
        try:
            return ranks_below(process.pid)
        except OSError:
            return {}  # it ends

    def wait(self, process):
        """Its exit code. A launcher that hangs is killed, as slurm/relaunch.sh does."""
        for _ in range(6):
            try:
                return process.wait(20)
            except subprocess.TimeoutExpired:
                if is_hung(process.pid):
                    self.counts["launchers that hung"] += 1
                    process.kill()
        self.fail("a run does not end")

    def rows(self):
        try:
            return self.rows_of(self.file)[0]
        except OSError:
            return 0  # not there yet

    def pause(self):
        time.sleep(self.random.uniform(SHORTEST_SLICE, self.slice))

    def kill(self, choose):
        process = self.launch()
        self.pause()
        ranks = self.ranks_of(process)
        try:
            os.kill(choose(process, ranks), signal.SIGKILL)
        except (OSError, KeyError):
            pass  # it was done before
        code = self.wait(process)
        self.assertIn(code, (-signal.SIGKILL, 128 + signal.SIGKILL, EVERYTHING_DONE))
        self.wait_for_orphans(ranks.values())
        return code != EVERYTHING_DONE

    def wait_for_orphans(self, pids):
        """Ranks outlive a launcher by a second or so, and go on writing."""
        end = time.monotonic() + 60
        while any(os.path.exists(f"/proc/{pid}") for pid in pids):
            self.assertLess(time.monotonic(), end, "a rank outlives its launcher by a minute")
            time.sleep(0.05)

    def kill_mpirun(self):
        return self.kill(lambda process, ranks: process.pid)

    def kill_worker(self):
        return self.kill(lambda process, ranks: ranks[self.random.randrange(1, RANKS)])

    def kill_controller(self):
        return self.kill(lambda process, ranks: ranks[0])

    def stop_worker(self):
        """Stopped for a while; the run goes on, and is stopped in order afterwards."""
        process = self.launch()
        self.pause()
        try:
            worker = ranks_below(process.pid)[self.random.randrange(1, RANKS)]
            os.kill(worker, signal.SIGSTOP)
            time.sleep(self.random.uniform(0.2, 1.0))
            os.kill(worker, signal.SIGCONT)
        except (OSError, KeyError):
            pass  # it was done before
        return self.stop_in_order(process)

    def signal_stop(self):
        process = self.launch()
        self.pause()
        return self.stop_in_order(process)

    def stop_in_order(self, process):
        process.send_signal(signal.SIGUSR1)
        code = self.wait(process)
        self.assertIn(code, (STOPPED_EARLY, EVERYTHING_DONE))
        return code == STOPPED_EARLY

    def reach_deadline(self):
        limit = 1.0 + self.random.uniform(SHORTEST_SLICE, self.slice)  # a second is the launch
        code = self.wait(self.launch("--time-limit", f"{limit:.2f}s"))
        self.assertIn(code, (STOPPED_EARLY, EVERYTHING_DONE))
        return code == STOPPED_EARLY

    def fill_disk(self):
        """The file has its full size from the start, so that a run goes on; a new file is refused."""
        process = self.launch()
        ballast = pathlib.Path(self.disk / "ballast")
        with open(ballast, "wb", buffering=0) as out:
            try:
                while True:
                    out.write(bytes(1 << 20))
            except OSError:
                pass  # full
        self.flatsweep(*JOB, "-o", self.disk / "other.h5", expect=BAD_INPUT)
        self.assertFalse((self.disk / "other.h5").exists())
        self.pause()
        stopped = self.stop_in_order(process)
        ballast.unlink()
        return stopped

    def shuffled_faults(self):
        while True:
            yield from self.random.sample(self.faults, len(self.faults))

    def disturb(self, whole_seconds):
        """Brings all faults about on one sweep; the pauses leave some of it for the last."""
        faults = self.shuffled_faults()
        for hits in range(FAULTS):
            hit = False
            while not hit:
                share_left = 1 - self.rows() / self.configurations
                self.assertGreater(share_left, 0, f"the sweep was done after {hits} faults")
                self.slice = min(LARGEST_SLICE, max(2 * SHORTEST_SLICE, whole_seconds * share_left / (FAULTS - hits)))
                fault = next(faults)
                hit = fault()
            self.counts[fault.__name__] += 1
            print(f"{fault.__name__:16} {self.rows():5} of {self.configurations} rows", flush=True)

    def test_a_hundred_faults_change_nothing(self):
        start = time.monotonic()
        self.flatsweep(*JOB, "-o", "whole.h5", ranks=RANKS, timeout=1200)
        whole_seconds = time.monotonic() - start
        self.configurations = self.rows_of("whole.h5")[1]
        if LONG:
            self.assertGreaterEqual(self.configurations, 2000)

        self.disturb(whole_seconds)
        self.flatsweep(*JOB, "-o", self.file, ranks=RANKS, timeout=1200)
        self.assert_same_results("whole.h5", self.file)
        print(f"{FAULTS} faults in one sweep of {self.configurations} configurations, "
              f"{time.monotonic() - start:.0f} s: " +
              ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items())), flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
