#!/usr/bin/python3
"""A results file opens in the tools that people use next, and every one sees the same numbers: xarray by both
engines, h5py, pandas (through the exported table), ncdump, and by its plain datasets MATLAB's h5read."""
import re
import subprocess
import unittest

import h5py
import matplotlib
import numpy
import pandas
import xarray

from support import FEW_ROWS, QUICK, ProgramTest

matplotlib.use("Agg")
ENGINES = ("h5netcdf", "netcdf4")


class Downstream(ProgramTest):
    def setUp(self):
        super().setUp()
        self.flatsweep("run", QUICK, "-o", "few.h5", "--quiet", *FEW_ROWS)
        self.file = self.folder / "few.h5"
        with h5py.File(self.file) as opened:  # relu, 4 indices: (seed, gamma), by position
            self.expected = opened["flatness"][0, 0, 0, 1, 0, 0, 0, 0, :, :, 0, 0, 0, 0].mean(axis=0)

    def test_xarray_selects_averages_and_plots(self):
        for engine in ENGINES:
            with self.subTest(engine=engine), xarray.open_dataset(self.file, engine=engine) as results:
                chosen = results.flatness.sel(activation="relu", link="matched", indices=4).squeeze(drop=True)
                mean = chosen.mean("seed")
                numpy.testing.assert_array_equal(mean.values, self.expected)
                picture = self.folder / f"{engine}.png"
                line, = mean.plot(xscale="log")
                numpy.testing.assert_array_equal(line.get_xdata(), results.gamma.values)
                line.axes.figure.savefig(picture)
                matplotlib.pyplot.close("all")
                self.assertGreater(picture.stat().st_size, 5_000)
                self.assertIn("Hessian trace", results.flatness.attrs["long_name"])

    def test_xarray_reads_a_part_of_the_file_alone(self):
        for engine in ENGINES:
            with self.subTest(engine=engine), xarray.open_dataset(self.file, engine=engine) as results:
                part = results.soft_rank.sel(ridge=0.1, gamma=slice(0.4, 1)).sel(activation="quadratic")
                self.assertEqual(part.sizes["gamma"], 2)
                self.assertTrue(numpy.isfinite(part).all())

    def test_pandas_reads_the_exported_table(self):
        self.flatsweep("export", "few.h5", "-o", "table.csv")
        table = pandas.read_csv(self.folder / "table.csv", comment="#", index_col="id")
        chosen = table[(table.activation == "relu") & (table.indices == 4) & (table.status == "solved")]
        numpy.testing.assert_allclose(chosen.groupby("gamma").flatness.mean(), self.expected, rtol=1e-14)
        self.assertEqual((table.flatness.dtype, table.seed.dtype), (float, int))

    def test_pandas_reads_the_tables_of_show(self):
        (self.folder / "show.csv").write_text(self.flatsweep("show", "few.h5", "--csv").stdout)
        table = pandas.read_csv(self.folder / "show.csv").set_index(["activation", "indices", "gamma"]).sort_index()
        relu = table.loc["relu", 4]
        numpy.testing.assert_allclose(relu.flatness_mean, self.expected, rtol=1e-14)
        self.assertEqual(relu.flattest.sum(), 1)

    def test_pandas_takes_the_whole_grid_from_xarray(self):
        with xarray.open_dataset(self.file) as results:
            frame = results[["flatness", "status"]].to_dataframe()
            self.assertEqual(len(frame), results.status.size)
            mean = frame.xs("relu", level="activation").xs(4, level="indices").groupby("gamma").flatness.mean()
            numpy.testing.assert_allclose(mean, self.expected, rtol=1e-14)

    def test_ncdump_prints_header_and_values(self):
        header = subprocess.run(["ncdump", "-h", self.file], capture_output=True, text=True, check=True).stdout
        self.assertRegex(header, r"double flatness\(activation, link, .*, seed, gamma, coefficients, program, offset, penalty\)")
        self.assertRegex(header, r'flatness:long_name = "Hessian trace')
        self.assertIn('status:flag_meanings = "pending solved', header)
        data = subprocess.run(["ncdump", "-v", "gamma,status", self.file], capture_output=True, text=True, check=True).stdout
        self.assertRegex(data, r"(?s)data:.* gamma = 0\.1, 0\.5, 0\.9 ;")
        self.assertEqual(re.search(r" status =\s+([^;]*);", data)[1].replace("\n", " ").replace(" ", "").split(","), ["1"] * 24)

    def test_every_variable_is_a_plain_dataset_for_matlab(self):
        with h5py.File(self.file) as opened:
            for name, dataset in opened.items():
                if not isinstance(dataset, h5py.Dataset):
                    continue
                with self.subTest(variable=name):
                    is_text = h5py.check_string_dtype(dataset.dtype) is not None
                    self.assertTrue(is_text or dataset.dtype.kind in "fiu", dataset.dtype)  # no compound, enum, reference
                    self.assertIsNone(dataset.chunks)
                    self.assertIsNone(dataset.compression)
                    self.assertFalse(dataset.is_virtual or dataset.external)
                    self.assertTrue(dataset.dtype.isnative)


if __name__ == "__main__":
    unittest.main(verbosity=2)
