#!/usr/bin/python3
"""`flatsweep doctor` finds nothing where all is well, and every trap that is set for it."""
import os
import subprocess
import unittest

from support import BAD_INPUT, ENVIRONMENT, FEW_ROWS, INTERNAL_ERROR, OPEN_MPI_FOLDERS, PROGRAM, SOURCE, ProgramTest, command

SUBJECTS = ["MPI", "HDF5", "binding", "shared memory", "BLAS", "clocks", "MPI-IO", "locks"]
LOCKS_THAT_KEEP_NOBODY_OUT = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>
int fcntl(int file, int request, ...) {
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  if (request == F_OFD_SETLK) return 0;
  return syscall(SYS_fcntl, file, request, argument);
}
int fcntl64(int file, int request, ...) __attribute__((alias("fcntl")));
"""
NO_LOCKS_OF_WHOLE_FILES = """
#include <errno.h>
int flock(int file, int request) {
  errno = ERROR;
  return -1;
}
"""


class Doctor(ProgramTest):
    def verdicts(self, stdout):
        """By subject."""
        lines = [(line[:7].strip(), line[7:22].strip(), line[22:]) for line in stdout.splitlines()]
        self.assertEqual([subject for _, subject, _ in lines], SUBJECTS, stdout)
        return {subject: (verdict, text) for verdict, subject, text in lines}

    def assert_wrong(self, stdout, subject, remedy):
        verdict, text = self.verdicts(stdout)[subject]
        self.assertEqual(verdict, "WRONG", stdout)
        self.assertIn(remedy, text)

    def test_a_sound_stack_is_sound(self):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                found = self.verdicts(self.flatsweep("doctor", ranks=ranks).stdout)
                self.assertNotIn("WRONG", [verdict for verdict, _ in found.values()])
                self.assertEqual(list(self.folder.glob("*")) + list(self.folder.glob(".flatsweep*")), [])

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "one core is all there is")
    def test_workers_bound_to_one_core_are_seen(self):
        core = min(os.sched_getaffinity(0))
        done = subprocess.run(["taskset", "-c", str(core), *command("doctor", ranks=3)], cwd=self.folder, env=ENVIRONMENT,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, INTERNAL_ERROR, done.stderr)
        self.assert_wrong(done.stdout, "binding", "--bind-to none")

    def test_locks_that_keep_nobody_out_are_seen(self):
        done = self.flatsweep("doctor", env=self.preload("../locks", LOCKS_THAT_KEEP_NOBODY_OUT), expect=INTERNAL_ERROR)
        self.assert_wrong(done.stdout, "locks", "flock")

    def test_where_no_lock_stops_other_programs_a_sweep_goes_on(self):
        job = [SOURCE / "jobs/quick.ini", *FEW_ROWS, "--quiet"]
        for error in ("ENOSYS", "EOPNOTSUPP", "ENOLCK"):
            environment = self.preload("../locks", NO_LOCKS_OF_WHOLE_FILES.replace("ERROR", error))
            verdict, text = self.verdicts(self.flatsweep("doctor", env=environment).stdout)["locks"]
            self.assertEqual(verdict, "note")
            self.assertIn("no locks that stop h5py", text)
            self.flatsweep("run", *job, "-o", f"{error}.h5", ranks=2, env=environment)
            self.flatsweep("verify", f"{error}.h5", "--sample", "2", env=environment)

    def test_an_antique_blas_kernel_is_seen(self):
        environment = ENVIRONMENT | {"OPENBLAS_CORETYPE": "Prescott"}
        if "Prescott" not in self.flatsweep("doctor", env=environment, expect=None).stdout:
            self.skipTest("OpenBLAS has no such kernel to choose here")
        verdict, text = self.verdicts(self.flatsweep("doctor", env=environment).stdout)["BLAS"]
        self.assertEqual(verdict, "note", "it is slow, but computes right")
        self.assertIn("OPENBLAS_CORETYPE", text)
        chosen = self.flatsweep("doctor", env=environment | {"FLATSWEEP_BLAS": "eigen"})
        self.assertEqual(self.verdicts(chosen.stdout)["BLAS"][0], "ok")

    def test_little_shared_memory_is_seen(self):
        small = self.folder / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], capture_output=True).returncode != 0:
            self.skipTest("no right to mount a small file system")
        self.addCleanup(subprocess.run, ["umount", "--lazy", small])
        environment = ENVIRONMENT | dict.fromkeys(OPEN_MPI_FOLDERS[-2:], str(small))
        done = self.flatsweep("doctor", env=environment, expect=INTERNAL_ERROR)
        self.assert_wrong(done.stdout, "shared memory", "/dev/shm")

    def test_a_folder_that_cannot_hold_results_is_bad_input(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                done = self.flatsweep("doctor", "nowhere", ranks=ranks, expect=BAD_INPUT, timeout=60)
                self.assertIn("nowhere", done.stderr)
                self.assert_wrong(done.stdout, "MPI-IO", "nowhere")

    def test_a_folder_without_room_or_right_hides_no_other_check(self):
        (self.folder / "file").touch()
        os.symlink("nowhere", self.folder / "dangling")
        folders = ["file", "dangling", "/proc"]
        small = self.folder / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", small], capture_output=True).returncode == 0:
            self.addCleanup(subprocess.run, ["umount", "--lazy", small])
            folders.append(small)
        for folder in folders:
            with self.subTest(folder=folder):
                done = self.flatsweep("doctor", folder, expect=BAD_INPUT)
                self.assert_wrong(done.stdout, "MPI-IO", str(folder))
                self.assertNotIn("fewer configurations", done.stdout + done.stderr)
                self.assertEqual(list(self.folder.glob(".flatsweep*")), [])

    def self_test(self, **settings):
        """slurm/self-test.sh, with its folder below this one."""
        return subprocess.run([SOURCE / "slurm/self-test.sh", self.folder], env=ENVIRONMENT | {"FLATSWEEP": PROGRAM} | settings,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)

    def test_the_self_test_passes_and_leaves_nothing(self):
        done = self.self_test()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.splitlines()[-1], "self-test.sh: passed")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_the_self_test_fails_if_doctor_finds_a_fault(self):
        library = self.preload("../locks", LOCKS_THAT_KEEP_NOBODY_OUT)["LD_PRELOAD"]
        done = self.self_test(FLATSWEEP=f"env LD_PRELOAD={library} {PROGRAM}")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("doctor has said what is wrong", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
