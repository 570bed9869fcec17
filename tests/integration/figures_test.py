#!/usr/bin/python3
"""jobs/figures.py draws what a results file holds, on a page that a browser opens, and says what is missing."""
import contextlib
import html.parser
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

import numpy
import pandas
import PIL.Image
import xarray
from scipy import stats

from support import BAD_INPUT, ENVIRONMENT, FEW_ROWS, PROGRAM, QUICK, SOURCE, ProgramTest, command

FIGURES = SOURCE / "jobs" / "figures.py"
sys.path.insert(0, str(FIGURES.parent))
import figures  # noqa: E402
import panels  # noqa: E402
import penalty_plots  # noqa: E402
import plots  # noqa: E402
import study  # noqa: E402
import summary_plots  # noqa: E402
import training_plots  # noqa: E402

os.environ["FLATSWEEP"] = PROGRAM  # for jobs/figures.py
EVERY_KIND = ["flatness-over-gamma", "loss-over-gamma", "ordering", "paper-relu-matched", "scaling", "scatter", "soft-rank", "status"]


class Page(html.parser.HTMLParser):
    """What a page refers to, and its text."""

    def __init__(self, text):
        super().__init__()
        self.images, self.links, self.ids, self.words = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.append(attributes.get("id"))
        if tag == "img":
            self.images.append(attributes)
        if "href" in attributes:
            self.links.append(attributes["href"])

    def handle_data(self, data):
        self.words.append(data)


def options(*overrides):
    """FEW_ROWS, and what replaces some of it."""
    settings = dict(option.split("=", 1) for option in [*FEW_ROWS, *overrides])
    return [f"{key}={value}" for key, value in settings.items()]


class FiguresTest(ProgramTest):
    def sweep(self, file, *overrides):
        self.flatsweep("run", QUICK, "-o", file, "--quiet", *options(*overrides))

    def figures(self, *arguments):
        """Runs jobs/figures.py in the test's own folder, in this process: exit code, stdout, stderr."""
        said, complained = io.StringIO(), io.StringIO()
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
                code = figures.main([str(argument) for argument in arguments])
        finally:
            os.chdir(before)
        return code, said.getvalue(), complained.getvalue()


class Output(FiguresTest):
    @classmethod
    def setUpClass(cls):
        """A page with every kind of figure."""
        folder = tempfile.TemporaryDirectory(prefix="flatsweep.")
        cls.addClassCleanup(folder.cleanup)
        cls.sweep_folder = pathlib.Path(folder.name)
        cls.page_folder = cls.sweep_folder / "out/figures"
        few = options("--grid.d=8 12", "--grid.activation=relu")
        subprocess.run(command("run", QUICK, "-o", "few.h5", "--quiet", *few), cwd=folder.name, env=ENVIRONMENT, check=True)
        cls.done = subprocess.run([sys.executable, FIGURES, "few.h5", "-o", "out/figures"], cwd=folder.name,
                                  capture_output=True, text=True, timeout=240)

    def test_every_kind_of_figure_is_written(self):
        self.assertEqual((self.done.returncode, self.done.stderr), (0, ""))
        *lines, last = self.done.stdout.splitlines()
        self.assertIn("out/figures/index.html", last)
        self.assertEqual(sorted(line.split()[0] for line in lines), EVERY_KIND)  # a line a figure
        for ending, signature in ((".png", b"\x89PNG"), (".pdf", b"%PDF")):
            files = sorted(self.page_folder.glob("*" + ending))
            self.assertEqual([file.stem for file in files], EVERY_KIND)
            for file in files:
                self.assertTrue(file.read_bytes().startswith(signature), file)

    def test_the_page_has_every_figure_and_where_it_comes_from(self):
        page = Page((self.page_folder / "index.html").read_text(encoding="utf-8"))
        images = [image for image in page.images if "src" in image]
        self.assertEqual(len(images), len(EVERY_KIND))
        for image in images:
            self.assertTrue(image["src"].startswith("data:image/png;base64,"))
            self.assertGreater(len(image["alt"]), 40)
        for link in page.links:
            there = link[1:] in page.ids if link.startswith("#") else link.startswith("data:") or (self.page_folder / link).exists()
            self.assertTrue(there, link)
        self.assertLessEqual({f"#{name}" for name in [*EVERY_KIND, "verdicts-head", "explore", "provenance"]}, set(page.links))
        text = " ".join(page.words)
        self.assertIn("From ../../few.h5.", text)
        self.assertIn("n/d = 6, m/n = 2, 2 seeds.", text)
        with xarray.open_dataset(self.sweep_folder / "few.h5") as results:
            for name in ("digest", "version", "commit", "mpi", "blas"):
                self.assertIn(results.attrs[name], text)
            self.assertIn(results.attrs["resolved"].splitlines()[-1], text)

    def test_what_was_not_asked_for_and_what_the_file_lacks_is_left_out(self):
        self.sweep("few.h5", "--measure.spectrum=off")
        code, _, complaint = self.figures("few.h5", "-o", "out", "--select", "activation=relu", "--select", "indices=4")
        self.assertEqual(code, 0, complaint)
        found = {path.stem for path in (self.folder / "out").glob("*.png")}
        self.assertEqual(found, set(EVERY_KIND) - {"scaling", "soft-rank"})
        page = (self.folder / "out/index.html").read_text(encoding="utf-8")
        self.assertIn(">relu<", page)
        self.assertNotIn(">quadratic<", page)
        self.assertIn("Only rows with activation=relu, indices=4.", page)

    def test_a_figure_says_where_it_comes_from(self):
        with xarray.open_dataset(self.sweep_folder / "few.h5") as results:
            digest = results.attrs["digest"]
        with PIL.Image.open(self.page_folder / "scatter.png") as image:
            self.assertIn(digest, image.text["Description"])
            self.assertEqual(image.text["Title"], "quick: Flatness against loss")
            self.assertIn("few.h5 --only scatter", image.text["Source"])
        self.assertIn(digest.encode(), (self.page_folder / "scatter.pdf").read_bytes())

    def test_only_what_is_asked_for_is_drawn_as_wide_as_asked_for(self):
        self.sweep("few.h5")
        code, said, complaint = self.figures("few.h5", "-o", "out", "--only", "scatter,paper", "--pairs", "relu/matched", "--width", "3.3in",
                                             "--dpi", "100", "--format", "png,svg")
        self.assertEqual(code, 0, complaint)
        names = ["paper-relu-matched", "scatter"]
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         sorted(["index.html", *(f"{name}.{kind}" for name in names for kind in ("png", "svg"))]))
        for name in names:
            with PIL.Image.open(self.folder / f"out/{name}.png") as image:
                self.assertEqual(image.width, 330)
        self.assertEqual(len(said.splitlines()), 3)

    def test_a_file_of_a_user_is_not_taken_for_a_temporary_one(self):
        self.sweep("few.h5")
        (self.folder / "out").mkdir()
        for name in ("scatter.png.tmp", "index.html.tmp"):
            (self.folder / "out" / name).write_text("mine")
        self.assertEqual(self.figures("few.h5", "-o", "out", "--only", "scatter")[0], 0)
        left = sorted(path.name for path in (self.folder / "out").iterdir())
        self.assertEqual(left, ["index.html", "index.html.tmp", "scatter.pdf", "scatter.png", "scatter.png.tmp"])
        for name in ("scatter.png.tmp", "index.html.tmp"):
            self.assertEqual((self.folder / "out" / name).read_text(), "mine")

    def test_a_watched_sweep_is_drawn_until_it_is_done(self):
        self.flatsweep("run", QUICK, "-o", "part.h5", "--quiet", *options(), "--where", "seed=0")
        process = subprocess.Popen([sys.executable, FIGURES, "part.h5", "-o", "out", "--only", "scatter", "--watch", "1"], cwd=self.folder,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        process.stdout.readline()
        self.assertIn("The figures are in", process.stdout.readline())
        self.assertIn('http-equiv="refresh"', (self.folder / "out/index.html").read_text(encoding="utf-8"))
        self.flatsweep("run", QUICK, "-o", "part.h5", "--quiet", *options())
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)
        page = (self.folder / "out/index.html").read_text(encoding="utf-8")
        self.assertIn("24 configurations: 24 solved.", page)
        self.assertNotIn('http-equiv="refresh"', page)


class Trained(FiguresTest):
    TRAINED = ["--grid.activation=relu quadratic", "--grid.d=5", "--grid.gamma=0.1", "--grid.width_ratio=1", "--grid.seed=0..1",
               "--grid.interpolator=gradient_flow:1 flattest_network:16", "--measure.spectrum=off", "--measure.test_samples=0"]

    def test_algorithms_and_their_phases_are_drawn(self):
        self.sweep("trained.h5", *self.TRAINED, "--grid.sample_ratio=1 2 2.6", "--grid.indices=1 3")
        code, said, complaint = self.figures("trained.h5", "-o", "out", "--only", "algorithms,phase,gap", "--format", "png")
        self.assertEqual(code, 0, complaint)
        self.assertEqual({line.split()[0] for line in said.splitlines()[:-1]}, {"algorithms", "phase"})
        found = training_plots.training_rows(study.read_study(self.folder / "trained.h5"))
        with xarray.open_dataset(self.folder / "trained.h5") as results:
            of = {"activation": "relu", "indices": 3, "sample_ratio": 2.0, "seed": 1, "interpolator": "flattest_network:16"}
            row = results.sel(of).squeeze()
            self.assertEqual(row.status, 1)
            chosen = found[(found[list(of)] == list(of.values())).all(axis=1)]
            self.assertAlmostEqual(chosen.ratio.item(), float(row.flatness / row.flatness_teacher), places=12)

    def test_what_predicts_the_gap_is_drawn(self):
        settings = {**dict(option.split("=", 1) for option in options(*self.TRAINED)), "--grid.interpolator": "fixed_decay:1", "--grid.noise": "0.3",
                    "--grid.penalty": "0.001 0.01 0.1", "--grid.sample_ratio": "3", "--measure.spectrum": "on", "--train.steps": "500"}
        self.flatsweep("run", QUICK, "-o", "decay.h5", "--quiet", *(f"{key}={value}" for key, value in settings.items()))
        code, said, complaint = self.figures("decay.h5", "-o", "out", "--only", "algorithms,phase,gap,equal-fit", "--format", "png")
        self.assertEqual(code, 0, complaint)
        self.assertEqual({line.split()[0] for line in said.splitlines()[:-1]}, {"gap", "gap-ordering"})
        means = training_plots.decay_means(study.read_study(self.folder / "decay.h5"))
        with xarray.open_dataset(self.folder / "decay.h5") as results:
            own = results.sel(activation="relu", indices=4).squeeze()
            gaps = (own.in_sample_loss - own.train_loss).mean("seed").values
            predicted = own.optimism.mean("seed").values
        chosen = means[(means.activation == "relu") & (means.indices == 4)]
        numpy.testing.assert_allclose(chosen.in_sample_gap, gaps, rtol=1e-12)
        found = training_plots.gap_orderings(chosen)
        found = found[(found.predictor == "optimism") & (found.target == "in_sample_gap")]
        self.assertAlmostEqual(found.correlation.item(), stats.spearmanr(predicted, gaps)[0], places=12)

    def test_single_trainings_are_drawn(self):
        for name, seed in (("one.h5", 0), ("two.h5", 1)):
            self.flatsweep("solve", QUICK, "-o", name, *options(*self.TRAINED, "--grid.sample_ratio=2", "--grid.activation=relu"), "--seed", seed,
                           "--interpolator", "gradient_flow:1", "--indices", 1)
        code, said, complaint = self.figures("one.h5", "two.h5", "-o", "out", "--format", "png")
        self.assertEqual(code, 0, complaint)
        self.assertIn("out/training.png", said)
        with PIL.Image.open(self.folder / "out/training.png") as image:
            self.assertGreater(numpy.unique(numpy.asarray(image.convert("L"))).size, 10)
        runs = training_plots.read_runs([self.folder / "one.h5", self.folder / "two.h5"])
        self.assertEqual(len(runs), 2)
        for run in runs.values():
            self.assertEqual(run["curve_step"][0], 0)
            self.assertLess(run["curve_loss"][-1], 1e-15 * run["curve_loss"][0])

    def test_a_file_without_training_is_no_single_training(self):
        self.flatsweep("solve", QUICK, "-o", "one.h5", *options(), "--id", 0)
        self.assertEqual(training_plots.read_runs([self.folder / "one.h5"]), {})
        self.assertEqual(self.figures("one.h5", "-o", "out")[0], BAD_INPUT)


class Numbers(FiguresTest):
    def test_curves_are_means_over_the_seeds_that_were_solved(self):
        # sigma linear on tanh: n > d labels out of reach; relu at r = 1 loses rank as gamma nears 1
        self.sweep("some.h5", "--grid.activation=linear relu", "--grid.link=tanh", "--grid.indices=1", "--grid.seed=0..5",
                   "--grid.gamma=0.5 0.8 0.9 0.93 0.96")
        with xarray.open_dataset(self.folder / "some.h5") as results:
            status = results.status.sel(activation="relu").squeeze().values
            flatness = results.flatness.sel(activation="relu").squeeze().values
            loss = results.relative_loss.sel(activation="relu").squeeze().values
        found = study.read_study(self.folder / "some.h5")
        self.assertEqual([curve.activation for curve in found.curves], ["relu"])
        self.assertEqual(found.statuses()["infeasible"], 30 + int((status == 2).sum()))
        curve = found.curves[0]
        numpy.testing.assert_array_equal(curve.solved, (status == 1).sum(axis=0))
        numpy.testing.assert_array_equal(curve.in_verdicts, (status == 1).all(axis=0))
        self.assertFalse(curve.in_verdicts.all(), "every seed is feasible: nothing was tested")
        for k in numpy.flatnonzero(curve.solved):
            solved = status[:, k] == 1
            self.assertAlmostEqual(curve.mean("flatness")[k] / flatness[solved, k].mean(), 1, places=12)
            self.assertAlmostEqual(curve.mean("loss")[k] / loss[solved, k].mean(), 1, places=12)
            if solved.sum() > 1:
                self.assertAlmostEqual(curve.error("flatness")[k] / stats.sem(flatness[solved, k]), 1, places=9)
        counted = numpy.flatnonzero(curve.in_verdicts)
        self.assertEqual(curve.flattest, counted[curve.mean("flatness")[counted].argmin()])

    def test_losses_that_are_rounding_errors_are_no_order(self):
        self.sweep("linear.h5", "--grid.activation=linear", "--grid.link=linear", "--grid.indices=1")
        found = study.read_study(self.folder / "linear.h5")
        curve = found.curves[0]
        numpy.testing.assert_array_equal(curve.mean("loss"), 0)
        shown, rounded = curve.loss_on_log_axis()
        self.assertTrue(rounded.all() and (shown > 0).all() and (shown < 1e-10).all())
        for correlations in summary_plots.orderings(found).values():
            self.assertTrue(numpy.isnan(list(correlations.values())).all())

    def test_a_selection_of_seeds_and_gammas_is_a_study_of_its_own(self):
        self.sweep("few.h5", "--grid.gamma=lin(0.1, 0.9, 4)", "--grid.seed=0..2")
        with xarray.open_dataset(self.folder / "few.h5") as results:
            part = results.flatness.sel(activation="relu", indices=4).squeeze().isel(seed=[0, 2], gamma=[1, 2])
        found = study.read_study(self.folder / "few.h5", ["activation=relu", "indices=4", "seed!=1", "gamma=0.366667 0.633333"])
        curve, = found.curves
        numpy.testing.assert_array_equal(curve.gamma, part.gamma.values)
        numpy.testing.assert_allclose(curve.mean("flatness"), part.mean("seed").values, rtol=1e-14)
        self.assertEqual((found.seeds, curve.rows, found.statuses()["solved"]), (2, 4, 4))

    def test_rank_correlations_are_those_of_scipy(self):
        random = numpy.random.default_rng(5)
        for _ in range(20):
            one, other = random.integers(0, 6, (2, 12)).astype(float)  # with ties
            self.assertAlmostEqual(summary_plots.spearman(one, other), stats.spearmanr(one, other)[0], places=12)
        self.assertTrue(numpy.isnan(summary_plots.spearman([1, 2], [1, 2])))
        self.assertTrue(numpy.isnan(summary_plots.spearman([1, 1, 1], [1, 2, 3])))
        self.assertAlmostEqual(summary_plots.spearman([1, 2, 3, numpy.nan], [1, 3, 2, 0]), 0.5)

    def test_a_power_law_is_fitted_exactly(self):
        d = numpy.array([25.0, 50.0, 100.0])
        slope, factor = summary_plots.fitted_power(d, 3 * d**0.75)
        self.assertAlmostEqual(slope, 0.75)
        self.assertAlmostEqual(factor, 3)

    def test_the_ratio_is_of_the_smallest_gamma_to_the_flattest_and_to_the_teacher(self):
        self.sweep("d.h5", "--grid.d=8 12", "--grid.activation=relu", "--grid.indices=2")
        with xarray.open_dataset(self.folder / "d.h5") as results:
            flatness = results.flatness.squeeze().values  # d, seed, gamma
            teacher = results.flatness_teacher.squeeze().values
        found = study.read_study(self.folder / "d.h5")
        (d, ratio, _), = summary_plots.ratios_over_d(found, "flattest").values()
        (_, to_teacher, _), = summary_plots.ratios_over_d(found, "teacher").values()
        numpy.testing.assert_array_equal(d, [8, 12])
        for k in range(2):
            flattest = flatness[k].mean(axis=0).argmin()
            self.assertAlmostEqual(ratio[k], (flatness[k, :, 0] / flatness[k, :, flattest]).mean(), places=12)
            self.assertAlmostEqual(to_teacher[k], (flatness[k, :, 0] / teacher[k, :, 0]).mean(), places=12)

    def test_many_curves_are_spread_over_figures(self):
        self.sweep("many.h5", "--grid.noise=0 0.1 0.2 0.3", "--grid.activation=relu")  # with 2 indices: 8 a panel
        found = study.read_study(self.folder / "many.h5")
        groups = panels.parts(found.curves)
        self.assertEqual([shared for shared, _ in groups], [{"indices": 1}, {"indices": 4}])
        self.assertEqual(sum(len(curves) for _, curves in groups), len(found.curves))


class NearInterpolators(FiguresTest):
    def setUp(self):
        super().setUp()
        self.sweep("near.h5", "--grid.activation=relu quadratic", "--grid.indices=2", "--grid.gamma=0.1 0.4 0.7 0.9", "--grid.noise=0 0.5",
                   "--grid.penalty=0 1e-2 0.1 1 10")
        self.found = study.read_study(self.folder / "near.h5")

    def test_they_have_figures_of_their_own(self):
        kinds = ["penalty-loss", "trade-off", "penalty-ordering", "equal-fit", "predicted-gap"]
        code, _, complaint = self.figures("near.h5", "-o", "out", "--only", ",".join(kinds), "--format", "png", "--dpi", "50")
        self.assertEqual(code, 0, complaint)
        self.assertEqual({path.stem for path in (self.folder / "out").glob("*.png")}, set(kinds))
        self.sweep("few.h5")
        self.assertEqual(plots.plans(study.read_study(self.folder / "few.h5"), kinds), [])

    def test_a_path_has_the_means_of_the_file(self):
        (_, axis, paths), = penalty_plots.families(self.found)
        self.assertEqual((axis, len(paths)), ("noise", 4))
        with xarray.open_dataset(self.folder / "near.h5") as results:
            for path in paths:
                rows = results.sel(activation=path.activation, noise=path.noise).squeeze().mean("seed")
                numpy.testing.assert_array_equal(path.penalties, results.penalty.values)
                for name in ("flatness", "train_loss", "loo_loss"):
                    numpy.testing.assert_allclose(path.mean(name), rows[name].transpose("penalty", "gamma").values, rtol=1e-12)
                loo = rows.loo_loss.transpose("penalty", "gamma").values
                if path.activation == "relu":
                    self.assertTrue(numpy.isnan(loo[0]).all())
                numpy.testing.assert_array_equal(path.chosen(), numpy.nanargmin(loo, axis=0))
                losses = path.mean("loss")
                self.assertEqual(path.best(), numpy.log(losses).mean(axis=1).argmin())
                self.assertEqual(path.samples(), 72)

    def test_equal_fit_is_between_two_penalties_of_the_grid(self):
        (_, _, paths), = penalty_plots.families(self.found)
        for path in paths:
            train, flatness, loss = (path.mean(name) for name in ("train_loss", "flatness", "loss"))
            self.assertTrue((numpy.diff(train, axis=0) > -1e-12).all())
            for g in range(len(path.gamma)):
                found = path.at_training_loss(train[2, g])[:, g]
                numpy.testing.assert_allclose(found, [flatness[2, g], loss[2, g]], rtol=1e-9)
                between = path.at_training_loss(numpy.sqrt(train[1, g] * train[2, g]))[:, g]
                numpy.testing.assert_allclose(between, numpy.sqrt([flatness[1, g] * flatness[2, g], loss[1, g] * loss[2, g]]), rtol=1e-9)
            self.assertTrue(numpy.isnan(path.at_training_loss(1e9)).all())

    def test_zero_has_a_place_on_an_axis_of_penalties(self):
        numpy.testing.assert_allclose(penalty_plots.with_margin(numpy.array([0, 1e-4, 1])), [1e-5, 1e-4, 1])
        numpy.testing.assert_array_equal(penalty_plots.with_margin(numpy.array([0.1, 1])), [0.1, 1])


class Agreement(FiguresTest):
    """The terminal, the CSV and the page name the same flattest gamma, best gamma and rank correlation."""
    SEVERAL = ["--grid.seed=0..3", "--grid.gamma=0.1 0.4 0.7 0.9", "--grid.interpolator=flattest random"]
    # sigma relu on tanh loses rank as gamma nears 1
    INFEASIBLE = ["--grid.activation=relu", "--grid.link=tanh", "--grid.indices=1", "--grid.seed=0..5",
                  "--grid.gamma=0.3 0.5 0.8 0.9 0.93 0.96"]

    def told_by_the_terminal(self, file):
        """(solved rows, flattest, best, Spearman over gamma, its interval) of every table with a solved row."""
        tables = self.flatsweep("show", file, "--details").stdout.split("\n\n")
        solved = [re.search(r"(?m)^rows: .*?(\d+) solved", table) for table in tables]
        return [(solved[1], *self.verdict(table)) for table, solved in zip(tables, solved) if solved]

    def verdict(self, table):
        named = re.search(r"flattest at gamma (\S+) .*?(?:least loss at gamma (\S+) |which is the least loss)", table)
        correlation = re.search(r"(?m)^  flatness +(\S+)", table)[1]
        interval = re.search(r"interval (\S+) to (\S+)\n", table)
        return (*((named[1], named[2] or named[1]) if named else ("-", "-")), correlation,
                *(interval.groups() if interval else ("-", "-")))

    def told_by_the_verdict_table(self, file):
        """(flattest, best, Spearman, its interval) of every line of the table, in fewer digits."""
        lines = re.findall(r"(?m) (\S+) +\S+ +(\S+) +\S+ +(-?\d\.\d\d) \[(\S+), (\S+)\]  \S", self.flatsweep("show", file).stdout)
        return [tuple(float(number) for number in line) for line in lines]

    def told_by_the_csv(self, file):
        """The same of the lines that `show --csv` prints."""
        lines = pandas.read_csv(io.StringIO(self.flatsweep("show", file, "--csv").stdout))
        axes = list(lines.columns[:lines.columns.get_loc("gamma")])
        told = []
        for _, curve in lines.groupby(axes, sort=False):
            correlations = curve[["spearman_over_gamma_flatness", "spearman_lower_flatness", "spearman_upper_flatness"]].iloc[0]
            named = [f"{curve.gamma[curve[mark] == 1].iloc[0]:.6g}" if curve[mark].any() else "-" for mark in ("flattest", "best")]
            if curve.solved.any():
                told.append((str(curve.solved.sum()), *named, *("-" if numpy.isnan(number) else f"{round(number, 3):g}" for number in correlations)))
        return told

    def told_by_the_page(self, file):
        """The same of the table on the page."""
        code, _, complaint = self.figures(file, "-o", "out", "--only", "status")
        self.assertEqual(code, 0, complaint)
        body = re.search(r"(?s)<tbody>(.*)</tbody>", (self.folder / "out/index.html").read_text(encoding="utf-8"))[1]
        told = []
        for row in body.splitlines():
            if cells := re.findall(r'<td data-order="[^"]*">([^<]*)</td>', row):
                correlation, _, interval = cells[8].partition(" ")
                ends = interval.strip("[]").split(", ") if interval else ["–", "–"]
                told.append((cells[0].split()[0], *(cell if cell == "–" else f"{float(cell):g}" for cell in (cells[1], cells[4], correlation, *ends))))
        return [tuple(text.replace("–", "-") for text in line) for line in told]

    def assert_agree(self, file):
        terminal, table, page = self.told_by_the_terminal(file), self.told_by_the_csv(file), self.told_by_the_page(file)
        self.assertEqual(terminal, table)
        self.assertEqual([line[:4] for line in table], [line[:4] for line in page])
        for of_table, of_page in zip(table, page):
            for one, other in zip(of_table[4:], of_page[4:]):
                self.assertTrue(one == other or abs(float(one) - float(other)) <= 0.0051, (of_table, of_page))
        with_interval = [tuple(map(float, line[1:])) for line in table if "-" not in line]
        numpy.testing.assert_allclose(self.told_by_the_verdict_table(file), with_interval, atol=0.0051)
        return table

    def test_on_a_file_that_is_half_done(self):
        self.flatsweep("run", QUICK, "-o", "half.h5", "--quiet", *options(*self.SEVERAL), "--where", "seed=0 1", "--pilot", "48")
        told = self.assert_agree("half.h5")
        self.assertNotIn("-", {flattest for _, flattest, *_ in told})  # pending is not infeasible

    def test_on_a_file_with_infeasible_rows(self):
        self.sweep("some.h5", *self.INFEASIBLE)
        told = self.assert_agree("some.h5")
        self.assertLess(int(told[0][0]), 36, "every row is solved: nothing was tested")

    def test_on_a_file_of_several_seeds_and_interpolators(self):
        self.sweep("several.h5", *self.SEVERAL)
        self.assertEqual(len(self.assert_agree("several.h5")), 8)


class BadInput(FiguresTest):
    def assert_refused(self, *arguments, says):
        code, _, complaint = self.figures(*arguments)
        self.assertEqual(code, BAD_INPUT)
        self.assertTrue(complaint.startswith("figures.py: "), complaint)
        self.assertEqual(len(complaint.splitlines()), 1, complaint)
        for word in says:
            self.assertIn(word, complaint)

    def test_help_names_every_option(self):
        page = subprocess.run([FIGURES, "--help"], capture_output=True, text=True, check=True).stdout
        for option in ("FILE", "--output", "--where", "--select", "--pairs", "--only", "--width", "--dpi", "--format", "--watch"):
            self.assertIn(option, page)

    def test_files_that_are_no_results_are_refused_with_a_remedy(self):
        self.assert_refused("absent.h5", "-o", "out", says=["no file absent.h5", "flatsweep run"])
        (self.folder / "text.h5").write_text("not HDF5")
        self.assert_refused("text.h5", "-o", "out", says=["text.h5 cannot be read"])
        self.flatsweep("solve", QUICK, *FEW_ROWS, "--id", 0, "-o", "one.h5")
        self.assert_refused("one.h5", "-o", "out", says=["one.h5", "flatsweep run"])
        self.assertFalse((self.folder / "out").exists())

    def test_a_file_without_solved_rows_is_refused(self):
        self.sweep("none.h5", "--grid.activation=linear", "--grid.link=tanh")
        self.assert_refused("none.h5", "-o", "out", says=["no solved row", "12 infeasible"])

    def test_what_cannot_be_selected_or_written_is_named(self):
        self.sweep("few.h5")
        self.assert_refused("few.h5", "-o", "out", "--select", "colour=red", says=["colour", "activation"])
        self.assert_refused("few.h5", "-o", "out", "--select", "indices=3", says=["indices=3", "1 4"])
        self.assert_refused("few.h5", "-o", "out", "--select", "relu", says=["--select activation="])
        self.assert_refused("few.h5", "-o", "out", "--where", "colour=red", says=["colour", "activation"])
        self.assert_refused("few.h5", "-o", "out", "--only", "pie", says=["--only pie", "scatter", "status"])
        self.assert_refused("few.h5", "-o", "out", "--format", "gif", says=["--format gif", "png"])
        self.assert_refused("few.h5", "-o", "out", "--width", "wide", says=["--width wide", "3.3in"])
        self.assert_refused("few.h5", "-o", "out", "--pairs", "relu/tanh", says=["--pairs relu/tanh", "relu/matched"])
        (self.folder / "out").write_text("in the way")
        self.assert_refused("few.h5", "-o", "out", says=["cannot write to out"])

    def test_a_missing_or_older_program_is_named(self):
        self.sweep("few.h5")
        older = self.folder / "older"
        older.write_text("#!/bin/sh\necho activation,gamma,flatness_median\n")
        older.chmod(0o755)
        for program, says in (("/absent/flatsweep", ["FLATSWEEP=/absent/flatsweep"]), (str(older), ["another version"])):
            with unittest.mock.patch.dict(os.environ, FLATSWEEP=program):
                self.assert_refused("few.h5", "-o", "out", says=says)
        with unittest.mock.patch.dict(os.environ, PATH=""), unittest.mock.patch.object(study.reader.program, "BESIDE", ["absent"]):
            del os.environ["FLATSWEEP"]  # put back by the patch
            self.assert_refused("few.h5", "-o", "out", says=["flatsweep is missing", "FLATSWEEP=PROGRAM"])

    def test_a_missing_package_is_named(self):
        done = subprocess.run([sys.executable, "-S", FIGURES, "few.h5", "-o", "out"], cwd=self.folder,
                              capture_output=True, text=True, timeout=60)  # -S: no packages
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("apt-get install python3-xarray python3-h5netcdf python3-matplotlib", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
