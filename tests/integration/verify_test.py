#!/usr/bin/python3
"""verify: every changed bit of a row is found and the row named; a clean file is clean; rows are computed again."""
import re
import shutil
import unittest

import h5py

from rows import checksum_of, set_cell, value_variables
from support import FEW_ROWS, INTERNAL_ERROR, QUICK, ProgramTest, seeded

ROWS_DIFFER = INTERNAL_ERROR
JOB = [QUICK, *FEW_ROWS, "--quiet", "--output.outer_weights=on"]
FLIPS = 50


def where_rows_are(file):
    """(variable, offset in the file, bytes a row) of all that the checksum covers, and of the checksum."""
    return [(name, file[name].id.get_offset(), file[name].id.get_storage_size() // file["status"].size)
            for name in [*value_variables(file), "iterations", "status", "checksum"]]


class Verify(ProgramTest):
    def setUp(self):
        super().setUp()
        self.flatsweep("run", *JOB, "-o", "clean.h5")

    def torn_rows(self, file):
        said = self.flatsweep("verify", file, "--sample", "0", expect=ROWS_DIFFER).stdout
        return [int(row) for row in re.findall(r"(?m)^row (\d+): torn", said)]

    def test_a_clean_file_is_clean(self):
        said = self.flatsweep("verify", "clean.h5").stdout
        self.assertIn("24 rows fit their checksums, 0 do not, 0 are pending", said)
        self.assertIn("10 of 10 rows computed again are the same, bit for bit", said)

    def test_a_part_and_a_skeleton_are_clean(self):
        self.flatsweep("run", *JOB, "-o", "part.h5", "--pilot", "3")
        said = self.flatsweep("verify", "part.h5").stdout
        self.assertIn("3 rows fit their checksums, 0 do not, 21 are pending", said)
        self.assertIn("3 of 3 rows", said)

    def test_every_flipped_bit_is_found(self):
        random = seeded()
        with h5py.File(self.folder / "clean.h5") as opened:
            places, rows = where_rows_are(opened), opened["status"].size
        clean = (self.folder / "clean.h5").read_bytes()
        # Every variable at least once.
        chosen = [*places, *random.choices(places, k=FLIPS - len(places))]
        for name, offset, width in chosen:
            row, bit = random.randrange(rows), random.randrange(8 * width)
            with self.subTest(variable=name, row=row, bit=bit):
                damaged = bytearray(clean)
                damaged[offset + row * width + bit // 8] ^= 1 << bit % 8
                (self.folder / "flipped.h5").write_bytes(damaged)
                self.assertEqual(self.torn_rows("flipped.h5"), [row])
        self.assertGreaterEqual(len(chosen), FLIPS)

    def test_a_flipped_coordinate_is_found(self):
        with h5py.File(self.folder / "clean.h5", "r+") as opened:
            opened["gamma"][1] = 0.25
        said = self.flatsweep("verify", "clean.h5", "--sample", "0", expect=ROWS_DIFFER).stdout
        self.assertIn("axis gamma", said)

    def test_torn_rows_are_told_by_status_and_show_and_repaired_by_the_next_run(self):
        shutil.copy(self.folder / "clean.h5", self.folder / "torn.h5")
        with h5py.File(self.folder / "torn.h5", "r+") as opened:
            set_cell(opened, "flatness", 7, 1.0)
            set_cell(opened, "status", 9, 0)
        self.assertEqual(self.torn_rows("torn.h5"), [7, 9])
        self.assertRegex(self.flatsweep("status", "torn.h5").stdout, "2 torn")
        self.assertRegex(self.flatsweep("show", "torn.h5").stderr, "2 torn")
        self.flatsweep("run", *JOB, "-o", "torn.h5")
        self.flatsweep("verify", "torn.h5", "--sample", "0")
        self.assert_same_results("clean.h5", "torn.h5")

    def test_a_row_that_another_program_wrote_is_found_by_computing_it_again(self):
        with h5py.File(self.folder / "clean.h5", "r+") as opened:
            set_cell(opened, "flatness", 11, opened["flatness"][...].ravel()[11] * (1 + 1e-15))
            set_cell(opened, "checksum", 11, checksum_of(opened, 11))
        self.flatsweep("verify", "clean.h5", "--sample", "0")
        said = self.flatsweep("verify", "clean.h5", "--sample", "24", expect=ROWS_DIFFER).stdout
        self.assertRegex(said, r"(?m)^row 11: flatness is \S+ and \S+,")
        self.assertIn("23 of 24 rows", said)

    def test_another_machine_is_held_to_a_tolerance_and_said_to_be_one(self):
        with h5py.File(self.folder / "clean.h5", "r+") as opened:
            place = opened["runs/cpu_model"].id.get_offset()
            set_cell(opened, "flatness", 11, opened["flatness"][...].ravel()[11] * (1 + 1e-12))
            set_cell(opened, "checksum", 11, checksum_of(opened, 11))
        with open(self.folder / "clean.h5", "r+b") as opened:
            opened.seek(place)
            opened.write(b"Babbage 1837".ljust(128, b"\0"))
        said = self.flatsweep("verify", "clean.h5", "--sample", "24").stdout
        self.assertIn("a CPU of the file is Babbage 1837", said)
        self.assertIn("24 of 24 rows computed again are the same to 1e-9", said)
        with h5py.File(self.folder / "clean.h5", "r+") as opened:
            set_cell(opened, "flatness", 11, opened["flatness"][...].ravel()[11] * (1 + 1e-7))
            set_cell(opened, "checksum", 11, checksum_of(opened, 11))
        self.assertIn("row 11: flatness", self.flatsweep("verify", "clean.h5", "--sample", "24", expect=ROWS_DIFFER).stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
