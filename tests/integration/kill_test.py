#!/usr/bin/python3
"""SIGKILL to mpirun at random moments, every other time to all ranks too, loses nothing that was recorded, and the
same command finishes the sweep."""
import os
import signal
import struct
import subprocess
import time
import unittest
import zlib

import h5py
import numpy
import xarray

from support import LONG, PROGRAM, QUICK, ProgramTest, ranks_below, seeded

KILLS = int(os.environ.get("FLATSWEEP_KILLS", 20 if LONG else 5))
JOB = [QUICK, "--grid.d=20", f"--grid.seed=0..{119 if LONG else 59}", "--grid.gamma=lin(0.05,0.95,10)", "--quiet"]
RANKS = 3


def in_order_of_creation(file):
    names = []
    file.id.links.iterate(lambda name: names.append(name.decode()), idx_type=h5py.h5.INDEX_CRT_ORDER)
    return names


def torn_rows(file, volatile):
    """How many rows have a status, and which of them miss their checksum (record/row_block.hpp)."""
    status = file["status"][...].ravel()  # first: a row's values stand before its status
    shape = file["status"].shape
    values = [file[name][...].reshape(status.size, -1) for name in in_order_of_creation(file)
              if isinstance(file[name], h5py.Dataset) and name not in volatile and file[name].dtype == numpy.float64
              and file[name].shape[:len(shape)] == shape]
    values = numpy.concatenate(values, axis=1)
    paths = file["solver_path"][...].ravel()
    iterations, checksum = file["iterations"][...].ravel(), file["checksum"][...].ravel()
    rows = numpy.flatnonzero(status)
    torn = [row for row in rows if checksum[row] != zlib.crc32(
        struct.pack("<QBi", row, status[row], iterations[row]) + values[row].astype("<f8").tobytes() + paths[row].tobytes())]
    return len(rows), torn


def ranks_alive(file):
    """Ranks that still run on `file`: a killed mpirun leaves them for a second or two."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as cmdline:
                arguments = cmdline.read().split(b"\0")
            if arguments[0] == PROGRAM.encode() and os.fsencode(file) in arguments:
                return True
        except OSError:
            pass  # it ended while we looked
    return False


class Kill(ProgramTest):
    def run_and_kill(self, file, seconds, with_ranks):
        """Runs the sweep for so many seconds at most; SIGKILL lets ranks run on for a second or two, unless they
        are killed as well."""
        process = self.start("run", *JOB, "-o", file, ranks=RANKS)
        try:
            process.wait(seconds)
            self.assertEqual(process.returncode, 0, "ended by itself, but not in order")
        except subprocess.TimeoutExpired:
            ranks = ranks_below(process.pid).values() if with_ranks else []
            for pid in (process.pid, *ranks):
                os.kill(pid, signal.SIGKILL)
            process.wait()

    def check_rows(self, file, volatile):
        """All that is recorded is sound. Returns the share of rows that are there."""
        with h5py.File(file) as opened:
            rows, torn = torn_rows(opened, volatile)
            self.assertEqual(torn, [])
            share = rows / opened["status"].size
        with xarray.open_dataset(file) as results:
            self.assertIn("flatness", results)
        return share

    def test_every_kill_leaves_a_sound_file_and_the_same_command_finishes_it(self):
        random = seeded()
        start = time.monotonic()
        self.flatsweep("run", *JOB, "-o", "whole.h5", ranks=RANKS, timeout=1800)
        whole_seconds = time.monotonic() - start
        volatile = self.volatile("whole.h5")

        file = self.folder / "killed.h5"
        shares = [0.0]
        for left in range(KILLS, 0, -1):
            slice_seconds = whole_seconds * (1 - shares[-1]) / (left + 1)  # so that kills reach all parts of the sweep
            self.run_and_kill(file, 0.5 + random.uniform(0, 2 * slice_seconds), with_ranks=left % 2 == 0)
            shares.append(self.check_rows(file, volatile) if file.exists() else 0.0)
            print(f"kill {KILLS - left + 1}: {shares[-1]:.1%} of the rows are there", flush=True)
        self.assertGreaterEqual(sum(share < 1 for share in shares[1:]), 3 * KILLS // 4, "the sweep is too short")

        self.flatsweep("run", *JOB, "-o", file, ranks=RANKS, timeout=1800)
        self.assertFalse(ranks_alive(file))
        self.assert_same_results("whole.h5", file)
        self.assertEqual(self.check_rows(file, volatile), 1)

    def test_the_checksum_sees_a_changed_value_and_the_next_run_repairs_it(self):
        few = [QUICK, "--grid.d=12", "--grid.seed=0", "--grid.gamma=0.2 0.8", "--quiet", "-o", "few.h5"]
        self.flatsweep("run", *few)
        volatile = self.volatile("few.h5")
        with h5py.File(self.folder / "few.h5", "r+") as opened:
            sound = opened["flatness"][...]
            flat = sound.ravel().copy()
            flat[0] += 1e-9
            opened["flatness"][...] = flat.reshape(sound.shape)
            self.assertEqual(torn_rows(opened, volatile)[1], [0])
        self.flatsweep("run", *few)
        with h5py.File(self.folder / "few.h5") as opened:
            numpy.testing.assert_array_equal(opened["flatness"][...], sound)


if __name__ == "__main__":
    unittest.main(verbosity=2)
