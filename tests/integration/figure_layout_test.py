#!/usr/bin/python3
"""What the figures of jobs/figures.py look like: texts do not overlap, labels are complete, colours and ticks tell values apart."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
import warnings

import numpy
from matplotlib.text import Text

from support import ENVIRONMENT, PROGRAM, QUICK, SOURCE, command

sys.path.insert(0, str(SOURCE / "jobs"))
import panels  # noqa: E402
import plots  # noqa: E402
import study  # noqa: E402
import summary_plots  # noqa: E402

os.environ["FLATSWEEP"] = PROGRAM  # for jobs/study.py
SMALL = ["--grid.d=6", "--grid.seed=0..1", "--grid.sample_ratio=2", "--measure.test_samples=50", "--measure.spectrum=off",
         "--grid.gamma=log(0.01, 0.9, 5)", "--grid.indices=1"]


def texts_of(figure):
    """Every text that is seen, with its box in pixels."""
    figure.canvas.draw()
    hidden = set()
    for panel in figure.axes:
        for axis in (panel.xaxis, panel.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not low * (1 - 1e-9) <= tick.get_loc() <= high * (1 + 1e-9) and low >= 0:
                    hidden |= {tick.label1, tick.label2}
            hidden.add(axis.get_offset_text())
    seen = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip() and text not in hidden]
    return [(text.get_text(), text.get_window_extent()) for text in seen if not_in_hidden_axis(text)]


def not_in_hidden_axis(text):
    return text.axes is None or text.axes.get_visible()


def overlapping(texts):
    """Pairs of texts whose boxes share more than a pixel."""
    found = []
    for k, (one, box) in enumerate(texts):
        for other, against in texts[k + 1:]:
            across = min(box.x1, against.x1) - max(box.x0, against.x0)
            up = min(box.y1, against.y1) - max(box.y0, against.y0)
            if across > 1 and up > 1:
                found.append((one, other))
    return found


class Layout(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="flatsweep.")
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "study.h5")
        self.addCleanup(setattr, panels, "asked_width", None)

    def study(self, *overrides):
        settings = dict(option.split("=", 1) for option in [*SMALL, *overrides])
        subprocess.run(command("run", QUICK, "-o", self.file, "--quiet", "--overwrite", *(f"{key}={value}" for key, value in settings.items())),
                       env=ENVIRONMENT, check=True, timeout=120)
        return study.read_study(self.file)

    def draw(self, found, *kinds):
        for plan in plots.plans(found, kinds):
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # that there is no room for the panels
                figure = plan.draw()
            self.addCleanup(panels.plt.close, figure)
            yield plan.name, figure

    def assert_texts_fit(self, name, figure):
        texts = texts_of(figure)
        self.assertGreater(len(texts), 3)
        self.assertEqual(overlapping(texts), [], name)
        for axis in (axis for panel in figure.axes for axis in (panel.xaxis, panel.yaxis)):
            self.assertEqual(axis.get_offset_text().get_text(), "", f"{name}: ticks are to be read without a sum")
        width, height = figure.get_size_inches() * figure.dpi
        for text, box in texts:
            inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
            self.assertTrue(inside, f"{name}: {text} at {box} is outside {width} x {height}")


class Texts(Layout):
    ACTIVATIONS = "relu leaky_relu:0.1 leaky_relu:0.25 abs relu2 relu3"

    def assert_figures_of(self, wanted, activations, links):
        found = self.study(f"--grid.activation={activations}", f"--grid.link={links}", "--grid.noise=0 0.1")
        for width in (None, 3.3):
            panels.asked_width = width
            for name, figure in self.draw(found, "scatter", "loss-over-gamma", "ordering", "status"):
                count = sum(bool(panel.get_title()) and panel.get_label() != "<colorbar>" for panel in figure.axes)
                self.assertEqual(count, wanted, name)
                self.assert_texts_fit(name, figure)
                if width:
                    self.assertAlmostEqual(figure.get_figwidth(), width)

    def test_one_panel(self):
        self.assert_figures_of(1, "relu", "mirrored")

    def test_three_panels(self):
        self.assert_figures_of(3, "leaky_relu:0.1", "matched mirrored tanh")

    def test_nine_panels(self):
        self.assert_figures_of(9, "relu leaky_relu:0.1 abs", "matched hermite:3 tanh")

    def test_eighteen_panels(self):
        self.assert_figures_of(18, self.ACTIVATIONS, "matched hermite:3 tanh")

    def test_soft_ranks_close_to_n(self):
        found = self.study("--grid.activation=relu quadratic", "--grid.link=matched", "--measure.ridge=1e-6 0.1 100", "--measure.spectrum=on")
        for width in (None, 3.3):
            panels.asked_width = width
            drawn = list(self.draw(found, "soft-rank"))
            self.assertEqual(len(drawn), 1)
            for name, figure in drawn:
                self.assert_texts_fit(name, figure)

    def test_near_interpolators(self):
        for activations in ("relu quadratic", "relu"):
            found = self.study(f"--grid.activation={activations}", "--grid.link=matched", "--grid.noise=0 0.1 0.3 1", "--grid.penalty=0 1e-3 1e-2 0.1 1")
            for width in (None, 3.3):
                panels.asked_width = width
                drawn = list(self.draw(found, "penalty-loss", "trade-off", "penalty-ordering", "equal-fit", "predicted-gap"))
                self.assertEqual(len(drawn), 5)
                for name, figure in drawn:
                    self.assert_texts_fit(name, figure)

    def test_an_overlap_would_be_noticed(self):
        figure = panels.plt.figure()
        self.addCleanup(panels.plt.close, figure)
        for x in (0.5, 0.51):
            figure.text(x, 0.5, "a long text")
        self.assertEqual(len(overlapping(texts_of(figure))), 1)


class Labels(Layout):
    def assert_ordering_is_right(self, combinations, *overrides):
        """Every combination has an entry of its own in the legend, and its points are at its correlations."""
        found = self.study("--grid.activation=relu", "--grid.gamma=0.1 0.3 0.5 0.7 0.9", *overrides)
        (name, figure), = self.draw(found, "ordering")
        self.assert_texts_fit(name, figure)
        legend, = figure.legends
        signs = {(handle.get_marker(), handle.get_color()): text.get_text()
                 for handle, text in zip(legend.legendHandles, legend.get_texts())}
        self.assertEqual((len(signs), len(set(signs.values()))), (combinations, combinations))
        panel, = [panel for panel in figure.axes if panel.get_title()]
        drawn = {signs[line.get_marker(), line.get_color()]: line.get_xdata() for line in panel.lines if len(line.get_xdata()) > 2}
        self.assertEqual(len(drawn), combinations)
        for curve in found.curves:
            label = summary_plots.labels.settings(curve.place_without())
            numpy.testing.assert_array_equal(drawn[label], [curve.spearman(measure) for measure in found.measures
                                                            if not measure.startswith("soft_rank")])

    def test_twelve_combinations_are_told_apart(self):
        self.assert_ordering_is_right(12, "--grid.noise=0 0.1 0.2 0.3", "--grid.sample_ratio=2 3 4")

    def test_twenty_combinations_are_told_apart(self):
        self.assert_ordering_is_right(20, "--grid.noise=0 0.1 0.2 0.3 0.4", "--grid.sample_ratio=1.5 2 3 4")

    def test_rows_that_equal_others_are_drawn_once(self):
        found = self.study("--grid.activation=relu quadratic", "--grid.link=matched mirrored", "--grid.gamma=0.1 0.5 0.9")
        self.assertEqual(len(found.curves), 4)
        (_, figure), = self.draw(found, "scatter")
        titles = [panel.get_title() for panel in figure.axes if panel.get_title(loc="center") and panel.get_label() != "<colorbar>"]
        self.assertEqual(len(titles), 3)
        self.assertIn(r"$z^2$, $g = \sigma$ and $g = \sigma_{\mathrm{even}}$", [title.replace("\n", " ") for title in titles])

    def test_gamma_is_logarithmic_if_its_grid_is(self):
        for grid, scale in (("log(0.01, 0.99, 6)", "log"), ("lin(0.1, 0.9, 5)", "linear"), ("0.05 0.1 0.2 0.35 0.5 0.65 0.8 0.9", "linear")):
            (_, figure), = self.draw(self.study("--grid.activation=relu", f"--grid.gamma={grid}"), "flatness-over-gamma")
            self.assertEqual(figure.axes[0].get_xscale(), scale, grid)

    def test_colours_tell_gammas_apart(self):
        norm = panels.GammaColours(numpy.geomspace(0.01, 0.99, 20))
        self.assertGreater(numpy.abs(numpy.subtract(norm.colours(0.6), norm.colours(0.99))).sum(), 0.5)
        places = norm.place(numpy.geomspace(0.01, 0.99, 20))
        self.assertTrue((numpy.diff(places) > 0.01).all())
        ends = panels.GammaColours(numpy.array([0, 0.5, 1])).place(numpy.array([0, 0.5, 1]))
        self.assertTrue((numpy.diff(ends) > 0.2).all())

    def test_ticks_of_logarithmic_axes_are_powers_of_ten(self):
        for low, high in ((0.02, 40.0), (45, 760), (3, 8e5), (1.2e-14, 1.0), (20, 90)):
            figure, panel = panels.plt.subplots()
            self.addCleanup(panels.plt.close, figure)
            panel.set(yscale="log", ylim=(low, high))
            panels.label_powers(panel.yaxis)
            figure.canvas.draw()
            lowest, highest = panel.get_ylim()
            seen = [label.get_text() for label, place in zip(panel.get_yticklabels(), panel.get_yticks())
                    if lowest * 0.999 <= place <= highest * 1.001 and label.get_text()]
            self.assertGreaterEqual(len(seen), 2, (low, high))
            for text in seen:
                self.assertRegex(text, r"10\^\{")

    def test_a_figure_says_sizes_seeds_and_what_is_not_usual(self):
        found = self.study("--grid.activation=relu", "--grid.offset=normal:1")
        for _, figure in self.draw(found, "scatter", "loss-over-gamma"):
            words = " ".join(text for text, _ in texts_of(figure))
            for wanted in ("$d = 6$", "$n = 12$", "$m = 24$", "$r = 1$", "$b = N(0, 1^2)$", "2 seeds", r"\mathrm{Var}\,f"):
                self.assertIn(wanted, words)
        (_, figure), = self.draw(found, "scatter")
        words = " ".join(text for text, _ in texts_of(figure))
        correlation, = [float(value) for value in re.findall(r"\\rho\$ = (-?[\d.]+) \[", words)]
        self.assertAlmostEqual(correlation, found.curves[0].spearman("flatness"), delta=0.005)
        self.assertIn("← flatter", words)

    def test_two_files_are_compared(self):
        self.study("--grid.activation=relu", "--grid.gamma=0.1 0.5 0.9")
        other = self.file.replace("study.h5", "other.h5")
        os.rename(self.file, other)
        self.study("--grid.activation=relu", "--grid.gamma=0.1 0.5 0.9", "--grid.noise=0.5")
        found = study.read_study([self.file, other])
        self.assertEqual([curve.others["file"] for curve in found.curves], ["study", "other"])
        (_, figure), = self.draw(found, "scatter")
        words = [text for text, _ in texts_of(figure)]
        for label in ("study, $\\zeta = 0.5$", "other, $\\zeta = 0$"):
            self.assertIn(label, words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
