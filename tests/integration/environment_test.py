#!/usr/bin/python3
"""What the environment holds, who the parent is and which descriptors are open takes no work away in silence."""
import shutil
import subprocess
import sys
import unittest

import h5py

from support import BAD_INPUT, ENVIRONMENT, FEW_ROWS, INTERNAL_ERROR, MPIRUN, QUICK, ProgramTest, command

JOB = [QUICK, *FEW_ROWS, "--grid.activation=relu", "--grid.indices=2"]
RANKS = [{name: "1"} for name in ("PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID", "MV2_COMM_WORLD_RANK")]
RANKS += [{"PMI_RANK": "7", "PMI_SIZE": "8", "SLURM_PROCID": "7"}, {"PMIX_RANK": "", "OMPI_COMM_WORLD_RANK": "-1"}]
# As on a file system that has no locks of either kind.
NO_LOCKS = """
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>
int flock(int file, int operation) { errno = ENOLCK; return -1; }
int fcntl(int file, int command, ...) {
  va_list more;
  va_start(more, command);
  void* argument = va_arg(more, void*);
  va_end(more);
  if (command >= F_OFD_GETLK && command <= F_OFD_SETLKW) { errno = ENOLCK; return -1; }
  return syscall(SYS_fcntl, file, command, argument);
}
int fcntl64(int file, int command, ...) __attribute__((alias("fcntl")));
"""
WORKER = """
import os, subprocess, sys
rank = os.environ.get("OMPI_COMM_WORLD_RANK") or os.environ["PMI_RANK"]
sys.exit(subprocess.call(sys.argv[1:] + ["--id", rank, "-o", f"worker{rank}.h5"]))
"""


class Environment(ProgramTest):
    def test_an_inherited_rank_takes_no_work_away(self):
        self.flatsweep("run", *JOB, "-o", "sweep.h5", "--quiet")
        shutil.copy(self.folder / "sweep.h5", self.folder / "spoilt.h5")
        with h5py.File(self.folder / "spoilt.h5", "r+") as spoilt:
            spoilt["flatness"][...] = 1
        for number, rank in enumerate(RANKS):
            with self.subTest(rank=rank):
                def ask(*arguments, environment=ENVIRONMENT | rank, **options):
                    return self.flatsweep(*arguments, env=environment, **options)
                for output, *arguments in (("solve", *JOB, "--id", 5), ("export", "sweep.h5"), ("merge", "sweep.h5")):
                    ask(output, *arguments, "-o", f"{output}{number}")
                    self.assertTrue((self.folder / f"{output}{number}").exists(), output)
                ask("verify", "spoilt.h5", "--sample", 0, expect=INTERNAL_ERROR)
                self.assertIn("torn", ask("verify", "spoilt.h5", "--sample", 0, expect=INTERNAL_ERROR).stdout)
                for arguments in (["status", "sweep.h5"], ["show", "sweep.h5"], ["plan", *JOB], ["--help"], ["--version"]):
                    self.assertTrue(ask(*arguments).stdout, arguments)
                for arguments in (["status", "absent.h5"], ["rum"], ["solve", "absent.ini", "--id", 0, "-o", "x.h5"], []):
                    self.assertIn("flatsweep: ", ask(*arguments, expect=BAD_INPUT).stderr)

    def test_workers_of_an_mpi_program_each_solve_their_own(self):
        done = subprocess.run([*MPIRUN, "-n", "3", sys.executable, "-c", WORKER, *command("solve", *JOB)], cwd=self.folder,
                              env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        for rank in range(3):
            self.assertTrue((self.folder / f"worker{rank}.h5").exists(), rank)

    def test_ranks_that_are_asked_for_different_files_write_them_all(self):
        def solve(number):
            return ["-n", "1", *command("solve", *JOB, "--id", number, "-o", f"part{number}.h5")]
        done = subprocess.run([*MPIRUN, *solve(0), ":", *solve(1), ":", *solve(2)], cwd=self.folder, env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("written to"), 3)
        for number in range(3):
            self.assertTrue((self.folder / f"part{number}.h5").exists(), number)

    def test_ranks_that_are_asked_alike_share_the_outcome(self):
        self.flatsweep("run", *JOB, "-o", "sweep.h5", "--quiet")
        for prefix in ([], ["timeout", "60"]):
            for arguments in (["verify", "sweep.h5"], ["merge", "sweep.h5", "-o", f"merged{len(prefix)}.h5"]):
                done = subprocess.run([*MPIRUN, "-n", "3", *prefix, *command(*arguments)], cwd=self.folder, env=ENVIRONMENT,
                                      capture_output=True, text=True, timeout=120)
                self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        failed = self.flatsweep("status", "absent.h5", ranks=3, expect=BAD_INPUT).stderr
        self.assertEqual(failed.count("flatsweep: "), 1, failed)

    def test_closed_descriptors_lead_to_no_damage(self):
        self.flatsweep("run", *JOB, "-o", "sweep.h5", "--quiet")
        kept = (self.folder / "sweep.h5").read_bytes()

        def ask(closed, *arguments):
            return subprocess.run(["bash", "-c", f'"$@" {closed}', "-", *command(*arguments)], cwd=self.folder,
                                  env=ENVIRONMENT, capture_output=True, text=True, timeout=60).returncode
        for number, closed in enumerate(("<&-", "2>&-", "<&- 2>&-")):
            with self.subTest(closed=closed):
                for arguments in (["verify", "sweep.h5"], ["status", "sweep.h5"], ["show", "sweep.h5"], ["plan", *JOB],
                                  ["export", "sweep.h5", "-o", f"{number}.csv"], ["merge", "sweep.h5", "-o", f"{number}.h5"],
                                  ["solve", *JOB, "--id", "1", "-o", f"one{number}.h5"], ["doctor"],
                                  ["run", *JOB, "-o", f"new{number}.h5", "--quiet"]):
                    self.assertEqual(ask(closed, *arguments), 0, arguments)
        for closed in (">&-", "<&- >&- 2>&-"):  # what cannot be said is an error, as on a full disk
            self.assertEqual(ask(closed, "status", "sweep.h5"), BAD_INPUT)
            self.assertEqual(ask(closed, "verify", "sweep.h5"), BAD_INPUT)
            self.assertEqual(ask(closed, "run", *JOB, "-o", "quiet.h5", "--quiet"), 0)
        self.assertEqual((self.folder / "sweep.h5").read_bytes(), kept)
        self.assert_same_results("sweep.h5", "quiet.h5")

    def test_where_there_are_no_locks_one_configuration_is_solved_and_no_sweep_runs(self):
        self.flatsweep("run", *JOB, "-o", "sweep.h5", "--quiet")
        kept = (self.folder / "sweep.h5").read_bytes()
        environment = self.preload("no_locks", NO_LOCKS)
        note = "has no locks: let no other command write to one.h5"
        for more in ([], ["--overwrite"]):
            self.assertIn(note, self.flatsweep("solve", *JOB, "--id", "0", "-o", "one.h5", *more, env=environment).stderr)
        refused = self.flatsweep("solve", *JOB, "--id", "0", "-o", "sweep.h5", "--overwrite", env=environment, expect=BAD_INPUT)
        self.assertIn("it is a results file", refused.stderr)
        self.flatsweep("export", "sweep.h5", "-o", "table.csv", env=environment)
        before = sorted(path.name for path in self.folder.iterdir())
        for arguments in (["run", *JOB, "-o", "new.h5"], ["run", *JOB, "-o", "sweep.h5"], ["merge", "sweep.h5", "-o", "new.h5"]):
            self.assertIn("cannot lock", self.flatsweep(*arguments, env=environment, expect=BAD_INPUT).stderr)
        examined = self.flatsweep("doctor", env=environment, expect=BAD_INPUT).stdout
        self.assertRegex(examined, r"WRONG +locks +cannot lock .*No locks available")
        self.assertEqual(before, sorted(path.name for path in self.folder.iterdir()))
        self.assertEqual((self.folder / "sweep.h5").read_bytes(), kept)
        self.assertNotIn("locks", self.flatsweep("solve", *JOB, "--id", "0", "-o", "two.h5").stderr)

    def test_locks_of_the_library_do_not_meet_those_of_the_program(self):
        for value in ("TRUE", "FALSE", "BEST_EFFORT"):
            environment = ENVIRONMENT | {"HDF5_USE_FILE_LOCKING": value}
            for arguments in (["run", *JOB, "-o", "sweep.h5", "--pilot", "2"], ["run", *JOB, "-o", "sweep.h5"],
                              ["solve", *JOB, "--id", "0", "-o", "one.h5"], ["merge", "sweep.h5", "-o", "merged.h5"], ["doctor"]):
                self.flatsweep(*arguments, *(["--overwrite"] if arguments[0] in ("solve", "merge") else []), env=environment)

    def test_what_is_said_to_a_full_disk_is_an_error(self):
        for arguments in (["--help"], ["--version"], ["run", "--help"]):
            with open("/dev/full", "w", encoding="ascii") as full:
                code = subprocess.run(command(*arguments), stdout=full, stderr=subprocess.DEVNULL, check=False).returncode
            self.assertEqual(code, BAD_INPUT, arguments)


if __name__ == "__main__":
    unittest.main(verbosity=2)
