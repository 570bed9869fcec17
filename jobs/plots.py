"""The figures of a study. Colours are those of Okabe and Ito and the map viridis, which colour-blind people tell
apart; curves differ by marker and line style too."""
import dataclasses

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy
from matplotlib.colors import BoundaryNorm, ListedColormap, LogNorm, Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from study import MEASURES, spearman

MARKERS = ["o", "s", "^", "D", "v", "P"]
LINES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1))]
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
STATUS_COLOURS = ["#DDDDDD", "#0072B2", "#E69F00", "#CC79A7", "#D55E00", "#000000"]
CURVES_A_PANEL = len(MARKERS)
FIGURES_A_KIND = 12

plt.rcParams.update({"figure.dpi": 110, "font.size": 9, "axes.grid": True, "grid.alpha": 0.3, "axes.axisbelow": True,
                     "legend.fontsize": 7.5, "axes.titlesize": 9.5, "savefig.bbox": "tight", "pdf.fonttype": 42})


@dataclasses.dataclass
class Picture:
    name: str     # of its files
    title: str
    caption: str  # says in words what is drawn
    figure: plt.Figure


def all_pictures(study):
    """Every kind of figure that the study has data for; figures are made one at a time."""
    yield from scatter(study)
    yield from profiles(study)
    yield from scaling(study)
    yield from soft_rank(study)
    yield from ordering(study)
    yield from status_maps(study)


# ---- layout -------------------------------------------------------------------------------------------------------

def parts(curves):
    """Lists of curves so that no panel gets more than it has markers, each with what its curves share."""
    def panel_load(group):
        pairs = [(curve.activation, curve.link) for curve in group]
        return max(map(pairs.count, pairs))

    def split(group, shared):
        lengths = {axis: len({curve.others[axis] for curve in group}) for axis in group[0].others if axis not in shared}
        lengths = {axis: length for axis, length in lengths.items() if length > 1}
        if panel_load(group) <= CURVES_A_PANEL or not lengths:
            return [(shared, group)]
        axis = min(lengths, key=lengths.get)
        values = dict.fromkeys(curve.others[axis] for curve in group)
        return [part for value in values for part in
                split([curve for curve in group if curve.others[axis] == value], {**shared, axis: value})]

    return split(curves, {})[:FIGURES_A_KIND]


def part_name(kind, shared):
    return "-".join([kind, *(f"{axis}-{value}" for axis, value in shared.items())]).replace(":", "-")


def part_title(title, shared):
    return ", ".join([title, *(f"{axis} {value}" for axis, value in shared.items())])


def panel_grid(pairs, height=2.6, share=False):
    """One panel per activation and link: the figure, and a dict from the pair to its panel. Activations go down and
    links across; where there is one link, activations go across."""
    activations, links = (list(dict.fromkeys(names)) for names in zip(*pairs))
    down, across = (len(activations), len(links)) if len(links) > 1 else (1, len(activations))
    figure, axes = plt.subplots(down, across, squeeze=False, layout="constrained", sharey=share,
                                figsize=(1.4 + 3.1 * across, 0.7 + height * down))
    panels = dict(zip(((activation, link) for activation in activations for link in links), axes.flat))
    for (activation, link), panel in panels.items():
        panel.set_title(f"σ = {activation}, g = {link}")
        if (activation, link) not in pairs:
            panel.text(0.5, 0.5, "no row solved", ha="center", va="center", transform=panel.transAxes)
    return figure, panels


def pairs_of(curves):
    return list(dict.fromkeys((curve.activation, curve.link) for curve in curves))


def styles(curves, shared):
    """Label without what is shared -> number of its marker, line and colour."""
    labels = dict.fromkeys(own_label(curve, shared) for curve in curves)
    return {label: number % CURVES_A_PANEL for number, label in enumerate(labels)}


def own_label(curve, shared):
    return ", ".join(part for part in curve.label.split(", ")
                     if part and part.split(" ")[0] not in shared)


def gamma_norm(curves):
    values = numpy.concatenate([curve.gamma for curve in curves])
    positive = values[values > 0]
    if len(positive) and positive.max() > 5 * positive.min():
        return LogNorm(positive.min(), positive.max())
    return Normalize(values.min(), values.max())


def add_gamma_bar(figure, norm):
    bar = figure.colorbar(plt.cm.ScalarMappable(norm, "viridis"), ax=figure.axes, pad=0.015)
    bar.set_label("γ")
    if isinstance(norm, LogNorm):
        label_log_axis(bar.ax.yaxis)


def add_legend(figure, handles, least=2):
    """Below the figure; savefig's tight box takes it in."""
    if len(handles) >= least:
        figure.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=min(4, len(handles)),
                      frameon=False)


def loss_label(curves):
    kinds = {curve.monte_carlo for curve in curves}
    return {(False,): "relative loss", (True,): "population loss (MC)"}.get(tuple(kinds), "loss")


def logarithmic(panel, *names):
    """Logarithmic axes `x`, `y` with plain numbers, also where an axis is shorter than a decade."""
    for name in names:
        getattr(panel, f"set_{name}scale")("log")
        label_log_axis(getattr(panel, f"{name}axis"))


def label_log_axis(axis):
    low, high = axis.get_view_interval()
    decades = numpy.log10(high / low)
    subs = (1, 2, 5) if decades < 1.6 else (1, 3) if decades < 2.7 else (1,)
    axis.set_major_locator(LogLocator(subs=subs, numticks=12) if decades > 0.6 else MaxNLocator(4))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def draw_rounded(panel, x, y):
    """Losses that are rounding errors: an upper bound each."""
    panel.plot(x, y, "v", color="#AAAAAA", markersize=4, zorder=1)
    if len(x):
        panel.text(0.03, 0.92, "grey: below rounding", fontsize=7.5, color="#666666", transform=panel.transAxes)


def draw_points(panel, curve, x, norm, marker, x_error=None):
    """Seed means over gamma, coloured by it, with standard errors; hollow where not all seeds were solved, grey
    where the loss is a rounding error."""
    y, rounded = curve.loss_on_log_axis()
    y_error = curve.error("loss")
    there = numpy.isfinite(x) & numpy.isfinite(y) & ~rounded
    draw_rounded(panel, x[rounded], y[rounded])
    panel.plot(x[there], y[there], color="#999999", linewidth=0.7, zorder=1)
    panel.errorbar(x[there], y[there], xerr=None if x_error is None else x_error[there], yerr=y_error[there],
                   fmt="none", ecolor="#777777", elinewidth=0.8, zorder=2)
    colours = plt.cm.viridis(norm(numpy.maximum(curve.gamma, norm.vmin)))
    fills = numpy.where(curve.complete[:, None], colours, 1.0)
    panel.scatter(x[there], y[there], s=28, marker=marker, facecolors=fills[there], edgecolors=colours[there],
                  linewidths=1.1, zorder=3)


# ---- figures ------------------------------------------------------------------------------------------------------

def scatter(study):
    for shared, curves in parts(study.curves):
        figure, panels = panel_grid(pairs_of(curves))
        norm, style = gamma_norm(curves), styles(curves, shared)
        for curve in curves:
            draw_points(panels[curve.activation, curve.link], curve, curve.mean("flatness"), norm,
                        MARKERS[style[own_label(curve, shared)]], curve.error("flatness"))
        for panel in panels.values():
            logarithmic(panel, "x")
        finish_points(figure, panels, curves, style, "flatness (Hessian trace)", norm)
        yield Picture(part_name("scatter", shared), part_title("Flatness against loss", shared),
                      "Means over solved seeds with standard errors, a point per γ; hollow where some seeds were not "
                      "solved. One panel per activation σ and link g, logarithmic axes.", figure)


def finish_points(figure, panels, curves, style, x_label, norm):
    """panels: (activation, link, ...) -> panel."""
    for key, panel in panels.items():
        logarithmic(panel, "y")
        panel.set_xlabel(x_label)
        panel.set_ylabel(loss_label([curve for curve in curves if (curve.activation, curve.link) == key[:2]] or curves))
    add_gamma_bar(figure, norm)
    add_legend(figure, [Line2D([], [], linestyle="", marker=MARKERS[k], color="#444444", label=label)
                        for label, k in style.items()])


def profiles(study):
    for shared, curves in parts(study.curves):
        for name, title, what in (("flatness", "Flatness over γ", "flatness"), ("loss", "Loss over γ", "loss")):
            figure, panels = panel_grid(pairs_of(curves))
            style = styles(curves, shared)
            for curve in curves:
                draw_profile(panels[curve.activation, curve.link], curve, name, style[own_label(curve, shared)])
            for pair, panel in panels.items():
                logarithmic(panel, "y")
                panel.set_xlabel("γ")
                own = [curve for curve in curves if (curve.activation, curve.link) == pair] or curves
                panel.set_ylabel("flatness" if name == "flatness" else loss_label(own))
            add_legend(figure, [Line2D([], [], linestyle=LINES[k], marker=MARKERS[k], color=COLOURS[k], markersize=4,
                                       label=label) for label, k in style.items()])
            yield Picture(part_name(f"{name}-over-gamma", shared), part_title(title, shared),
                          f"Mean {what} over solved seeds, band: standard error. Ring: the flattest γ among those all "
                          "seeds of which were solved.", figure)


def draw_profile(panel, curve, name, k):
    mean, error = curve.mean(name), curve.error(name)
    if name == "loss":
        mean, rounded = curve.loss_on_log_axis()
        draw_rounded(panel, curve.gamma[rounded], mean[rounded])
        mean[rounded] = numpy.nan
    there = numpy.isfinite(mean)
    order = numpy.argsort(curve.gamma)
    order = order[there[order]]
    panel.plot(curve.gamma[order], mean[order], linestyle=LINES[k], marker=MARKERS[k], color=COLOURS[k], markersize=3.5,
               linewidth=1.2)
    panel.fill_between(curve.gamma[order], numpy.maximum(mean - error, mean / 10)[order], (mean + error)[order],
                       color=COLOURS[k], alpha=0.15, linewidth=0)
    if curve.flattest is not None:
        panel.plot(curve.gamma[curve.flattest], mean[curve.flattest], "o", markersize=11, color=COLOURS[k],
                   markerfacecolor="none", markeredgewidth=1.4)


def flatness_ratio(curve):
    """Flatness at the smallest gamma over that at the flattest: mean over seeds and its standard error; only gammas
    all seeds of which were solved. NaN where there are fewer than two."""
    if curve.complete.sum() < 2:
        return numpy.nan, numpy.nan
    usable = numpy.flatnonzero(curve.complete)
    bad = usable[numpy.argmin(curve.gamma[usable])]
    flatness = curve.rows.flatness
    ratios = (flatness.isel(gamma=bad) / flatness.isel(gamma=curve.flattest)).values
    return ratios.mean(), ratios.std(ddof=1) / numpy.sqrt(len(ratios)) if len(ratios) > 1 else 0.0


def fitted_power(d, ratio):
    """Slope and factor of the least-squares line of log ratio over log d."""
    slope, intercept = numpy.polyfit(numpy.log(d), numpy.log(ratio), 1)
    return slope, numpy.exp(intercept)


def ratios_over_d(study):
    """(activation, link, other axes) -> d, ratios, their errors; empty where d has a single value."""
    families = {}
    for curve in study.curves:
        if "d" not in curve.others:
            continue
        ratio, error = flatness_ratio(curve)
        if numpy.isfinite(ratio):
            rest = ", ".join(part for part in curve.label.split(", ") if not part.startswith("d "))
            families.setdefault((curve.activation, curve.link, rest), []).append((curve.others["d"], ratio, error))
    return {key: numpy.array(sorted(points)).T for key, points in families.items() if len(points) > 1}


def scaling(study):
    families = ratios_over_d(study)
    if not families:
        return
    figure, panel = plt.subplots(figsize=(6, 4), layout="constrained")
    for number, ((activation, link, rest), (d, ratio, error)) in enumerate(families.items()):
        k = number % CURVES_A_PANEL
        slope, factor = fitted_power(d, ratio)
        label = ", ".join(filter(None, [activation, link, rest, f"slope {slope:.2f}"]))
        panel.errorbar(d, ratio, yerr=error, fmt=MARKERS[k], color=COLOURS[k], capsize=2, label=label)
        panel.plot(d, factor * d**slope, linestyle=LINES[k], color=COLOURS[k], linewidth=1)
    logarithmic(panel, "x", "y")
    ticks = sorted({value for d, _, _ in families.values() for value in d})
    panel.set_xticks(ticks, [f"{value:g}" for value in ticks])
    panel.minorticks_off()
    panel.set(xlabel="d", ylabel="flatness at the smallest γ / at the flattest")
    panel.legend()
    yield Picture("scaling", "How much flatter is the flattest, as d grows",
                  "Mean over seeds of the ratio of a bad interpolator's flatness (smallest γ) to the flattest one's, "
                  "with standard errors, and fitted power laws (Theorem 2 of arXiv 2606.04429).", figure)


def soft_rank(study):
    if not study.has_spectrum:
        return
    ridges = study.ridges[sorted({0, len(study.ridges) // 2, len(study.ridges) - 1})]
    for shared, curves in parts(study.curves):
        pairs = pairs_of(curves)[:FIGURES_A_KIND]
        figure, axes = plt.subplots(len(pairs), len(ridges), squeeze=False, layout="constrained",
                                    figsize=(1.4 + 3.1 * len(ridges), 0.7 + 2.6 * len(pairs)))
        panels = {(*pair, ridge): axes[i, k] for i, pair in enumerate(pairs) for k, ridge in enumerate(ridges)}
        norm, style = gamma_norm(curves), styles(curves, shared)
        for curve in curves:
            for ridge in ridges:
                if panel := panels.get((curve.activation, curve.link, ridge)):
                    draw_points(panel, curve, curve.mean("soft_rank", ridge=ridge), norm,
                                MARKERS[style[own_label(curve, shared)]], curve.error("soft_rank", ridge=ridge))
        for (activation, link, ridge), panel in panels.items():
            panel.set_title(f"σ = {activation}, g = {link}, ridge {ridge:g}")
        finish_points(figure, panels, curves, style, "soft rank", norm)
        yield Picture(part_name("soft-rank", shared), part_title("Soft rank against loss", shared),
                      "As the scatter plots, with the soft rank of the Hessian in place of its trace; ridges are "
                      "relative to the mean eigenvalue.", figure)


def orderings(study):
    """(activation, link, other axes but the interpolator) -> measure -> Spearman correlation of seed means with the
    loss, over gamma and interpolators together; only gammas all seeds of which were solved."""
    names = [(name, {}) for name in MEASURES]
    if study.has_spectrum:
        names += [("soft_rank", {"ridge": ridge}) for ridge in study.ridges]
    pools = {}
    for curve in study.curves:
        rest = ", ".join(part for part in curve.label.split(", ") if not part.startswith("interpolator "))
        pools.setdefault((curve.activation, curve.link, rest), []).append(curve)
    found = {}
    for key, pool in pools.items():
        loss = numpy.concatenate([curve.mean("loss")[curve.complete] for curve in pool])
        found[key] = {measure_label(name, ridge): spearman(
            numpy.concatenate([curve.mean(name, **ridge)[curve.complete] for curve in pool]), loss)
            for name, ridge in names}
    return found


def measure_label(name, ridge):
    words = {"flatness": "trace, flattest rescaling", "flatness_unit": "trace, unit-norm weights",
             "outer_l1": "l1 norm of outer weights"}
    return words.get(name) or f"soft rank, ridge {ridge['ridge']:g}"


def ordering(study):
    found = orderings(study)
    measures = list(next(iter(found.values())))
    figure, panels = panel_grid(pairs_of(study.curves), height=0.8 + 0.22 * len(measures), share=True)
    labels = {label: k % CURVES_A_PANEL for k, label in enumerate(dict.fromkeys(rest for _, _, rest in found))}
    for (activation, link, rest), correlations in found.items():
        k = labels[rest]
        panels[activation, link].plot(list(correlations.values()), range(len(measures)), MARKERS[k], color=COLOURS[k],
                                      markersize=5, alpha=0.85)
    for panel in panels.values():
        panel.set(xlim=(-1.08, 1.08), xlabel="Spearman correlation with the loss")
        panel.set_yticks(range(len(measures)), measures)
        panel.set_ylim(len(measures) - 0.5, -0.5)
        panel.axvline(0, color="#999999", linewidth=0.8)
    add_legend(figure, [Line2D([], [], linestyle="", marker=MARKERS[k], color=COLOURS[k], label=label)
                        for label, k in list(labels.items())[:CURVES_A_PANEL] if label])
    yield Picture("ordering", "What orders the interpolators by loss",
                  "Spearman correlation of each measure's seed means with those of the loss, over γ and interpolators "
                  "together, at γ all seeds of which were solved. 1: the measure orders them as the loss does.", figure)


def status_maps(study):
    results = study.results.status
    names = results.attrs["flag_meanings"].split()
    pairs = [(activation, link) for activation in results.activation.values for link in results.link.values]
    figure, panels = panel_grid(pairs, height=2.2)
    norm = BoundaryNorm(numpy.arange(len(STATUS_COLOURS) + 1) - 0.5, len(STATUS_COLOURS))
    gammas = results.gamma.values
    ticks = numpy.unique(numpy.linspace(0, len(gammas) - 1, min(6, len(gammas))).astype(int))
    for (activation, link), panel in panels.items():
        lines = results.sel(activation=activation, link=link).values.reshape(-1, len(gammas))
        panel.imshow(lines, aspect="auto", interpolation="nearest", cmap=ListedColormap(STATUS_COLOURS), norm=norm)
        if study.seeds < len(lines) <= 40 * study.seeds:  # between values of the other axes
            for line in range(study.seeds, len(lines), study.seeds):
                panel.axhline(line - 0.5, color="white", linewidth=0.8)
        panel.grid(False)
        panel.set_xticks(ticks, [f"{gammas[tick]:.2g}" for tick in ticks])
        panel.set_yticks([])
        panel.set(xlabel="γ", ylabel="other axes × seed")
    seen = numpy.unique(results.values)
    add_legend(figure, [Patch(color=STATUS_COLOURS[status], label=names[status]) for status in seen], least=1)
    yield Picture("status", "What became of the configurations",
                  "One column per γ; one line per seed and value of the other axes, white lines between those values.",
                  figure)
