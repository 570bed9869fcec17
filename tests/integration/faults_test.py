#!/usr/bin/python3
"""Whatever befalls the file has a defined outcome: an error that says what to do, or rows that are computed again."""
import contextlib
import os
import re
import shutil
import subprocess
import unittest

import h5py
import numpy

from support import (BAD_INPUT, ENVIRONMENT, FEW_ROWS, LONG, OPEN_MPI_FOLDERS, PROGRAM, QUICK, ProgramTest, command,
                     seeded)

JOB = [QUICK, *FEW_ROWS, "--quiet"]
SMALL = [QUICK, "--grid.activation=relu", "--grid.indices=1", "--grid.d=4", "--grid.sample_ratio=2", "--grid.gamma=lin(0.1,0.9,4)",
         "--measure.test_samples=0", "--measure.spectrum=off", "--quiet"]
# Several pages of 4096 bytes a column of whole numbers.
MANY_ROWS = [*SMALL, f"--grid.seed=0..{1499 if LONG else 749}"]
METADATA_FLIPS = 20


def readers(file):
    """Every command line that reads `file`."""
    return [["status", file], ["show", file], ["export", file, "-o", "new.csv"], ["verify", file],
            ["merge", "sound.h5", file, "-o", "new.h5"], ["run", *JOB, "-o", file],
            ["run", *JOB, "-o", "new.h5", "--reuse", file]]


class Damage(ProgramTest):
    def setUp(self):
        super().setUp()
        self.flatsweep("run", *JOB, "-o", "sound.h5")
        self.sound = (self.folder / "sound.h5").read_bytes()

    def check_refusals(self, file, mention):
        """Every command refuses `file` and leaves all as it was."""
        before = {path: path.read_bytes() for path in self.folder.iterdir()}
        for arguments in readers(file):
            with self.subTest(file=file, command=arguments[0]):
                said = self.flatsweep(*arguments, expect=BAD_INPUT).stderr
                self.assertRegex(said, rf"^flatsweep: .*{re.escape(file)}.*{mention}")
                self.assertEqual(before, {path: path.read_bytes() for path in self.folder.iterdir()})

    def test_a_truncated_file_is_refused(self):
        (self.folder / "cut.h5").write_bytes(self.sound[:-1])
        self.check_refusals("cut.h5", "not a valid results file")

    def test_an_empty_file_a_text_and_a_foreign_hdf5_file_are_refused(self):
        (self.folder / "empty.h5").touch()
        (self.folder / "text.h5").write_text("flatness = 1\n")
        with h5py.File(self.folder / "foreign.h5", "w") as foreign:
            foreign["status"] = numpy.ones(24, dtype="u1")
        self.check_refusals("foreign.h5", "not a results file of flatsweep run")
        for file in ("empty.h5", "text.h5"):
            said = self.flatsweep("run", *JOB, "-o", file, expect=BAD_INPUT).stderr
            self.assertIn("not a results file of flatsweep run", said)

    def test_flipped_bits_in_what_describes_the_file_never_crash_it(self):
        random = seeded()
        outcomes = []
        for _ in range(METADATA_FLIPS):
            damaged = bytearray(self.sound)
            place = random.randrange(len(damaged) // 10)  # dense with descriptions
            damaged[place] ^= 1 << random.randrange(8)
            (self.folder / "damaged.h5").write_bytes(damaged)
            done = subprocess.run(command("verify", "damaged.h5", "--sample", "0"), cwd=self.folder, env=ENVIRONMENT,
                                  capture_output=True, text=True, timeout=60)
            outcomes.append(done.returncode)
            self.assertIn(done.returncode, (0, 1, BAD_INPUT), f"byte {place}: {done.stderr}")
        print("exit codes of verify:", sorted(outcomes))

    def test_rows_with_flipped_bits_are_computed_again(self):
        random = seeded()
        damaged = bytearray(self.sound)
        with h5py.File(self.folder / "sound.h5") as sound:
            for name in ("flatness", "soft_rank", "iterations", "status", "checksum"):
                size = sound[name].id.get_storage_size()
                damaged[sound[name].id.get_offset() + random.randrange(size)] ^= 1 << random.randrange(8)
        (self.folder / "damaged.h5").write_bytes(damaged)
        self.flatsweep("run", *JOB, "-o", "damaged.h5", ranks=2)
        self.assert_same_results("sound.h5", "damaged.h5")


class Place(ProgramTest):
    def unprivileged(self):
        """What makes the program an ordinary user's, whom permissions bind."""
        if os.geteuid() != 0:
            return []
        os.chmod(self.folder, 0o755)
        (self.folder / "mpi").mkdir(mode=0o777)
        os.chmod(self.folder / "mpi", 0o777)
        of_mpi = [f"{name}={self.folder / 'mpi'}" for name in OPEN_MPI_FOLDERS]
        program = shutil.copy(PROGRAM, self.folder)  # what is below root's home such a user may not reach
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", *of_mpi,
                "bash", "-c", 'shift; exec "$0" "$@"', program]

    def test_a_directory_or_a_file_that_is_read_only_is_an_error(self):
        (self.folder / "locked").mkdir()
        self.flatsweep("run", *JOB, "-o", "locked/old.h5", "--pilot", "1")
        prefix = self.unprivileged()
        job = ["-o", "locked/new.h5", "--grid.activation=relu", "--grid.link=matched", "--grid.gamma=0.5", "--grid.d=12",
               "--grid.seed=0"]
        shutil.copy(QUICK, self.folder / "quick.ini")
        os.chmod(self.folder / "locked/old.h5", 0o444)
        os.chmod(self.folder / "locked", 0o555)
        said = self.flatsweep("run", "quick.ini", *job, expect=BAD_INPUT, prefix=prefix).stderr
        self.assertRegex(said, "locked/new.h5.*Permission denied.*writable")
        few = ["quick.ini", *FEW_ROWS, "-o", "locked/old.h5"]
        said = self.flatsweep("run", *few, expect=BAD_INPUT, prefix=prefix).stderr
        self.assertRegex(said, "locked/old.h5.*Permission denied.*writable")
        said = self.flatsweep("merge", "locked/old.h5", "-o", "locked/new.h5", expect=BAD_INPUT, prefix=prefix).stderr
        self.assertRegex(said, "locked/new.h5.*Permission denied")
        self.assertEqual(os.listdir(self.folder / "locked"), ["old.h5"])
        self.flatsweep("status", "locked/old.h5", prefix=prefix)

    def test_a_limit_on_the_size_of_files_is_an_error_that_leaves_nothing(self):
        # 23 MB for the results; MPI itself has files of up to 4.
        said = self.flatsweep("run", *SMALL, "--grid.seed=0..19999", "-o", "big.h5", expect=BAD_INPUT,
                              prefix=["prlimit", f"--fsize={10 << 20}"]).stderr
        self.assertRegex(said, "cannot write .*big.h5")
        self.assertEqual(os.listdir(self.folder), [])


@contextlib.contextmanager
def small_disk(place, size):
    """A file system of its own. Skips the test where that takes more rights."""
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True).returncode:
        raise unittest.SkipTest("mounting a file system takes root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)  # a test may have done it


def fill(disk, but):
    """Leaves so many bytes free."""
    free = os.statvfs(disk)
    with open(disk / "filler", "wb") as filler:
        filler.write(b"x" * (free.f_bavail * free.f_frsize - but))


class FullDisk(ProgramTest):
    def test_a_disk_that_cannot_hold_the_file_is_refused_before_anything_is_written(self):
        with small_disk(self.folder / "disk", 1 << 20) as disk:
            said = self.flatsweep("run", *JOB, "-o", disk / "new.h5", expect=BAD_INPUT).stderr
            self.assertRegex(said, "the disk cannot hold .*new.h5.*Make room")
            self.assertEqual(os.listdir(disk), [])

    def test_a_disk_that_fills_up_in_mid_run_ends_it_in_order_and_loses_nothing(self):
        for ranks in (None, 3) if LONG else (3,):
            with self.subTest(ranks=ranks), small_disk(self.folder / f"disk{ranks}", 16 << 20) as disk:
                job = [*MANY_ROWS, "-o", disk / "sweep.h5"]
                self.flatsweep("run", *job, "--pilot", "1", ranks=ranks)
                # As a copy without its zeros: what is not written yet has no place on the disk.
                subprocess.run(["fallocate", "--dig-holes", disk / "sweep.h5"], check=True)
                fill(disk, but=(10 if LONG else 3) * 4096)
                said = self.flatsweep("run", *job, ranks=ranks, expect=BAD_INPUT).stderr
                self.assertRegex(said, r"flatsweep: cannot write to .*sweep.h5 .*Make room on its disk.* run the same "
                                       r"command again")
                self.assertEqual(said.count("flatsweep: "), 1, said)
                done = self.rows(disk / "sweep.h5")
                print(f"{done} rows were there when the disk was full", flush=True)

                (disk / "filler").unlink()
                self.flatsweep("run", *job, ranks=ranks)
                self.flatsweep("verify", disk / "sweep.h5", "--sample", "5")
                self.flatsweep("run", *MANY_ROWS, "-o", "whole.h5")
                self.assert_same_results("whole.h5", disk / "sweep.h5")

    def test_a_disk_that_is_unmounted_ends_the_sweep(self):
        with small_disk(self.folder / "disk", 64 << 20) as disk:
            job = [QUICK, "--grid.d=30", "--grid.seed=0..999", "--quiet", "--sync", "1s"]
            process = self.start("run", *job, "-o", disk / "sweep.h5", ranks=3)
            self.wait_for_rows(disk / "sweep.h5")
            subprocess.run(["umount", "-l", disk], check=True)
            said = process.communicate(timeout=120)[1]
            self.assertEqual(process.returncode, BAD_INPUT, said)
            self.assertRegex(said, "sweep.h5 was lost while the sweep ran .*unmounted.*computes them again")

    def rows(self, file):
        with h5py.File(file) as opened:
            return int((opened["status"][...] != 0).sum())


if __name__ == "__main__":
    unittest.main(verbosity=2)
