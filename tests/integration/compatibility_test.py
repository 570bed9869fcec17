#!/usr/bin/python3
"""Files of every released version stay readable: their values, what the commands say of them, and as sources of rows."""
import csv
import gzip
import math
import subprocess
import sys
import unittest

import h5py
import numpy as np
import xarray

from support import BAD_INPUT, EVERYTHING_DONE, SOURCE, ProgramTest

VERSIONS = sorted(folder for folder in (SOURCE / "tests/compatibility").iterdir() if folder.is_dir())
TOLERANCE = 1e-9  # CPUs differ
TIME_AND_PLACE = {"sample_seconds", "solve_seconds", "measure_seconds", "rank", "attempts", "checksum"}


def rows_of(text):
    """The rows of an exported table, by id."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {row["id"]: row for row in csv.DictReader(lines)}


def same(one, other):
    """Equal words, or numbers to the tolerance."""
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    except ValueError:
        return False


class Compatibility(ProgramTest):
    def unpack(self, version):
        for packed in version.glob("*.gz"):
            (self.folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))

    def for_each_version(self):
        for version in VERSIONS:
            with self.subTest(version=version.name):
                self.unpack(version)
                yield version

    def assert_holds(self, older, newer):
        """Every column of the older table stands in the newer one, with the same values."""
        self.assertEqual(older.keys(), newer.keys())
        for id, row in older.items():
            for column, value in row.items():
                if column not in TIME_AND_PLACE:
                    self.assertTrue(same(value, newer[id][column]), f"row {id}, {column}: {value} and {newer[id][column]}")

    def test_export_says_what_it_said(self):
        for version in self.for_each_version():
            for table in self.folder.glob("*.csv"):
                exported = self.flatsweep("export", f"{table.stem}.h5", "-o", "-").stdout
                self.assert_holds(rows_of(table.read_text()), rows_of(exported))

    def test_status_counts_what_it_counted(self):
        for version in self.for_each_version():
            self.assertIn("72 of 72", self.flatsweep("status", "done.h5").stdout)
            self.assertIn("36 of 72", self.flatsweep("status", "half.h5").stdout)
            failed = self.flatsweep("status", "failed.h5", "--failed").stdout
            self.assertEqual(failed.count("of memory"), 2)
            self.assertEqual(sum(line.startswith("id 2") or line.startswith("id 3") for line in failed.splitlines()), 2, failed)

    def test_show_prints_its_curves(self):
        for version in self.for_each_version():
            for file in ("done.h5", "half.h5", "failed.h5"):
                self.assertIn("relu", self.flatsweep("show", file).stdout)
            lines = self.flatsweep("show", "done.h5", "--csv").stdout.splitlines()
            self.assertEqual(len(lines), 1 + 3 * 2 * 2 * 3)  # activation, link, interpolator, gamma

    def test_verify_computes_the_same_rows(self):
        for version in self.for_each_version():
            for file, rows in (("done.h5", 72), ("half.h5", 36), ("failed.h5", 2)):
                text = self.flatsweep("verify", file, "--sample", "100").stdout
                self.assertIn(f"{rows} of {rows} rows computed again are the same", text)

    def test_rows_are_reused(self):
        for version in self.for_each_version():
            more = ["run", version / "kept.ini", "--grid.seed=0..2", "-o", "more.h5", "--overwrite"]
            text = self.flatsweep(*more, "--reuse", "done.h5", "--where", "seed=2,gamma=0.5").stderr
            self.assertRegex(text, "72 rows copied.* They lack .*train_loss")
            self.assertIn("84 of 108", self.flatsweep("status", "more.h5").stdout)
            text = self.flatsweep("verify", "more.h5", "--sample", "84").stdout
            self.assertIn("84 of 84 rows computed again are the same", text)
            self.assertRegex(text, r"\d+ of them lack measures")

    def test_a_file_is_continued_unless_it_lacks_something(self):
        for version in self.for_each_version():
            self.flatsweep("run", version / "kept.ini", "--where", "gamma=0.1,seed=0", "-o", "new.h5", "--pilot", "1",
                           "--overwrite", expect=None)
            with h5py.File(self.folder / "new.h5") as new, h5py.File(self.folder / "half.h5") as old:
                missing = {name for name in set(new) - set(old) if getattr(new[name], "ndim", 0) > 1}  # an absent axis is none
            before = (self.folder / "half.h5").read_bytes()
            done = self.flatsweep("run", version / "kept.ini", "-o", "half.h5", expect=None)
            if missing:
                self.assertEqual(done.returncode, BAD_INPUT)
                for word in (*missing, "half.h5 lacks", "--reuse half.h5"):
                    self.assertIn(word, done.stderr)
                self.assertEqual((self.folder / "half.h5").read_bytes(), before)
                self.flatsweep("run", version / "kept.ini", "-o", "whole.h5", "--reuse", "half.h5", "--overwrite")
                self.assertIn("72 of 72", self.flatsweep("status", "whole.h5").stdout)
            else:
                self.assertEqual(done.returncode, EVERYTHING_DONE)
                self.assertIn("72 of 72", self.flatsweep("status", "half.h5").stdout)

    def test_shards_are_merged(self):
        for version in self.for_each_version():
            self.flatsweep("merge", "shard1.h5", "shard2.h5", "-o", "merged.h5", "--overwrite")
            exported = self.flatsweep("export", "merged.h5", "-o", "-").stdout
            self.assert_holds(rows_of((self.folder / "done.csv").read_text()), rows_of(exported))

    def test_figures_are_drawn(self):
        for version in self.for_each_version():
            done = subprocess.run([sys.executable, SOURCE / "jobs/figures.py", "done.h5", "-o", "figures"], cwd=self.folder,
                                  capture_output=True, text=True, timeout=300)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue((self.folder / "figures/index.html").exists())

    def test_one_configuration_is_computed_again(self):
        for version in self.for_each_version():
            self.flatsweep("solve", version / "kept.ini", "--id", "3", "--hessian-eigenvalues", "-o", "again.h5", "--overwrite")
            with h5py.File(self.folder / "one.h5") as older, h5py.File(self.folder / "again.h5") as newer:
                for name, dataset in older.items():
                    if name in TIME_AND_PLACE or dataset.dtype.kind not in "fiu":
                        continue
                    np.testing.assert_allclose(newer[name][()], dataset[()], rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)

    def test_xarray_opens_them(self):
        for version in self.for_each_version():
            with xarray.open_dataset(self.folder / "done.h5") as results:
                self.assertEqual(int((results.status == 1).sum()) + int((results.status == 2).sum()), 72)


if __name__ == "__main__":
    unittest.main(verbosity=2)
