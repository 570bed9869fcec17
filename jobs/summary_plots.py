"""Figures of whole curves: ratios of flatness over d, what orders the interpolators, what became of the rows. Each function
yields name, title, caption and a function that draws."""
import functools

import numpy
import pandas
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

import labels
import panels as base
from curve_plots import part_name
from layout import finish
from panels import COLOURS, LINES, MARKERS
from study import STATUSES

STATUS_COLOURS = ["#DDDDDD", "#0072B2", "#E69F00", "#CC79A7", "#D55E00", "#000000"]
DIFFERENT_SIGNS = len(MARKERS) * len(COLOURS)


def flatness_ratio(curve, reference):
    """Return mean and standard error, over seeds, of the flatness at the smallest gamma in verdicts over that of the
    reference, `flattest` or `teacher`; NaN if fewer than two gammas count, or there is no teacher."""
    usable = numpy.flatnonzero(curve.in_verdicts)
    if len(usable) < 2:
        return numpy.nan, numpy.nan
    smallest = usable[numpy.argmin(curve.gamma[usable])]
    name = f"flatness_over_{reference}"
    return curve.mean(name)[smallest], curve.error(name)[smallest]


def fitted_power(d, ratio):
    """Return slope and factor of the least-squares line of log ratio over log d."""
    slope, intercept = numpy.polyfit(numpy.log(d), numpy.log(ratio), 1)
    return slope, numpy.exp(intercept)


def ratios_over_d(study, reference):
    """Return a dict (activation, link, other axes) -> d, ratios, their errors; empty if d has a single value.
    reference: `flattest` or `teacher`."""
    families = {}
    for curve in study.curves if reference == "teacher" else base.without_copies(study.curves)[0]:
        if "d" not in curve.others:
            continue
        ratio, error = flatness_ratio(curve, reference)
        if numpy.isfinite(ratio):
            key = (curve.activation, curve.link, curve.place_without("d"))
            families.setdefault(key, []).append((curve.others["d"], ratio, error))
    return {key: numpy.array(sorted(points)).T for key, points in families.items() if len(points) > 1}


def scaling(study):
    families = {name: found for name in ("flattest", "teacher") if (found := ratios_over_d(study, name))}
    if families:
        yield ("scaling", "How much flatter is the flattest, as d grows",
               "Ratio of a bad interpolator's flatness (smallest γ) to the flattest one's and to the teacher's (if it is defined): "
               "means over seeds, standard errors, fitted power laws (Theorem 2 of arXiv 2606.04429).",
               functools.partial(draw_scaling, study, families))


def draw_scaling(study, families):
    references = {"flattest": r"over that of the flattest $\gamma$", "teacher": "over the teacher's"}
    figure, panels = base.sheet({name: (0, k) for k, name in enumerate(families)}, height=2.2, share_y=False)
    keys = list(dict.fromkeys(key for found in families.values() for key in found))
    for name, panel in panels.items():
        draw_powers(panel, families[name], keys)
        panel.set_title(references[name])
    entries = [Line2D([], [], marker=MARKERS[k % 6], linestyle=LINES[k % 6], color=COLOURS[k % 6], markersize=4,
                      label=", ".join(filter(None, [labels.activation(activation), labels.link(link), labels.settings(rest)])))
               for k, (activation, link, rest) in enumerate(keys)]
    finish(figure, panels.values(), labels.head(study), "$d$", r"flatness at the smallest $\gamma$", entries)
    return figure


def draw_powers(panel, families, keys):
    slopes = []
    for key, (d, ratio, error) in families.items():
        k = keys.index(key) % 6
        slope, factor = fitted_power(d, ratio)
        slopes.append(Line2D([], [], linestyle=LINES[k], color=COLOURS[k], label=f"$d^{{{round(slope, 2) + 0.0:.2f}}}$"))
        panel.errorbar(d, ratio, yerr=error, fmt=MARKERS[k], color=COLOURS[k], capsize=2, markersize=4)
        panel.plot(d, factor * d**slope, linestyle=LINES[k], color=COLOURS[k])
    base.logarithmic(panel, "x", "y")
    ticks = sorted({value for d, _, _ in families.values() for value in d})
    panel.set_xticks(ticks, [f"{value:g}" for value in ticks])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.legend(handles=slopes, fontsize=6, framealpha=0.7, edgecolor="none")


def orderings(study):
    """Return a dict (activation, link, other axes but the interpolator) -> measure -> correlation and its interval: Spearman's, of
    the means with those of the loss, over gamma and interpolators together; only gammas in verdicts. For one interpolator it
    is the program's own; for several there is no interval."""
    pools = {}
    for curve in base.without_copies(study.curves)[0]:
        pools.setdefault((curve.activation, curve.link, curve.place_without("interpolator")), []).append(curve)
    names = [name for name in study.measures if not name.startswith("soft_rank_") or name in study.ridges]
    return {key: {name: ordered(curves, name) for name in names} for key, curves in pools.items()}


def ordered(curves, name):
    if len(curves) == 1:
        return curves[0].spearman(name), *curves[0].spearman_interval(name)
    lines = pandas.concat([curve.lines[curve.in_verdicts] for curve in curves])
    return spearman(lines[f"{name}_mean"], lines.loss_mean), numpy.nan, numpy.nan


def spearman(one, other):
    """Return the rank correlation of the points that both have; NaN for fewer than three, and if one side is constant."""
    return pandas.DataFrame({"one": one, "other": other}).corr("spearman", min_periods=3).loc["one", "other"]


def ordering(study):
    """A figure for as many other axes as there are different signs."""
    found = orderings(study)
    rests = list(dict.fromkeys(rest for _, _, rest in found))
    for number, first in enumerate(range(0, len(rests), DIFFERENT_SIGNS)):
        chosen = rests[first:first + DIFFERENT_SIGNS]
        yield ("ordering" if number == 0 else f"ordering-{number + 1}", "What orders the interpolators by loss",
               "Spearman correlation of each measure's seed means with those of the loss, over γ and interpolators together, at γ whose "
               "finished seeds are all solved. 1: the measure orders them as the loss does. Lines: 95 % intervals over seeds.",
               functools.partial(draw_ordering, study, {key: value for key, value in found.items() if key[2] in chosen}, chosen))


def signs_of(rests):
    """Return a dict from other axes to marker and colour, all different for as many as DIFFERENT_SIGNS."""
    return {rest: {"marker": MARKERS[k % len(MARKERS)], "color": COLOURS[(k + k // len(MARKERS)) % len(COLOURS)]}
            for k, rest in enumerate(rests)}


def draw_ordering(study, found, rests):
    measures = list(next(iter(found.values())))
    pairs = list(dict.fromkeys((activation, link) for activation, link, _ in found))
    figure, panels = base.sheet(base.places_of(pairs), height=0.4 + (0.16 if len(rests) < 7 else 0.3) * len(measures), share_y=True)
    signs = signs_of(rests)
    for (activation, link, rest), correlations in found.items():
        shift = 0.7 * ((rests.index(rest) + 0.5) / len(rests) - 0.5)
        values, lower, upper = numpy.array(list(correlations.values())).T
        heights = numpy.arange(len(measures)) + shift
        panel = panels[activation, link]
        known = numpy.isfinite(lower)
        panel.hlines(heights[known], lower[known], upper[known], color=signs[rest]["color"], linewidth=0.6, alpha=0.6)
        panel.plot(values, heights, linestyle="", markersize=3, **signs[rest])
    for (activation, link), panel in panels.items():
        panel.set_title(f"{labels.activation(activation)}, {labels.link(link)}")
        panel.set(xlim=(-1.08, 1.08), xticks=[-1, 0, 1])
        panel.set_yticks(range(len(measures)), [labels.measure(study, name) for name in measures])
        panel.set_ylim(len(measures) - 0.5, -0.5)
        panel.axvline(0, color="#999999", linewidth=0.6)
    entries = [Line2D([], [], linestyle="", markersize=4, **sign, label=labels.settings(rest)) for rest, sign in signs.items() if rest]
    finish(figure, panels.values(), labels.head(study), r"Spearman correlation $\rho$ with the loss", "", entries)
    return figure


def status_maps(study):
    for file in study.files:
        name = part_name("status", {"": file.name} if len(study.files) > 1 else {})
        yield (name, "What became of the configurations" + (f", {file.name}" if len(study.files) > 1 else ""),
               "One column per γ; one line per seed and value of the other axes, white lines between those values.",
               functools.partial(draw_status, study, file))


def draw_status(study, file):
    status = file.rows("status")
    pairs = [(activation, link) for link in status.link.values for activation in status.activation.values]
    figure, panels = base.sheet(base.places_of(pairs), height=1.3)
    norm = BoundaryNorm(numpy.arange(len(STATUS_COLOURS) + 1) - 0.5, len(STATUS_COLOURS))
    gammas, seeds = status.gamma.values, status.sizes["seed"]
    ticks = numpy.unique(numpy.linspace(0, len(gammas) - 1, min(4, len(gammas))).astype(int))
    for (activation, link), panel in panels.items():
        lines = status.sel(activation=activation, link=link).values.reshape(-1, len(gammas))
        panel.imshow(lines, aspect="auto", interpolation="nearest", cmap=ListedColormap(STATUS_COLOURS), norm=norm)
        if seeds < len(lines) <= 40 * seeds:  # between values of the other axes
            for line in range(seeds, len(lines), seeds):
                panel.axhline(line - 0.5, color="white", linewidth=0.5)
        panel.grid(False)
        panel.set_title(f"{labels.activation(activation)}, {labels.link(link)}")
        panel.set_xticks(ticks, [f"{gammas[tick]:.2g}" for tick in ticks])
        panel.set_yticks([])
    seen = numpy.unique(status.values)
    finish(figure, panels.values(), labels.head(study), r"$\gamma$", "other axes × seed",
           [Patch(color=STATUS_COLOURS[number], label=STATUSES[number]) for number in seen])
    return figure
