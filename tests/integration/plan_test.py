#!/usr/bin/python3
"""`flatsweep plan` tells what a sweep would run: its size is exact, and its time near the CPU time of a run."""
import re
import resource
import unittest

import h5py

from support import BAD_INPUT, LONG, QUICK, SOURCE, ProgramTest

JOBS = {
    "quick": [QUICK, "--grid.seed=0..1"],
    "fig2": [SOURCE / "jobs/fig2.ini", "--grid.seed=0", f"--grid.gamma=log(0.01,0.99,{4 if LONG else 2})"],
    "scaling": [SOURCE / "jobs/scaling.ini", f"--grid.d=25 50 100{' 200' if LONG else ''}", "--grid.seed=0"],
}
NEXT_TO_NOTHING = [QUICK, "--grid.d=5", "--grid.seed=0", "--grid.gamma=0.5"]
UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9}


def seconds_of(text):
    found = re.search(r"time: (?:(\d+)h)?(?:(\d+)m)?([\d.e+]+) ?s", text)
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


class Plan(ProgramTest):
    def cpu_seconds(self, *job):
        """What a run takes on one rank; of the CPU, since others may load this machine."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.flatsweep("run", *job, "-o", "run.h5", "--quiet", "--overwrite", timeout=1200)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def test_the_time_is_near_what_a_run_takes(self):
        for name, job in JOBS.items() if LONG else [("quick", JOBS["quick"])]:
            with self.subTest(job=name):
                ratios = []
                for _ in range(3):
                    planned = seconds_of(self.flatsweep("plan", *job).stdout)
                    ratios.append(planned / (self.cpu_seconds(*job) - self.cpu_seconds(*NEXT_TO_NOTHING)))
                print(f"{name}: planned over taken " + ", ".join(f"{ratio:.2f}" for ratio in ratios), flush=True)
                tolerance = 1.25 if LONG else 3.0
                median = sorted(ratios)[1]
                self.assertLess(max(median, 1 / median), tolerance)

    def test_sizes_are_exact(self):
        done = self.flatsweep("plan", QUICK, "--grid.seed=0")
        self.assertIn("32 configurations, d 25, n 150, m 300", done.stdout)
        self.assertEqual(list(self.folder.glob("*")), [], "it wrote something")
        self.flatsweep("run", QUICK, "--grid.seed=0", "-o", "quick.h5", "--quiet")
        number, unit = re.search(r"file: ([\d.]+) (\w+)", done.stdout).groups()
        spare = float(number) * UNITS[unit] - (self.folder / "quick.h5").stat().st_size
        self.assertGreater(spare, 0)
        self.assertLess(spare, 2e6)  # for metadata

    def test_more_ranks_take_less_time(self):
        done = self.flatsweep("plan", QUICK)
        times = [float(text) for text in re.findall(r"ranks?: +([\d.e-]+) s", done.stdout)]
        self.assertGreater(len(times), 3)
        self.assertEqual(times, sorted(times, reverse=True))

    def test_configurations_that_cannot_be_feasible_are_named(self):
        job = [QUICK, "--grid.activation=quadratic", "--grid.d=8 25", "--grid.seed=0..2", "--grid.gamma=0.5"]
        done = self.flatsweep("plan", *job)
        self.assertIn("infeasible by construction: 6 configurations", done.stdout)
        self.assertIn("n = 48, but quadratic neurons span 35 dimensions", done.stdout)
        self.flatsweep("run", *job[:2], "--grid.d=8", *job[3:], "-o", "none.h5", "--quiet")
        with h5py.File(self.folder / "none.h5") as opened:
            self.assertEqual(set(opened["status"][...].ravel()), {2})

    def test_the_shipped_jobs_are_planned_as_they_are(self):
        fig4 = self.flatsweep("plan", SOURCE / "jobs/fig4.ini").stdout
        self.assertIn("infeasible by construction: 400 configurations", fig4)
        self.assertEqual(fig4.count("linear neurons span 100 dimensions"), 2, "r = 1 and 5")
        fig3 = self.flatsweep("plan", SOURCE / "jobs/fig3.ini").stdout
        self.assertIn("equal to others, bit for bit: 600 configurations", fig3)
        self.assertEqual(len(re.findall(r"200 x quadratic, mirrored, .*: as link = matched", fig3)), 3, "r = 2, 5 and 10")

    def test_a_part_is_planned_as_run_takes_it(self):
        job = [QUICK, "--grid.d=12", "--grid.seed=0..3", "--grid.gamma=0.1 0.5 0.9"]
        for part in (["--where", "gamma>0.3,seed<2"], ["--shard", "2/3"], ["--pilot", "7"], ["--where", "seed=1", "--pilot", "3"]):
            with self.subTest(part=part):
                said = self.flatsweep("plan", *job, *part).stdout
                total, included, to_do = map(int, re.search(r"(\d+) configurations, (\d+) of them in this part, (\d+) to do", said).groups())
                self.flatsweep("run", *job, *part, "-o", "part.h5", "--quiet", "--overwrite")
                self.assertEqual(self.rows_of("part.h5"), (to_do, total))
                self.assertEqual(included, to_do)
                self.assertLess(to_do, total)
        self.flatsweep("run", *job, "--where", "seed=0", "-o", "old.h5", "--quiet")
        done, total = self.rows_of("old.h5")
        said = self.flatsweep("plan", *job, "--reuse", "old.h5").stdout
        self.assertIn(f"{total} configurations, {total} of them in this part, {total - done} to do", said)
        whole = self.flatsweep("plan", *job, "--where", "seed=0", "--reuse", "old.h5").stdout
        self.assertIn(" 0 to do", whole)
        self.assertNotIn("time:", whole)

    def test_bad_input_is_refused(self):
        self.flatsweep("plan", "absent.ini", expect=BAD_INPUT)
        self.assertIn("--ranks", self.flatsweep("plan", QUICK, "--ranks", 0, expect=BAD_INPUT).stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
