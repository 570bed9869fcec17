#!/usr/bin/python3
"""The scripts of slurm/ on a real Slurm of several nodes, as README.md tells to use them. However a sweep is
interrupted there, its final file is that of an uninterrupted run."""
import pathlib
import re
import shutil
import tempfile
import unittest

import h5py

from cluster import Cluster
from deadly import DEADLY_JOB, deadly_once
from support import BAD_INPUT, ENVIRONMENT, INTERNAL_ERROR, LONG, PROGRAM, QUICK, SOURCE, ProgramTest

README = (SOURCE / "README.md").read_text(encoding="utf-8")
LAUNCHERS = {"mpirun": "", "srun": "export FLATSWEEP_LAUNCHER='srun --mpi=pmix --overcommit --kill-on-bad-exit=1'"}
# n = 200 and m = 400: a tenth of a second a row.
ROWS = [QUICK, "--grid.activation=relu", "--grid.indices=2", "--grid.d=20", "--grid.sample_ratio=10",
        "--grid.gamma=0.3 0.6", "--measure.test_samples=100000"]
SEEDS = 12
JOB = [*ROWS, f"--grid.seed=0..{SEEDS - 1}"]
FINAL = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL")


def into(file, job):
    """What follows the name of a script: JOB FILE OPTIONS."""
    return [job[0], file, *job[1:]]


class Slurm(ProgramTest):
    @classmethod
    def setUpClass(cls):
        missing = Cluster.missing_programs()
        if missing:
            raise unittest.SkipTest(f"no Slurm here: {', '.join(missing)} not found")
        folder = tempfile.TemporaryDirectory(prefix="flatsweep.", ignore_cleanup_errors=True)
        cls.addClassCleanup(folder.cleanup)
        # The nodes have one host name, so their ranks would take each other's shared memory for their own.
        cls.cluster = Cluster(folder.name, 3, ENVIRONMENT | {"OMPI_MCA_btl": "self,tcp"})
        cls.addClassCleanup(cls.cluster.stop)
        cls.cluster.start()

    def setUp(self):
        super().setUp()
        self.addCleanup(self.cluster.end_jobs)
        shutil.copytree(SOURCE / "slurm", self.folder / "slurm")

    def launchers(self, ordinarily):
        """Ways to start ranks, and their lines in slurm/site.sh: one ordinarily, each in long tests."""
        return [(name, site) for name, site in LAUNCHERS.items() if LONG or name == ordinarily]

    def sbatch(self, *words, site=""):
        """Submits in this test's folder, with the lines of `site` in slurm/site.sh; the job's id."""
        (self.folder / "slurm/site.sh").write_text(f"export FLATSWEEP=${{FLATSWEEP:-{PROGRAM}}}\n{site}\n")
        return self.cluster.command("bash", "-euc", 'source slurm/site.sh; sbatch --parsable "$@"', "-", *words,
                                    cwd=self.folder)

    def wait_for(self, *ids, seconds=120):
        """Until these jobs have ended."""
        def ended():
            jobs = self.cluster.jobs()
            return all(jobs[number]["JobState"] in FINAL for number in ids)
        self.cluster.wait_until(ended, f"jobs {ids} do not end", seconds)

    def assert_ended(self, number, state="COMPLETED", exit_code=0, restarts=0):
        job = self.cluster.jobs()[number]
        self.assertEqual((job["JobState"], job["ExitCode"], job["Restarts"]), (state, f"{exit_code}:0", str(restarts)),
                         self.log_of(number))

    def assert_requeued(self, number):
        """It ended well, and had more than one start; how many restarts."""
        restarts = int(self.cluster.jobs()[number]["Restarts"])
        self.assertGreaterEqual(restarts, 1, self.log_of(number))
        self.assert_ended(number, restarts=restarts)
        return restarts

    def log_of(self, number):
        """What the job's log says, which keeps all of its starts."""
        return "".join(log.read_text() for log in self.folder.glob(f"*-{number}.log"))

    def uninterrupted(self, job):
        """The file of a run of `job` that nothing interrupts, which is done once."""
        file = pathlib.Path(self.cluster.folder) / f"uninterrupted{hash(tuple(map(str, job)))}.h5"
        if not file.exists():
            self.flatsweep("run", *job, "--quiet", "-o", file, ranks=2)
        return file

    def seconds_uninterrupted(self):
        """What JOB takes here and now, on one worker."""
        with h5py.File(self.uninterrupted(JOB)) as whole:
            return whole["runs/end"][0] - whole["runs/start"][0]

    def assert_uninterrupted(self, file, job=JOB):
        self.assert_same_results(file, self.uninterrupted(job))

    def attempts(self, file):
        with h5py.File(self.folder / file) as opened:
            return int(opened["attempts"][...].sum())


class SlurmScripts(Slurm):
    def test_the_commands_of_the_readme(self):
        """One sweep on two nodes; shards, and the merge that waits for them."""
        (self.folder / "mine.ini").write_text(re.search(r"(?ms)^```ini\n(.*?)^```", README)[1])
        commands = "".join(re.findall(r"(?ms)^```bash\n(.*?)^```", README))
        self.assertEqual(commands.count("sbatch"), 6, "of sweep, shards and merge, and of the scripts' names")
        (self.folder / "flatsweep").symlink_to(PROGRAM)
        told = self.cluster.command("bash", "-euc", f"export PATH=$PWD:$PATH\n{commands}", cwd=self.folder)
        sweep, merge = re.findall(r"(?m)^Submitted batch job (\d+)$", told)
        self.wait_for(sweep, merge)
        for number in self.cluster.jobs():
            if int(number.split("_")[0]) >= int(sweep):
                self.assert_ended(number)
        self.assertIn(f"job {sweep}, start 1, on n[", self.log_of(sweep))
        self.assert_uninterrupted("mine.h5", ["mine.ini"])
        self.assert_uninterrupted("sharded.h5", ["mine.ini"])

    def test_a_sweep_that_hits_its_limit_requeues_itself_until_it_is_done(self):
        stop_after = 2 + int(self.seconds_uninterrupted() / 2)  # of the minute that is Slurm's least limit
        for launcher, site in self.launchers("srun"):
            file = f"{launcher}.h5"
            number = self.sbatch("--time=1", "slurm/sweep.sbatch", *into(file, JOB),
                                 site=f"{site}\nexport FLATSWEEP_MARGIN={60 - stop_after}")
            self.wait_for(number)
            restarts = self.assert_requeued(number)
            self.assertIn(f"job {number}, start {restarts + 1}, on n", self.log_of(number))
            self.assertEqual(self.attempts(file), self.rows_of(file)[1], "a row was computed twice")
            self.assert_uninterrupted(file)

    def test_a_cancelled_sweep_stops_in_order_and_the_same_command_resumes_it(self):
        for launcher, site in self.launchers("mpirun"):
            file = f"{launcher}.h5"
            command = ["--nodes=2", "slurm/sweep.sbatch", *into(file, JOB)]
            cancelled = self.sbatch(*command, site=site)
            self.wait_for_rows(file)
            self.cluster.command("scancel", cancelled)
            self.wait_for(cancelled)
            self.assertEqual(self.cluster.jobs()[cancelled]["JobState"], "CANCELLED")
            self.assertEqual(self.cluster.jobs()[cancelled]["Restarts"], "0")
            self.assertNotIn("running again", self.log_of(cancelled))
            done, size = self.rows_of(file)
            self.assertLess(done, size)

            resumed = self.sbatch(*command, site=site)
            self.wait_for(resumed)
            self.assert_ended(resumed)
            self.assert_uninterrupted(file)

    def test_an_interrupted_shard_requeues_itself_alone_and_the_merge_waits(self):
        array = self.sbatch("--array=1-3", "slurm/shards.sbatch", *into("sharded.h5", JOB))
        merge = self.sbatch(f"--dependency=afterany:{array}", "slurm/merge.sbatch", "sharded.h5")
        self.wait_for_rows("sharded.shard-3-of-3.h5")
        # The last task has the id of the array.
        self.cluster.command("scancel", "--signal=USR1", "--batch", f"{array}_3")
        self.wait_for(merge)
        for task, restarts in ((1, 0), (2, 0), (3, 1)):
            self.assert_ended(f"{array}_{task}", restarts=restarts)
        self.assert_ended(merge)
        self.assertIn("3 shards merged into sharded.h5: 24 of 24", self.log_of(merge))
        self.assert_uninterrupted("sharded.h5")

    def test_a_crashed_sweep_is_relaunched_in_its_allocation(self):
        for launcher, site in self.launchers("mpirun"):
            file = f"{launcher}.h5"
            library = deadly_once(self.folder, launcher)
            number = self.sbatch("slurm/sweep.sbatch", *into(file, DEADLY_JOB),
                                 site=f"{site}\nexport FLATSWEEP='env LD_PRELOAD={library} {PROGRAM}'")
            self.wait_for(number)
            self.assert_ended(number)
            self.assertEqual(len(re.findall(r"exit code 1\d+ after \d+ rows, running again", self.log_of(number))), 1)
            self.assertEqual(self.attempts(file), self.rows_of(file)[1] + 1)
            self.assert_uninterrupted(file, DEADLY_JOB)

    @unittest.skipUnless(LONG, "Slurm notices late, and pauses")
    def test_a_sweep_whose_node_fails_is_done_on_others(self):
        for launcher, site in self.launchers("mpirun"):
            file = f"{launcher}.h5"
            number = self.sbatch("--nodes=2", "slurm/sweep.sbatch", *into(file, JOB), site=site)
            self.wait_for_rows(file)
            self.cluster.kill_node("n2")
            self.wait_for(number, seconds=300)
            self.cluster.start_node("n2")
            self.cluster.wait_until_idle()
            self.assert_requeued(number)
            self.assertIn(", start 2, on n[1,3]", self.log_of(number))
            self.assert_uninterrupted(file)

    def test_what_cannot_get_further_is_not_tried_for_ever(self):
        too_short = self.sbatch("slurm/sweep.sbatch", *into("short.h5", JOB),
                                site="export FLATSWEEP_MARGIN=1000")
        wrong = self.sbatch("slurm/sweep.sbatch", QUICK, "wrong.h5", "--grid.d=0")
        gap = self.sbatch("--array=2-3", "slurm/shards.sbatch", QUICK, "gap.h5")
        nothing = self.sbatch("slurm/merge.sbatch", "nothing.h5")
        self.wait_for(too_short, wrong, f"{gap}_2", f"{gap}_3", nothing)
        for number, exit_code, message in ((too_short, INTERNAL_ERROR, "Allow more time"), (wrong, BAD_INPUT, "--grid.d"),
                                           (f"{gap}_2", BAD_INPUT, "1-K"), (nothing, BAD_INPUT, "no shards of nothing.h5")):
            self.assert_ended(number, "FAILED", exit_code)
            self.assertEqual(self.log_of(number).count(message), 1, self.log_of(number))

    @unittest.skipUnless(LONG, "takes minutes, as Slurm's least limit is one")
    def test_the_margin_that_is_there_by_itself_is_enough(self):
        seeds = int(SEEDS * 80 / self.seconds_uninterrupted())
        job = [*ROWS, f"--grid.seed=0..{seeds - 1}"]
        number = self.sbatch("--time=1", "slurm/sweep.sbatch", *into("minutes.h5", job))
        self.wait_for(number, seconds=1200)
        self.assert_requeued(number)
        self.assert_uninterrupted("minutes.h5", job)


if __name__ == "__main__":
    unittest.main(verbosity=2)
