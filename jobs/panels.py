"""What the figures share: panels, styles, axes, legends. Colours are those of Okabe and Ito and the map viridis, which
colour-blind people tell apart; curves differ by marker and line style too."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy
from matplotlib.colors import LogNorm, Normalize
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

MARKERS = ["o", "s", "^", "D", "v", "P"]
LINES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1))]
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
CURVES_A_PANEL = len(MARKERS)
FIGURES_A_KIND = 12

plt.rcParams.update({"figure.dpi": 110, "font.size": 9, "axes.grid": True, "grid.alpha": 0.3, "axes.axisbelow": True,
                     "legend.fontsize": 7.5, "axes.titlesize": 9.5, "savefig.bbox": "tight", "pdf.fonttype": 42})


def parts(curves):
    """Return lists of curves, each with what its curves share, so that no panel has more curves than markers."""
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
    links across; if there is one link, activations go across."""
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
    """Return a dict from label, without what is shared, to the number of its marker, line and colour."""
    labels = dict.fromkeys(curve.label_without(*shared) for curve in curves)
    return {label: number % CURVES_A_PANEL for number, label in enumerate(labels)}


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
    """Put a legend below the figure, where savefig's tight box includes it."""
    if len(handles) >= least:
        figure.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=min(4, len(handles)),
                      frameon=False)


def loss_label(curves):
    kinds = {curve.monte_carlo for curve in curves}
    return {(False,): "relative loss", (True,): "population loss (MC)"}.get(tuple(kinds), "loss")


def logarithmic(panel, *names):
    """Make the axes `x`, `y` logarithmic with plain numbers, even if an axis is shorter than a decade."""
    for name in names:
        getattr(panel, f"set_{name}scale")("log")
        label_log_axis(getattr(panel, f"{name}axis"))


def label_log_axis(axis):
    low, high = axis.get_view_interval()
    decades = numpy.log10(high / low)
    subs = (1, 2, 3, 5, 7) if decades < 1 else (1, 2, 5) if decades < 1.6 else (1, 3) if decades < 2.7 else (1,)
    axis.set_major_locator(LogLocator(subs=subs, numticks=12) if decades > 0.5 else MaxNLocator(4))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def draw_rounded(panel, x, y):
    """Draw losses that are rounding errors, each at its upper bound."""
    panel.plot(x, y, "v", color="#AAAAAA", markersize=4, zorder=1)
    if len(x):
        panel.text(0.03, 0.92, "grey: below rounding", fontsize=7.5, color="#666666", transform=panel.transAxes)


def draw_points(panel, curve, x, norm, marker, x_error=None):
    """Draw the means at each gamma, coloured by it, with standard errors; hollow if the gamma counts in no verdict, grey if the
    loss is a rounding error."""
    y, rounded = curve.loss_on_log_axis()
    y_error = curve.error("loss")
    there = numpy.isfinite(x) & numpy.isfinite(y) & ~rounded
    draw_rounded(panel, x[rounded], y[rounded])
    panel.plot(x[there], y[there], color="#999999", linewidth=0.7, zorder=1)
    panel.errorbar(x[there], y[there], xerr=None if x_error is None else x_error[there], yerr=y_error[there],
                   fmt="none", ecolor="#777777", elinewidth=0.8, zorder=2)
    colours = plt.cm.viridis(norm(numpy.maximum(curve.gamma, norm.vmin)))
    fills = numpy.where(curve.in_verdicts[:, None], colours, 1.0)
    panel.scatter(x[there], y[there], s=28, marker=marker, facecolors=fills[there], edgecolors=colours[there],
                  linewidths=1.1, zorder=3)
