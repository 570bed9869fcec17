#!/usr/bin/python3
"""Ranks that wait sleep: the controller and idle workers cost under 2 % of a core."""
import os
import signal
import time
import unittest

from support import LONG, QUICK, STOPPED_EARLY, ProgramTest, ranks_below

# One configuration that keeps one of three workers busy for longer than we look.
LARGE = [QUICK, "--grid.activation=relu", "--grid.link=matched", "--grid.indices=2", f"--grid.d={300 if LONG else 200}", "--grid.seed=0", "--grid.gamma=0.3",
         "--grid.sample_ratio=10", "--grid.width_ratio=4", "--quiet"]
SECONDS = 20 if LONG else 5
LARGEST_SHARE = 0.02


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Idle(ProgramTest):
    def test_waiting_ranks_sleep(self):
        process = self.start("run", *LARGE, "-o", "large.h5", ranks=4)
        deadline = time.monotonic() + 30
        while not (self.folder / "large.h5").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.0)  # until the work is handed out
        ranks = ranks_below(process.pid)
        self.assertEqual(sorted(ranks), [0, 1, 2, 3])

        before = {rank: cpu_seconds(pid) for rank, pid in ranks.items()}
        time.sleep(SECONDS)
        self.assertIsNone(process.poll(), f"the configuration is too small for this test: {process.returncode}")
        share = {rank: (cpu_seconds(pid) - before[rank]) / SECONDS for rank, pid in ranks.items()}
        print("shares of a core:", {rank: f"{value:.2%}" for rank, value in share.items()})

        busy = max(share, key=share.get)
        self.assertNotEqual(busy, 0, "the controller works")
        self.assertGreater(share[busy], 0.2, "nobody works")
        for rank in set(share) - {busy}:
            self.assertLess(share[rank], LARGEST_SHARE, f"rank {rank} spins")

        start = time.monotonic()
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(30), STOPPED_EARLY)
        print(f"stopped within {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    unittest.main(verbosity=2)
