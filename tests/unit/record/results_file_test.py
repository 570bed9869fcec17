#!/usr/bin/python3
"""A results file as its readers see it: while ranks write, after a SIGKILL in mid-write, and at the end.
usage: results_file_test.py RECORD_WRITER LAUNCHER..."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

import h5py
import numpy as np
import xarray as xr

WRITER, *LAUNCHER = sys.argv[1:]
ENGINES = ("h5netcdf", "netcdf4")
ROWS = 48

def start(file, mode):
    return subprocess.Popen([*LAUNCHER, "-n", "2", WRITER, str(file), mode], stdin=subprocess.DEVNULL)

def kill_all(launcher):
    """SIGKILL to mpirun and its ranks at the same moment."""
    children = pathlib.Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()
    for process in [launcher.pid, *map(int, children)]:
        os.kill(process, signal.SIGKILL)
    launcher.wait()

def wait_for_rows(file, count, runs, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if file.exists():
            with h5py.File(file, "r", locking=False) as h5:
                if np.count_nonzero(h5["status"]) >= count and np.isfinite(h5["runs/start"]).sum() >= runs:
                    return
        time.sleep(0.05)
    raise AssertionError(f"{count} rows and {runs} runs were not written in {seconds} s")

def bad_checksums(file):
    """Ids of the rows with a status whose checksum does not fit, by the recipe in the file itself."""
    with h5py.File(file, "r", locking=False) as h5:
        status = h5["status"][...].ravel()
        iterations = h5["iterations"][...].ravel()
        checksum = h5["checksum"][...].ravel()
        columns = [h5[name][...].reshape(status.size, -1)
                   for name in h5["checksum"].attrs["variables"].split()]
    bad = []
    for row in np.flatnonzero(status):
        content = np.uint64(row).tobytes() + status[row].tobytes() + iterations[row].tobytes()
        content += b"".join(column[row].tobytes() for column in columns)
        if zlib.crc32(content) != checksum[row]:
            bad.append(row)
    return bad, int(np.count_nonzero(status))

class ResultsFile(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="flatsweep-record-")
        self.addCleanup(directory.cleanup)
        self.file = pathlib.Path(directory.name) / "sweep.h5"

    def check_dataset(self, engine):
        with xr.open_dataset(self.file, engine=engine) as ds:
            axes = ds.status.dims
            self.assertLessEqual({"activation", "link", "interpolator", "noise", "d"}, set(axes))
            self.assertEqual(axes[-6:], ("seed", "gamma", "coefficients", "program", "offset", "penalty"))
            self.assertEqual(ds.flatness.dims, axes)
            self.assertEqual(ds.soft_rank.dims, axes + ("ridge",))
            self.assertEqual(ds.outer_weights.dims, axes + ("neuron",))
            for axis in axes + ("ridge", "neuron"):
                self.assertIn(axis, ds.coords)
                self.assertTrue(ds[axis].attrs["long_name"])
            self.assertEqual(list(ds.activation.values), ["relu", "quadratic"])
            np.testing.assert_allclose(ds.gamma, np.linspace(0.1, 0.9, 4), rtol=1e-15)
            self.assertEqual(ds.status.dtype, np.uint8)
            self.assertEqual(ds.attrs["title"], "small γ")
            self.assertIn("Test MPI", ds.attrs["mpi"])
            self.assertEqual(ds.status.attrs["flag_meanings"].split()[2], "infeasible")
            self.assertEqual(ds.solver_path.dtype, np.uint8)
            self.assertEqual(len(ds.solver_path.attrs["flag_meanings"].split()), ds.solver_path.attrs["flag_masks"].size)
            self.assertEqual(ds.solve_seconds.dtype, np.float64)

            last = ds.isel({axis: -1 for axis in axes})  # never written
            self.assertEqual(int(last.status), 0)
            self.assertTrue(np.isnan(last.flatness) and np.isnan(last.soft_rank).all())
            self.assertEqual(int(last["rank"]), -1)
            relu = ds.sel(activation="relu").squeeze()
            done = relu.status.values == 1
            self.assertTrue(done.any())
            ids = np.arange(relu.status.size).reshape(relu.status.shape)
            np.testing.assert_array_equal(relu.objective.values[done], ids[done])
            np.testing.assert_array_equal(relu.soft_rank.values[done][:, 1], ids[done] + 0.1)
        with xr.open_dataset(self.file, engine=engine, group="runs") as runs:
            hosts = runs.hosts.values[0]
            self.assertEqual(hosts.decode() if isinstance(hosts, bytes) else hosts, "höst*2")
            self.assertEqual(runs.start.dtype.kind, "M")
            self.assertLess(abs(runs.start.values[0] - np.datetime64("now")), np.timedelta64(1, "h"))

    def test_readers_see_a_sound_file_while_ranks_write_and_after_a_kill(self):
        for kill in range(3):
            launcher = start(self.file, "forever")
            try:
                wait_for_rows(self.file, 30, kill + 1)
                if kill == 0:
                    for engine in ENGINES:
                        with self.subTest(engine=engine):
                            self.check_dataset(engine)
            finally:
                time.sleep(0.013 * kill)
                kill_all(launcher)
            bad, done = bad_checksums(self.file)
            self.assertLessEqual(len(bad), 2, "at most the rows in flight, one a rank, that were being rewritten")
            self.assertGreaterEqual(done, 30)
            for engine in ENGINES:
                with self.subTest(engine=engine, kill=kill):
                    self.check_dataset(engine)

        self.assertEqual(start(self.file, "once").wait(), 0)
        self.assertEqual(bad_checksums(self.file), ([], ROWS - 1))
        self.assertEqual(os.listdir(self.file.parent), ["sweep.h5"])
        with xr.open_dataset(self.file, group="runs") as runs:
            np.testing.assert_array_equal(runs.exit_code[:5], [-1, -1, -1, 0, -1])
        with h5py.File(self.file) as h5:
            ids = h5["messages/id"][...]
            np.testing.assert_array_equal(ids[:6], range(5, ROWS - 1, 7))
        for engine in ENGINES:
            with xr.open_dataset(self.file, engine=engine, group="messages") as messages:
                text = messages.text.values[5]
                self.assertEqual(text.decode() if isinstance(text, bytes) else text, "failed for the test γ")

    def test_texts_of_attributes_have_fixed_length_and_every_reader_understands_them(self):
        self.assertEqual(subprocess.run([WRITER, str(self.file), "once"], stdin=subprocess.DEVNULL).returncode, 0)
        seen = []
        def check(name, item):
            for key in item.attrs:
                text = h5py.check_string_dtype(item.attrs.get_id(key).dtype)
                if text is not None:
                    seen.append(key)
                    self.assertIsNotNone(text.length, f"{name}: {key}")
        with h5py.File(self.file) as h5:
            check("/", h5)
            h5.visititems(check)
        self.assertTrue({"title", "job", "resolved", "units", "flag_meanings", "algorithm"} <= set(seen), seen)
        header = subprocess.run(["ncdump", "-h", self.file], capture_output=True, text=True, check=True).stdout
        self.assertNotRegex(header, r"\bstring\s+\w*:")
        self.assertIn(':title = "small γ" ;', header)
        self.assertIn('flatness:units = "1" ;', header)
        for engine in ENGINES:
            with self.subTest(engine=engine), xr.open_dataset(self.file, engine=engine) as ds:
                for name, variable in {"file": ds, **ds.variables}.items():
                    for key, value in variable.attrs.items():
                        self.assertNotIsInstance(value, bytes, f"{name}: {key}")
                self.assertTrue(ds.attrs["resolved"].startswith("name = small γ"))

    def test_files_of_one_job_differ_only_in_the_volatile_columns(self):
        other = self.file.with_name("other.h5")
        self.assertEqual(start(self.file, "once").wait(), 0)
        self.assertEqual(subprocess.run([WRITER, str(other), "once"], stdin=subprocess.DEVNULL).returncode, 0)
        volatile = ["/sample_seconds", "/solve_seconds", "/measure_seconds", "/rank", "/attempts"]
        exclude = [word for path in volatile + ["/runs"] for word in ("--exclude-path", path)]
        self.assertEqual(subprocess.run(["h5diff", *exclude, self.file, other]).returncode, 0)
        self.assertEqual(subprocess.run(["h5diff", self.file, other], stdout=subprocess.DEVNULL).returncode, 1)

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2, warnings="ignore")  # xarray warns where a time is NaN
