#!/usr/bin/python3
"""Ranks that wait sleep: the controller and idle workers take under 2 % of a core."""
import signal
import time
import unittest

from support import LONG, QUICK, STOPPED_EARLY, ProgramTest, cpu_seconds, ranks_below

# One configuration that keeps one of three workers busy for longer than the test measures.
LARGE = [QUICK, "--grid.activation=relu", "--grid.link=matched", "--grid.indices=2", f"--grid.d={300 if LONG else 200}", "--grid.seed=0", "--grid.gamma=0.3",
         "--grid.sample_ratio=10", "--grid.width_ratio=4", "--quiet"]
SECONDS = 20 if LONG else 5
LARGEST_SHARE = 0.02


class Idle(ProgramTest):
    def wait_for_work(self, ranks):
        """The worker that takes the CPU first, once it did for a quarter of a second."""
        at_first = {rank: cpu_seconds(pid) for rank, pid in ranks.items()}
        end = time.monotonic() + 120
        while time.monotonic() < end:
            for rank, pid in ranks.items():
                if rank > 0 and cpu_seconds(pid) - at_first[rank] > 0.25:
                    return rank
            time.sleep(0.05)
        return self.fail("no worker began to work")

    def test_waiting_ranks_sleep(self):
        process = self.start("run", *LARGE, "-o", "large.h5", ranks=4)
        self.wait_for_rows("large.h5", rows=0)
        ranks = ranks_below(process.pid)
        self.assertEqual(sorted(ranks), [0, 1, 2, 3])
        busy = self.wait_for_work(ranks)

        start = time.monotonic()
        before = {rank: cpu_seconds(pid) for rank, pid in ranks.items()}
        time.sleep(SECONDS)
        self.assertIsNone(process.poll(), f"the configuration is too small for this test: {process.returncode}")
        seconds = time.monotonic() - start
        share = {rank: (cpu_seconds(pid) - before[rank]) / seconds for rank, pid in ranks.items()}
        print("shares of a core:", {rank: f"{value:.2%}" for rank, value in share.items()})

        self.assertGreater(share[busy], LARGEST_SHARE, "nobody works")
        for rank in set(share) - {busy}:
            self.assertLess(share[rank], LARGEST_SHARE, f"rank {rank} spins")

        start = time.monotonic()
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(120), STOPPED_EARLY)
        print(f"stopped within {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    unittest.main(verbosity=2)
