"""Figures of trained networks: flatness against loss by algorithm, where they recover the teacher, what predicts the gap of a
fixed weight decay, and single runs step by step. Each function but the last yields name, title, caption and a function that
draws."""
import functools

import numpy
import pandas
import xarray
from matplotlib.colors import LogNorm
from matplotlib.lines import Line2D

import labels
import panels as base
from curve_plots import part_name, part_title
from layout import finish
from panels import COLOURS, GREY, LINES, MARKERS, plt
from summary_plots import spearman

LEAST_LOSS = 1e-16  # a loss of 0 on a logarithmic axis
SCALE_COLOURS = {"": GREY, "16": COLOURS[1], "4": COLOURS[4], "1": COLOURS[0], "best": COLOURS[2]}
RUN_CURVES = {"curve_loss": "loss $L$", "curve_trace": r"$\mathrm{tr}\,H$ on the way", "curve_alignment": "alignment"}
GAPS = {"in_sample_gap": "in sample", "generalisation_gap": "on fresh data"}
PREDICTORS = ["optimism", "squared_norm_trained", "flatness_trained", "flatness", "hessian_max_trained", "takeuchi"]
TARGETS = {"in_sample_gap": "gap in sample", "generalisation_gap": "gap on fresh data", "population_loss": "loss on fresh data"}


def solved_rows(study, variables):
    """A DataFrame of the solved rows: all axes, and these variables; empty if a file lacks one."""
    if not all(name in file.data for file in study.files for name in variables):
        return pandas.DataFrame()
    tables = []
    for file in study.files:
        table = xarray.Dataset({name: file.rows(name) for name in ("status", *variables)}).to_dataframe().reset_index()
        tables.append(table[table.status == 1].assign(file=file.name))
    rows = pandas.concat(tables, ignore_index=True)
    pairs = base.pairs_of(study.curves)
    return rows[[pair in pairs for pair in zip(rows.activation, rows.link)]]


def axes_of(study):
    return list(dict.fromkeys(axis for file in study.files for axis in file.axes)) + ["file"]


def geometric_mean(numbers):
    return numpy.exp(numpy.log(numbers).mean())


def training_rows(study):
    """Those of trained interpolators and others of the same study, with the ratio of their flatness to the teacher's, if the
    teacher's is known; empty if fewer than two interpolators are trained."""
    rows = solved_rows(study, ["flatness", "flatness_teacher", "relative_loss", "flatness_trained"])
    if rows.empty or rows.interpolator[numpy.isfinite(rows.flatness_trained)].nunique() < 2:
        return pandas.DataFrame()
    known = numpy.isfinite(rows.flatness_teacher).all()
    return rows.assign(ratio=rows.flatness / (rows.flatness_teacher if known else 1.0), relative_loss=rows.relative_loss.clip(lower=LEAST_LOSS))


def algorithms(study):
    rows = training_rows(study)
    if rows.empty:
        return
    axes = [axis for axis in axes_of(study) if axis != "seed"]
    means = rows.groupby(axes, sort=False)[["ratio", "relative_loss"]].agg(geometric_mean).reset_index()
    yield ("algorithms", "Flatness against loss, by algorithm",
           "A point for each interpolator and value of the other axes: geometric means over solved seeds. Shape: the algorithm; colour: the "
           "scale of its start. Dotted: the teacher's flatness, and the loss of predicting the mean.",
           functools.partial(draw_algorithms, study, means, not numpy.isfinite(rows.flatness_teacher).all()))


def draw_algorithms(study, means, is_absolute):
    figure, panels = base.pair_sheet(study.curves, height=1.9, share_y=False)
    names = list(dict.fromkeys(means.interpolator))
    kinds = list(dict.fromkeys(name.partition(":")[0] for name in names))
    signs = {name: {"marker": (MARKERS + ["X", "*"])[kinds.index(kind) % 8], "color": SCALE_COLOURS.get(scale, COLOURS[3])}
             for name in names for kind, _, scale in [name.partition(":")]}
    for (activation, link), panel in panels.items():
        own = means[(means.activation == activation) & (means.link == link)]
        for name, points in own.groupby("interpolator", sort=False):
            panel.plot(points.ratio, points.relative_loss, linestyle="", markersize=3.5, markeredgewidth=0.6, markerfacecolor="none", **signs[name])
        base.logarithmic(panel, "x", "y")
        base.mean_line(panel)
        if not is_absolute:
            panel.axvline(1, color="#444444", linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
    entries = [Line2D([], [], linestyle="", markersize=4, markerfacecolor="none", label=labels.setting("interpolator", name).replace(":", ", "),
                      **sign) for name, sign in signs.items()]
    finish(figure, panels.values(), labels.head(study), labels.FLATNESS_AXIS if is_absolute else f"flatness over the teacher's   ({labels.FLATTER})",
           labels.RELATIVE_LOSS, entries)
    return figure


def phase(study):
    """A map for each value of the axes that are not on it."""
    rows = training_rows(study)
    if rows.empty or rows.sample_ratio.nunique() < 3:
        return
    rows = rows[numpy.isfinite(rows.flatness_trained)]
    on_map = {"activation", "interpolator", "indices", "sample_ratio", "seed"}
    rest = [axis for axis in axes_of(study) if axis not in on_map and rows[axis].nunique() > 1]
    groups = rows.groupby(rest, sort=False) if rest else [((), rows)]
    for values, own in list(groups)[:base.FIGURES_A_KIND]:
        shared = dict(zip(rest, values if isinstance(values, tuple) else (values,)))
        yield (part_name("phase", shared), part_title("Where training recovers the teacher", shared),
               "Over samples per dimension and the number of index directions: the loss (dark: the teacher is recovered) and the flatness over the "
               "teacher's, geometric means over solved seeds. White: no seed is solved.",
               functools.partial(draw_phase, study, own, shared))


def draw_phase(study, rows, shared):
    activations, interpolators = list(dict.fromkeys(rows.activation)), list(dict.fromkeys(rows.interpolator))
    maps = {"relative_loss": (LogNorm(1e-6, 1.0, clip=True), "viridis", labels.RELATIVE_LOSS),
            "ratio": (LogNorm(0.5, 2.0, clip=True), "RdBu_r", "flatness over the teacher's")}
    places = {(activation, name, interpolator): (i, k) for i, (name, interpolator) in
              enumerate((name, interpolator) for name in maps for interpolator in interpolators) for k, activation in enumerate(activations)}
    ratios, indices = sorted(rows.sample_ratio.unique()), sorted(rows.indices.unique())
    figure, panels = base.sheet(places, height=0.5 + 0.16 * len(indices))
    for (activation, name, interpolator), panel in panels.items():
        own = rows[(rows.activation == activation) & (rows.interpolator == interpolator)]
        grid = own.pivot_table(index="indices", columns="sample_ratio", values=name, aggfunc=geometric_mean)
        norm, colours, _ = maps[name]
        panel.imshow(grid.reindex(index=indices, columns=ratios).values, aspect="auto", origin="lower", interpolation="nearest", cmap=colours, norm=norm)
        panel.grid(False)
        panel.set_title(f"{labels.activation(activation)}, {labels.setting('interpolator', interpolator).replace(':', ', ')}")
        panel.set_xticks(range(len(ratios)), [f"{ratio:g}" for ratio in ratios])
        panel.set_yticks(range(len(indices)), [str(r) for r in indices])
    for name, (norm, colours, text) in maps.items():
        beside = [panel for (_, quantity, _), panel in panels.items() if quantity == name]
        bar = figure.colorbar(plt.cm.ScalarMappable(norm, colours), ax=beside, pad=0.01, fraction=0.05, aspect=15)
        bar.set_label(text, fontsize=6)
        bar.outline.set_linewidth(0.5)
        if name == "ratio":
            bar.set_ticks([0.5, 1, 2], labels=["0.5", "1", "2"])
            bar.minorticks_off()
    finish(figure, panels.values(), labels.head(study, shared), "$n/d$", "$r$")
    return figure


def decay_means(study):
    """Means over solved seeds of networks with a fixed weight decay, for each value of the other axes."""
    rows = solved_rows(study, ["train_loss", "in_sample_loss", "generalisation_gap", "population_loss", *PREDICTORS])
    if rows.empty or not (rows.interpolator.str.startswith("fixed_decay")).any():
        return pandas.DataFrame()
    rows = rows[rows.interpolator.str.startswith("fixed_decay")]
    rows = rows.assign(in_sample_gap=rows.in_sample_loss - rows.train_loss)
    axes = [axis for axis in axes_of(study) if axis != "seed"]
    return rows.groupby(axes, sort=False)[[*TARGETS, *PREDICTORS]].mean().reset_index()


def decay(study):
    means = decay_means(study)
    if means.empty or means.penalty.nunique() < 2:
        return
    yield ("gap", "Predicted against true gap under weight decay",
           "Means over solved seeds, a point for each weight decay λ, its colour, and value of the other axes. Across: the gap that the soft rank of the "
           "Hessian predicts, (2ζ²/n) tr H (H + 2λ)⁻¹ at the weights as trained (arXiv 2506.17809). Up: loss with fresh labels at the same points, or on "
           "fresh data, less the training loss. Dotted: equal. Gaps below 0 are left out.", functools.partial(draw_gaps, study, means))
    yield ("gap-ordering", "What orders weight decays by gap and loss",
           "Spearman correlation over λ of the seed means: medians over the values of the other axes, lines from the least to the largest.",
           functools.partial(draw_gap_ordering, study, means))


def draw_gaps(study, means):
    pairs = base.pairs_of(study.curves)
    figure, panels = base.sheet({(*pair, gap): (k, i) for k, pair in enumerate(pairs) for i, gap in enumerate(GAPS)}, height=1.8, share_y=False)
    norm = LogNorm(means.penalty.min(), means.penalty.max())
    noises = list(dict.fromkeys(means.noise))
    for (activation, link, gap), panel in panels.items():
        own = means[(means.activation == activation) & (means.link == link)]
        for k, noise in enumerate(noises):
            points = own[own.noise == noise]
            panel.scatter(points.optimism, points[gap], c=points.penalty, cmap=base.GAMMAS, norm=norm, s=12, linewidths=0, marker=MARKERS[k % len(MARKERS)])
        ends = own.optimism.min(), own.optimism.max()
        panel.plot(ends, ends, color="#444444", linewidth=0.8, linestyle=(0, (1, 2)))
        base.logarithmic(panel, "x", "y")
        panel.set_title(f"{labels.activation(activation)}, {GAPS[gap]}")
    bar = figure.colorbar(plt.cm.ScalarMappable(norm, base.GAMMAS), ax=figure.axes, pad=0.01, fraction=0.05, aspect=25)
    bar.ax.set_title(r"$\lambda$", pad=3)
    bar.outline.set_linewidth(0.5)
    entries = [Line2D([], [], linestyle="", marker=MARKERS[k % len(MARKERS)], color="#444444", markersize=4, label=labels.setting("noise", noise))
               for k, noise in enumerate(noises)]
    finish(figure, panels.values(), labels.head(study), r"predicted gap $(2\zeta^2/n)\,\mathrm{tr}\,H(H+2\lambda)^{-1}$", "gap", entries)
    return figure


def gap_orderings(means):
    """A DataFrame of Spearman correlations over the penalty: a line for each value of the other axes, predictor and target."""
    values = {"penalty", *TARGETS, *PREDICTORS}
    cells = means.groupby([axis for axis in means.columns if axis not in values], sort=False)
    return pandas.DataFrame([{"activation": own.activation.iloc[0], "predictor": predictor, "target": target,
                              "correlation": spearman(own[predictor], own[target])}
                             for _, own in cells for predictor in PREDICTORS for target in TARGETS])


def draw_gap_ordering(study, means):
    found = gap_orderings(means)
    activations = list(dict.fromkeys(means.activation))
    figure, panels = base.sheet({activation: (0, k) for k, activation in enumerate(activations)}, height=1.9, share_y=True)
    for activation, panel in panels.items():
        for k, target in enumerate(TARGETS):
            own = found[(found.activation == activation) & (found.target == target)].groupby("predictor").correlation
            heights = numpy.arange(len(PREDICTORS)) + 0.25 * (k - 1)
            low, middle, high = (getattr(own, name)().reindex(PREDICTORS).values for name in ("min", "median", "max"))
            panel.hlines(heights, low, high, color=COLOURS[k], linewidth=0.6, alpha=0.6)
            panel.plot(middle, heights, linestyle="", marker=MARKERS[k], color=COLOURS[k], markersize=3.5)
        panel.set_title(labels.activation(activation))
        panel.set(xlim=(-1.08, 1.08), xticks=[-1, 0, 1])
        panel.set_yticks(range(len(PREDICTORS)), [labels.MEASURES.get(name, name.replace("_", " ")) for name in PREDICTORS])
        panel.set_ylim(len(PREDICTORS) - 0.5, -0.5)
        panel.axvline(0, color="#999999", linewidth=0.6)
    entries = [Line2D([], [], linestyle="", marker=MARKERS[k], color=COLOURS[k], markersize=4, label=text) for k, text in enumerate(TARGETS.values())]
    finish(figure, panels.values(), labels.head(study), r"Spearman correlation $\rho$ over $\lambda$", "", entries)
    return figure


def read_runs(paths):
    """Return name -> arrays of the files of one configuration that `flatsweep solve` wrote; empty if one is none of a trained network."""
    runs = {}
    for path in paths:
        try:
            with xarray.open_dataset(path, engine="h5netcdf", phony_dims="sort") as opened:
                if not RUN_CURVES.keys() <= opened.variables.keys():
                    return {}
                told = [labels.activation(opened.attrs["activation"]), labels.setting("interpolator", opened.attrs["interpolator"])]
                told += [labels.setting(axis, opened.attrs[axis]) for axis in ("indices", "d", "sample_ratio", "gamma", "seed")]
                runs[", ".join(told)] = {name: opened[name].values.astype(float) for name in ("curve_step", *RUN_CURVES)}
        except OSError:
            return {}
    return runs


def draw_runs(runs):
    """Draw loss, trace and alignment over the steps of single trainings."""
    rows = RUN_CURVES
    figure, panels = base.sheet({name: (0, k) for k, name in enumerate(rows)}, height=2.0, share_y=False)
    for name, panel in panels.items():
        for k, run in enumerate(runs.values()):
            steps = run["curve_step"] + 1  # the start on a logarithmic axis
            panel.plot(steps, numpy.maximum(run[name], 1e-30), color=COLOURS[k % len(COLOURS)], linestyle=LINES[k % len(LINES)])
        base.logarithmic(panel, "x", *(["y"] if name != "curve_alignment" else []))
        panel.set_title(rows[name])
    entries = [Line2D([], [], color=COLOURS[k % len(COLOURS)], linestyle=LINES[k % len(LINES)], label=name) for k, name in enumerate(runs)]
    finish(figure, panels.values(), "loss and trace without label noise; the last point is after the finish", "step + 1", "", entries)
    return figure
