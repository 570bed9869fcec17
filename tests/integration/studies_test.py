#!/usr/bin/python3
"""The shipped jobs, made small, say what jobs/README.md ("What came out") says they say."""
import os
import sys
import unittest

import numpy
import xarray

from support import LONG, PROGRAM, SOURCE, ProgramTest

os.environ["FLATSWEEP"] = PROGRAM  # for jobs/study.py
sys.path.insert(0, str(SOURCE / "jobs"))
import study  # noqa: E402


class StudyTest(ProgramTest):
    def curves(self, job, *overrides):
        self.flatsweep("run", SOURCE / "jobs" / job, "-o", "study.h5", "--quiet", *overrides, timeout=1500)
        return study.read_study(self.folder / "study.h5")

    def correlation(self, curve):
        """Spearman's, over the gammas in verdicts, of the means of flatness and loss."""
        found = curve.spearman("flatness")
        print(f"{curve.activation} {curve.link} {curve.place_without()}: Spearman {found:.3f}", flush=True)
        return found


class SpecialCases(StudyTest):
    def test_a_linear_network_learns_a_linear_target_at_every_gamma(self):
        found = self.curves("fig4.ini", "--grid.activation=linear", "--grid.link=linear", "--grid.d=15",
                            "--grid.seed=0..2", "--measure.test_samples=1000", "--measure.spectrum=off")
        self.assertEqual(found.statuses()["solved"], found.files[0].data.status.size)
        with xarray.open_dataset(self.folder / "study.h5") as results:
            self.assertLessEqual(float(results.population_loss_mc.max()), 1e-18)
            single = results.sel(indices=1)
            numpy.testing.assert_allclose((single.outer_l1 * single.gamma).values, 1, rtol=1e-9)


@unittest.skipUnless(LONG, "sweeps of minutes")
class Figures(StudyTest):
    def test_flatness_and_loss_fall_together_for_sums_of_single_index_models(self):
        found = self.curves("fig3.ini", "--grid.d=20", "--grid.seed=0..2", "--grid.link=matched", "--grid.indices=2 5",
                            "--target.offset=0", "--measure.spectrum=off")
        self.assertEqual(len(found.curves), 6)
        for curve in found.curves:
            self.assertGreaterEqual(self.correlation(curve), 0.8)

    def test_an_offset_makes_flatness_of_single_index_models_rise_again_at_large_gamma(self):
        found = self.curves("fig2.ini", "--grid.d=20", "--grid.seed=0..4", "--grid.link=matched", "--measure.spectrum=off")
        self.assertEqual(len(found.curves), 3)
        for curve in found.curves:
            flatness = curve.mean("flatness")
            largest = numpy.flatnonzero(curve.in_verdicts)[-1]
            print(f"{curve.activation}: flatness {flatness[largest] / flatness[curve.flattest]:.2f} times the least", flush=True)
            self.assertGreater(flatness[largest], 1.2 * flatness[curve.flattest])

    def test_no_gamma_helps_relu_on_a_target_that_is_no_multi_index_model(self):
        found = self.curves("fig4.ini", "--grid.d=20", "--grid.seed=0..4", "--grid.activation=relu",
                            "--grid.link=quadratic_form", "--measure.spectrum=off")
        self.assertEqual(len(found.curves), 2)
        for curve in found.curves:
            self.correlation(curve)
            self.assertGreater(numpy.nanmin(curve.mean("loss")), 0.5)  # E f^2: the loss of predicting 0


if __name__ == "__main__":
    unittest.main(verbosity=2)
