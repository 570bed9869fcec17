#!/usr/bin/python3
"""Shards of one job in one file, equal to the unsharded run."""
import os
import shutil
import subprocess
import unittest

import h5py
import numpy

from support import BAD_INPUT, FEW_ROWS, LONG, QUICK, SOME_FAILED, ProgramTest

JOB = [QUICK, *([] if LONG else FEW_ROWS), "--quiet"]
SHARDS = [f"shard{k}.h5" for k in range(1, 6)]


class Merge(ProgramTest):
    def run_shards(self, *more, expect=0):
        for k, shard in enumerate(SHARDS, 1):
            self.flatsweep("run", *JOB, *more, "-o", shard, "--shard", f"{k}/5", expect=expect)

    def texts(self, file, group, name):
        with h5py.File(self.folder / file) as opened:
            return [b"".join(row).rstrip(b"\0").decode() for row in opened[group][name][...] if row[0]]

    def test_five_shards_are_the_unsharded_file(self):
        self.run_shards()
        self.flatsweep("run", *JOB, "-o", "whole.h5")
        said = self.flatsweep("merge", *SHARDS, "-o", "merged.h5").stdout
        self.assertRegex(said, r"(\d+) of \1 configurations\n")
        self.assert_same_results("whole.h5", "merged.h5")
        self.assertEqual(self.texts("merged.h5", "runs", "build"), 5 * self.texts("whole.h5", "runs", "build"))
        self.flatsweep("verify", "merged.h5", "--sample", "3")
        self.assertEqual(sorted(os.listdir(self.folder)), sorted([*SHARDS, "merged.h5", "whole.h5"]))

        refused = self.flatsweep("merge", *SHARDS, "-o", "merged.h5", expect=BAD_INPUT).stderr
        self.assertIn("--overwrite", refused)
        self.flatsweep("merge", *reversed(SHARDS), SHARDS[0], "whole.h5", "-o", "merged.h5", "--overwrite")
        self.assert_same_results("whole.h5", "merged.h5")

    def test_outer_weights_and_what_infeasible_rows_keep_are_merged(self):
        job = ["--output.outer_weights=on", "--grid.activation=linear relu", "--grid.link=tanh", "--grid.noise=0.5",
               "--grid.width_ratio=2 3"]
        self.run_shards(*job)
        self.flatsweep("run", *JOB, *job, "-o", "whole.h5")
        self.flatsweep("merge", *SHARDS, "-o", "merged.h5")
        self.assert_same_results("whole.h5", "merged.h5")

    def test_missing_rows_stay_pending_and_a_run_does_them(self):
        self.run_shards()
        said = self.flatsweep("merge", *SHARDS[1:], "-o", "merged.h5").stdout
        self.assertIn("pending", said)
        with h5py.File(self.folder / "merged.h5") as merged, h5py.File(self.folder / SHARDS[0]) as missing:
            numpy.testing.assert_array_equal(merged["status"][...] == 0, missing["status"][...] != 0)
        self.flatsweep("run", *JOB, "-o", "merged.h5", ranks=2)
        self.flatsweep("run", *JOB, "-o", "whole.h5")
        self.assert_same_results("whole.h5", "merged.h5")

    def test_torn_rows_and_attempts_of_pending_ones(self):
        self.run_shards()
        with h5py.File(self.folder / SHARDS[0], "r+") as shard:
            first = numpy.flatnonzero(shard["status"][...].ravel())[0]
            gap = shard["gap"][...].ravel()
            gap[first] += 1e-3
            shard["gap"][...] = gap.reshape(shard["gap"].shape)
        with h5py.File(self.folder / SHARDS[1], "r+") as shard:
            attempts = shard["attempts"][...].ravel()
            attempts[first] = 2  # its process died there, twice
            shard["attempts"][...] = attempts.reshape(shard["attempts"].shape)
        self.assertIn("1 torn row", self.flatsweep("merge", *SHARDS, "-o", "merged.h5").stdout)
        with h5py.File(self.folder / "merged.h5") as merged:
            self.assertEqual(numpy.flatnonzero(merged["status"][...].ravel() == 0), [first])
            self.assertEqual(merged["attempts"][...].ravel()[first], 2)

    def test_rows_that_differ_are_refused_by_name(self):
        self.run_shards()
        shutil.copy(self.folder / SHARDS[0], self.folder / "other.h5")
        # As another machine could have computed it: another number, and the checksum that fits it.
        subprocess.run(["/usr/bin/python3", "-c", CHANGE_A_ROW, "other.h5"], cwd=self.folder, check=True)
        before = sorted(os.listdir(self.folder))
        refused = self.flatsweep("merge", *SHARDS, "other.h5", "-o", "merged.h5", expect=BAD_INPUT).stderr
        self.assertRegex(refused, r"row \d+ of other.h5 differs .*flatness is \S+ and \S+ there and here")
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_messages_are_kept(self):
        # 17 GB of activations a configuration.
        job = [QUICK, "--grid.activation=relu", "--grid.indices=1", "--grid.d=8 600", "--grid.sample_ratio=50",
               "--grid.seed=0", "--grid.gamma=0.2 0.8", "--measure.test_samples=0", "--quiet"]
        limit = ["prlimit", f"--as={4 << 30}"]
        for k in (1, 2):
            self.flatsweep("run", *job, "-o", f"part{k}.h5", "--shard", f"{k}/2", expect=SOME_FAILED, prefix=limit)
        self.flatsweep("run", *job, "-o", "whole.h5", expect=SOME_FAILED, prefix=limit)
        self.flatsweep("merge", "part2.h5", "part1.h5", "-o", "merged.h5")
        self.assert_same_results("whole.h5", "merged.h5")
        self.assertEqual(len(self.texts("merged.h5", "messages", "text")), 2)

    def test_shards_of_other_jobs_and_what_is_no_shard_are_refused(self):
        self.run_shards()
        self.flatsweep("run", *JOB, "--grid.noise=0.5", "-o", "other.h5", "--pilot", "1")
        (self.folder / "text.h5").write_text("no results\n")
        (self.folder / "merged.h5").write_bytes((self.folder / "other.h5").read_bytes())
        before = sorted(os.listdir(self.folder))
        for shards, mention in (([*SHARDS, "other.h5"], "other.h5 holds another job than shard1.h5"),
                                ([*SHARDS, "text.h5"], "text.h5"), ([*SHARDS, "absent.h5"], "absent.h5"),
                                (["absent.h5"], "absent.h5"), ([*SHARDS, "merged.h5"], "overwrite")):
            with self.subTest(shards=shards):
                self.assertIn(mention, self.flatsweep("merge", *shards, "-o", "merged.h5", "--overwrite",
                                                      expect=BAD_INPUT).stderr)
        self.assertIn("missing", self.flatsweep("merge", *SHARDS, "-o", "missing/merged.h5", expect=BAD_INPUT).stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), before)


CHANGE_A_ROW = """
import struct, sys, zlib
import h5py, numpy
with h5py.File(sys.argv[1], "r+") as file:
    status, shape = file["status"][...].ravel(), file["status"].shape
    row = int(numpy.flatnonzero(status)[0])
    flatness = file["flatness"][...].ravel()
    flatness[row] *= 1 + 1e-15
    file["flatness"][...] = flatness.reshape(shape)
    values = [file[name][...].reshape(status.size, -1)[row] for name in file["checksum"].attrs["variables"].split()]
    checksum = file["checksum"][...].ravel()
    checksum[row] = zlib.crc32(struct.pack("<QBi", row, status[row], file["iterations"][...].ravel()[row])
                               + b"".join(value.tobytes() for value in values))
    file["checksum"][...] = checksum.reshape(shape)
"""

if __name__ == "__main__":
    unittest.main(verbosity=2)
