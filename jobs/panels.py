"""What the figures share: panels, styles, axes, legends, and a layout in which no two texts overlap. Colours are those of
Okabe and Ito and the map viridis, which colour-blind people tell apart; curves differ by marker and line style too."""
import itertools

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, LogFormatterMathtext, LogLocator, MaxNLocator, NullFormatter

import labels

MARKERS = ["o", "s", "^", "D", "v", "P"]
LINES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1))]
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
GREY = "#777777"
CURVES_A_PANEL = len(MARKERS)
FIGURES_A_KIND = 12
COLUMN, TEXT_WIDTH, NARROWEST = 3.3, 6.9, 1.3  # inches: a paper's column, its text, a panel
LEAST_FONT = 4.0
GAMMAS = ListedColormap(plt.cm.viridis(numpy.linspace(0, 0.94, 256)))  # without the yellow that white paper swallows

plt.rcParams.update({
    "font.size": 7.5, "axes.titlesize": 7.5, "axes.labelsize": 7.5, "xtick.labelsize": 7, "ytick.labelsize": 7,
    "legend.fontsize": 7, "axes.linewidth": 0.6, "lines.linewidth": 1, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
    "axes.grid": True, "grid.alpha": 0.3, "grid.linewidth": 0.5, "axes.axisbelow": True, "pdf.fonttype": 42,
    "svg.fonttype": "none", "mathtext.fontset": "dejavusans"})

asked_width = None  # of a figure in inches, if a user asks for one


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


def without_copies(curves):
    """Return the curves less those whose numbers equal those of the same activation with another link, and a dict from
    (activation, link) to the links that it stands for."""
    by_pair = {}
    for curve in curves:
        by_pair.setdefault((curve.activation, curve.link), []).append(curve)
    links, kept = {}, []
    for (activation, link), group in by_pair.items():
        twin = next((pair for pair in links if pair[0] == activation and same_numbers(by_pair[pair], group)), None)
        links.setdefault(twin or (activation, link), []).append(link)
        kept += group if twin is None else []
    return kept, links


def same_numbers(one, other):
    return len(one) == len(other) and all(
        first.others == second.others and numpy.array_equal(first.numbers(), second.numbers(), equal_nan=True)
        for first, second in zip(one, other))


def places_of(pairs):
    """Return a dict from (activation, link) to row and column: links go down and activations across, or the other way if
    there is no room; packed without gaps if fewer than two thirds of the combinations are there."""
    activations, links = (list(dict.fromkeys(names)) for names in zip(*pairs))
    most = max(1, int((asked_width or TEXT_WIDTH) / NARROWEST))
    if len(activations) * len(links) * 2 > len(pairs) * 3 or (1 in (len(activations), len(links)) and len(pairs) > most):
        return {pair: divmod(k, min(most, 3, len(pairs))) for k, pair in enumerate(pairs)}
    places = {(activation, link): (links.index(link), activations.index(activation)) for activation, link in pairs}
    if len(activations) > max(most, len(links)) or (len(links) == 1 and len(activations) > most):
        return {pair: (column, row) for pair, (row, column) in places.items()}
    return places


def sheet(places, height=1.5, share_x=False, share_y="row"):
    """Return a figure, and its panels by the keys of `places`, which gives each its row and column. Shared axes are labelled
    at the outer panels only."""
    down, across = (1 + max(axis) for axis in zip(*places.values()))
    width = asked_width or (COLUMN if across == 1 else min(TEXT_WIDTH, 1.2 + 1.9 * across))
    figure, axes = plt.subplots(down, across, squeeze=False, layout="constrained", sharex=share_x, sharey=share_y,
                                figsize=(width, 0.15 + max(height, 1.9 if down == 1 else 0) * down))
    panels = {key: axes[place] for key, place in places.items()}
    for place in itertools.product(range(down), range(across)):
        if place not in places.values():
            axes[place].remove()
    for key, (row, column) in places.items():
        if (row, column - 1) not in places.values():
            panels[key].tick_params(labelleft=True)
        if (row + 1, column) not in places.values():
            panels[key].tick_params(labelbottom=True)
    return figure, panels


def pair_sheet(curves, links=None, **options):
    """A sheet with a panel for each activation and link of the curves, titled. Panels above each other share an x axis if
    they are of one activation."""
    places = places_of(pairs_of(curves))
    columns = {column for _, column in places.values()}
    alike = len({(activation, column) for (activation, _), (_, column) in places.items()}) == len(columns)
    figure, panels = sheet(places, share_x="col" if alike else False, **options)
    for (activation, link), panel in panels.items():
        same = links.get((activation, link), [link]) if links else [link]
        panel.set_title(", ".join([labels.activation(activation), " and ".join(map(labels.link, same))]))
    return figure, panels


def leftmost(panels):
    """Return the keys of the first panel of every row."""
    columns = {key: panel.get_subplotspec().colspan.start for key, panel in panels.items()}
    rows = {key: panel.get_subplotspec().rowspan.start for key, panel in panels.items()}
    return [key for key in panels if columns[key] == min(columns[other] for other in panels if rows[other] == rows[key])]


def label_losses(panels, curves):
    """Return the label that all axes of losses share; if there is none, label the first panel of every row."""
    if (shared := labels.loss(curves)) != "loss":
        return shared
    for activation, link, *rest in leftmost(panels):
        own = [curve for curve in curves if (curve.activation, curve.link) == (activation, link)]
        panels[activation, link, *rest].set_ylabel(labels.short_loss(own))
    return ""


def pairs_of(curves):
    return list(dict.fromkeys((curve.activation, curve.link) for curve in curves))


def styles(curves, shared):
    """Return a dict from a place among the other axes, without what is shared, to the number of its marker, line and colour."""
    places = dict.fromkeys(curve.place_without(*shared) for curve in curves)
    return {place: number % CURVES_A_PANEL for number, place in enumerate(places)}


def handles_of(style, **looks):
    """Legend entries; looks: keyword -> list indexed by the numbers of styles."""
    return [Line2D([], [], label=labels.settings(place), markersize=4, **{"color": "#444444", "linestyle": ""} |
                   {name: values[k] for name, values in looks.items()}) for place, k in style.items() if place]


class GammaColours(Normalize):
    """Maps gamma to [0, 1] by log(gamma / (1 - gamma)), which tells 0.6 from 0.99 as well as from 0.01."""

    def __init__(self, gammas):
        gammas = numpy.unique(gammas)
        inner = gammas[(gammas > 0) & (gammas < 1)]
        self.ends = (inner.min() / (2 if gammas[0] == 0 else 1), 1 - (1 - inner.max()) / (2 if gammas[-1] == 1 else 1)) \
            if len(inner) else (0.25, 0.75)
        self.gammas = gammas
        super().__init__(0, 1)

    def place(self, gamma):
        """NaN for NaN; 0.5 if there is one gamma only."""
        low, high = (numpy.log(end / (1 - end)) for end in self.ends)
        inner = numpy.clip(gamma, *self.ends)
        return (numpy.log(inner / (1 - inner)) - low) / (high - low) if high > low else numpy.full(numpy.shape(gamma), 0.5)

    def colours(self, gammas):
        return GAMMAS(self.place(gammas))


def add_gamma_bar(figure, norm):
    """A slim colour bar whose ends are labelled."""
    bar = figure.colorbar(plt.cm.ScalarMappable(Normalize(0, 1), GAMMAS), ax=figure.axes, pad=0.01, fraction=0.05,
                          aspect=max(20, figure.get_figheight() / 0.08))
    wanted = [gamma for gamma in (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999) if norm.gammas[0] < gamma < norm.gammas[-1]]
    ends = [norm.gammas[0], norm.gammas[-1]]
    inner = [gamma for gamma in wanted if all(abs(norm.place(gamma) - norm.place(end)) > 0.1 for end in ends)]
    ticks = sorted({*ends, *inner})
    bar.set_ticks([float(norm.place(tick)) for tick in ticks], labels=[f"{tick:.3g}" for tick in ticks])
    bar.ax.set_title(r"$\gamma$", pad=3)
    bar.outline.set_linewidth(0.5)


def gamma_axis(panel, gammas):
    """Label an axis of gamma, logarithmic if the grid is."""
    gammas = numpy.unique(gammas)
    if len(gammas) > 2 and gammas[0] > 0 and spread(numpy.diff(numpy.log(gammas))) < spread(numpy.diff(gammas)):
        panel.set_xscale("log")
    else:
        panel.xaxis.set_major_locator(MaxNLocator(4))


def spread(steps):
    return numpy.std(steps) / numpy.mean(steps)


def logarithmic(panel, *names):
    """Make the axes `x`, `y` logarithmic; `finish` chooses their ticks."""
    for name in names:
        getattr(panel, f"set_{name}scale")("log")


def label_powers(axis):
    """Label powers of ten; widen an axis that has fewer than two of them, if that leaves its data at least a third of the
    length. Only a shorter axis gets multiples of them."""
    low, high = numpy.log10(sorted(axis.get_view_interval()))
    first, last = numpy.floor(low + 1e-9), numpy.ceil(high - 1e-9)
    if numpy.floor(high + 1e-9) - numpy.ceil(low - 1e-9) < 1:
        if high - low < 0.33 * (last - first):
            axis.set_major_locator(FixedLocator(few_multiples(10**low, 10**high)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"${labels.number(value)}$" if 0.1 <= value < 1000
                                                   else multiple_text(value)))
            axis.set_minor_formatter(NullFormatter())
            return
        getattr(axis.axes, f"set_{axis.axis_name}lim")(10**min(low, first), 10**max(high, last))
        low, high = min(low, first), max(high, last)
    axis.set_major_locator(LogLocator(subs=(1,), numticks=5))
    axis.set_major_formatter(LogFormatterMathtext())
    axis.set_minor_formatter(NullFormatter())


def few_multiples(low, high):
    decade = 10.0**numpy.floor(numpy.log10(low))
    for steps in ((1, 2, 5), (1, 1.5, 2, 3, 5, 7), tuple(numpy.arange(1, 10, 0.5)), tuple(numpy.arange(1, 10, 0.1))):
        inside = [step * power for power in (decade, 10 * decade) for step in steps if low <= step * power <= high]
        if len(inside) >= 2:
            return inside[::max(1, len(inside) // 3)]
    return [numpy.sqrt(low * high)]


def multiple_text(value):
    exponent = int(numpy.floor(numpy.log10(value) + 1e-9))
    return rf"${value / 10.0**exponent:.3g}\times 10^{{{exponent}}}$"


def mean_line(panel, baseline=1.0):
    """Mark the loss of predicting the mean."""
    if numpy.isfinite(baseline):
        panel.axhline(baseline, color="#444444", linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)


def spearman_note(panel, curves, name, marks=None):
    """Say how a measure orders each curve's gammas by loss, with the interval over seeds."""
    correlation_note(panel, [(curve.spearman(name), curve.spearman_interval(name), marks[id(curve)] if marks and len(curves) > 1 else "")
                             for curve in curves])


def correlation_note(panel, correlations):
    """Write rank correlations, each with its interval (of NaN if there is none) and marker, into a panel; the range of many."""
    known = [correlation for correlation in correlations if numpy.isfinite(correlation[0])]
    if not known:
        return
    if len(known) > 3:
        values = [value for value, _, _ in known]
        entries = [Line2D([], [], linestyle="", label=rf"$\rho$ {min(values):.2f} to {max(values):.2f}")]
    else:
        entries = [Line2D([], [], linestyle="", marker=marker, color="#444444", markersize=3, label=correlation_text(value, interval))
                   for value, interval, marker in known]
    note = panel.legend(handles=entries, fontsize=5.5, loc="best", handlelength=0.8 if len(entries) > 1 else 0, handletextpad=0.4,
                        borderpad=0.2, labelspacing=0.2, framealpha=0.7, edgecolor="none")
    note.set_in_layout(False)  # it takes no room from the panels; layout.fit_notes makes it fit


def correlation_text(value, interval):
    text = rf"$\rho$ = {value:.2f}"
    return text + (f" [{interval[0]:.2f}, {interval[1]:.2f}]" if numpy.isfinite(interval).all() else "")
