#!/usr/bin/python3
"""Results open in xarray by either engine, with every axis as a coordinate; flatness goes with generalisation."""
import unittest

import numpy
import xarray

from support import FEW_ROWS, LONG, QUICK, ProgramTest

AXES = {"activation", "link", "interpolator", "indices", "noise", "sample_ratio", "width_ratio", "d", "seed", "gamma"}


def ranks_of(values):
    return numpy.argsort(numpy.argsort(values)).astype(float)


def spearman(one, other):
    return numpy.corrcoef(ranks_of(one), ranks_of(other))[0, 1]


class Xarray(ProgramTest):
    def test_both_engines_show_axes_as_coordinates(self):
        self.flatsweep("run", QUICK, "-o", "few.h5", "--quiet", *FEW_ROWS)
        for engine in ("h5netcdf", "netcdf4"):
            with self.subTest(engine=engine), xarray.open_dataset(self.folder / "few.h5", engine=engine) as results:
                dims = results.flatness.dims
                self.assertLessEqual(AXES, set(dims))
                self.assertEqual(dims[-6:], ("seed", "gamma", "coefficients", "program", "offset", "penalty"))
                for axis in dims:
                    self.assertIn(axis, results.coords)
                self.assertEqual(set(results.soft_rank.dims), {*dims, "ridge"})
                self.assertEqual(results.status.dtype, numpy.uint8)
                self.assertIn("solved", results.status.attrs["flag_meanings"])
                relu = results.sel(activation="relu")
                self.assertNotIn("activation", relu.flatness.dims)
                self.assertTrue((relu.status == 1).any())
                for name in ("flatness", "residual", "population_loss_mc"):
                    self.assertTrue(results[name].attrs["long_name"])
                    self.assertTrue(results[name].attrs["units"])

    @unittest.skipUnless(LONG, "sweeps the whole of quick.ini")
    def test_flatness_goes_with_generalisation_in_the_quick_job(self):
        self.flatsweep("run", QUICK, "-o", "quick.h5", "--quiet", ranks=3)
        with xarray.open_dataset(self.folder / "quick.h5") as results:
            means = results.where(results.status == 1).mean("seed")
            for activation in results.activation.values:
                for indices in results.indices.values[results.indices.values > 1]:  # sums of single-index models
                    curve = means.sel(activation=activation, indices=indices).squeeze()
                    correlation = spearman(curve.flatness.values, curve.population_loss_mc.values)
                    print(f"{activation}, {indices} indices: Spearman {correlation:.3f}")
                    self.assertGreaterEqual(correlation, 0.8, f"{activation} {indices}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
