"""Figures of near-interpolators: flatness, loss and what predicts them, as the penalty grows from 0. Each function yields name,
title, caption and a function that draws."""
import functools
import itertools

import numpy
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

import labels
import panels as base
from curve_plots import part_name, part_title
from layout import finish
from panels import COLOURS, LINES, MARKERS
from summary_plots import spearman

PENALTY = r"penalty $\lambda$"
TRAIN_LOSS = r"training loss $\|S a - y\|^2 / n$"
TRUE_GAP = "population loss less training loss"
# What predicts the generalisation gap: its label, the measures that it takes, and the prediction from them, noise and n.
PREDICTIONS = [
    ("optimism", ["optimism"], lambda noise, n, optimism: optimism),
    ("soft rank", ["soft_rank_penalty"], lambda noise, n, rank: 2 * noise**2 * rank / n),
    ("cross-validated", ["gcv_loss", "train_loss"], lambda noise, n, gcv, train: gcv - train),
    ("leave-one-out", ["loo_loss", "train_loss"], lambda noise, n, loo, train: loo - train),
]


class Path:
    """Curves that differ in nothing but their penalty. Attributes: curves, penalties (k), gamma (g), noise."""

    def __init__(self, curves):
        self.curves = sorted(curves, key=lambda curve: curve.axes["penalty"])
        self.penalties = numpy.array([curve.axes["penalty"] for curve in self.curves], float)
        first = self.curves[0]
        self.activation, self.link, self.gamma, self.axes = first.activation, first.link, first.gamma, first.axes
        self.noise = float(first.axes["noise"])

    def mean(self, name):
        """Means over solved seeds of a mean of the tables or of a variable of the file, k x g."""
        if f"{name}_mean" in self.curves[0].lines:
            return numpy.array([curve.mean(name) for curve in self.curves])
        return numpy.array([curve.of_rows(name)[0] for curve in self.curves])

    def samples(self):
        return dict(labels.sizes(self.axes)).get("n", numpy.nan)

    def chosen(self):
        """Position, for each gamma, of the penalty of least mean loo_loss, among those at which it is known; -1 if nowhere."""
        loo = self.mean("loo_loss")
        known = numpy.isfinite(loo)
        return numpy.where(known.any(axis=0), numpy.where(known, loo, numpy.inf).argmin(axis=0), -1)

    def best(self):
        """Position of the penalty at which the geometric mean over gamma of the mean loss is least; all gammas count."""
        with numpy.errstate(divide="ignore", invalid="ignore"):
            logarithms = numpy.log(self.mean("loss")).mean(axis=1)
        return None if numpy.isnan(logarithms).all() else int(numpy.nanargmin(logarithms))

    def at_training_loss(self, target):
        """Flatness and loss at each gamma at the penalty that leaves this training loss, linear in logarithms between two of the
        grid; NaN if none of the grid's penalties leaves more, or less."""
        train, flatness, loss = (self.mean(name)[self.penalties > 0] for name in ("train_loss", "flatness", "loss"))
        found = numpy.full((2, len(self.gamma)), numpy.nan)
        for g in range(len(self.gamma)):
            there = (train[:, g] > 0) & (flatness[:, g] > 0) & (loss[:, g] > 0)
            if there.any():
                points = numpy.log(train[there, g])
                found[:, g] = [numpy.exp(numpy.interp(numpy.log(target), points, numpy.log(values[there, g]), numpy.nan, numpy.nan))
                               for values in (flatness, loss)]
        return found


def families(study):
    """Yield what the paths of a figure share, the axis whose values have panels or signs of their own (or None), and the paths."""
    groups = {}
    for curve in base.without_copies(study.curves)[0]:
        if "penalty" in curve.others:
            groups.setdefault((curve.activation, curve.link, curve.place_without("penalty")), []).append(curve)
    paths = [Path(curves) for curves in groups.values() if len(curves) > 1]
    if not paths:
        return
    free = [axis for axis in paths[0].curves[0].others if axis != "penalty"]
    axis = "noise" if "noise" in free else next(iter(free), None)
    figures = {}
    for path in paths:
        figures.setdefault(path.curves[0].place_without("penalty", axis), []).append(path)
    for shared, own in itertools.islice(figures.items(), base.FIGURES_A_KIND):
        yield dict(shared), axis, own


def plan(study, kind, title, caption, draw, paths_of=lambda paths: paths):
    """Yield a figure for each family that has the data."""
    for shared, axis, paths in families(study):
        if own := paths_of(paths):
            yield part_name(kind, shared), part_title(title, shared), caption, functools.partial(draw, study, own, shared, axis)


def value_of(path, axis):
    """The value of the axis as a label has it; nothing without an axis."""
    return labels.setting(axis, path.axes[axis]) if axis else ""


def path_sheet(paths, axis, **options):
    """A panel for each path: a row for each activation and link, as far as its values of `axis` fit into one."""
    pairs = base.pairs_of(paths)
    values = list(dict.fromkeys(value_of(path, axis) for path in paths))
    across = min(len(values), max(1, int((base.asked_width or base.TEXT_WIDTH) / base.NARROWEST)))
    rows = -(-len(values) // across)
    places = {}
    for path in paths:
        row, column = divmod(values.index(value_of(path, axis)), across)
        places[path.activation, path.link, value_of(path, axis)] = (rows * pairs.index((path.activation, path.link)) + row, column)
    figure, panels = base.sheet(places, **options)
    for (activation, link, value), panel in panels.items():
        panel.set_title(", ".join(filter(None, [labels.activation(activation), labels.link(link), value])))
    return figure, panels


def with_margin(values):
    """Positive values as they are, and 0 at a tenth of the least of them, where a logarithmic axis has its margin."""
    positive = values[values > 0]
    return numpy.where(values > 0, values, positive.min() / 10 if len(positive) else 1.0)


def penalty_axis(panel, penalties):
    """A logarithmic axis of penalties, with 0 in its left margin."""
    penalties = numpy.unique(penalties)
    places = with_margin(penalties)
    powers = 10.0 ** numpy.arange(numpy.ceil(numpy.log10(places.min()) + 0.5), numpy.floor(numpy.log10(places.max())) + 1)
    powers = powers[::max(1, len(powers) // 3)]
    ticks = {places[0]: "0"} if penalties[0] == 0 else {}
    ticks |= {power: f"$10^{{{int(numpy.log10(power))}}}$" for power in powers}
    panel.set_xscale("log")
    panel.xaxis.set_major_locator(FixedLocator(list(ticks)))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_xticks(list(ticks), list(ticks.values()))


def gammas_of(paths):
    return base.GammaColours(numpy.concatenate([path.gamma for path in paths]))


def penalty_loss(study):
    yield from plan(study, "penalty-loss", "Loss over the penalty",
                    "Mean loss over solved seeds at each penalty, a curve per γ; at the left margin the interpolators, λ = 0. Ring: the "
                    "penalty of least mean leave-one-out loss, which needs no test data. Dotted: the loss of predicting the mean.",
                    draw_penalty_loss)


def draw_penalty_loss(study, paths, shared, axis):
    figure, panels = path_sheet(paths, axis, share_x=True)
    norm = gammas_of(paths)
    for path in paths:
        panel, loss = panels[path.activation, path.link, value_of(path, axis)], path.mean("loss")
        places, chosen = with_margin(path.penalties), path.chosen()
        for g, colour in enumerate(norm.colours(path.gamma)):
            panel.plot(places, loss[:, g], marker=".", markersize=2.5, linewidth=0.8, color=colour)
            if chosen[g] >= 0:
                panel.plot(places[chosen[g]], loss[chosen[g], g], "o", markersize=5, markerfacecolor="none", color=colour,
                           markeredgewidth=0.8)
        base.mean_line(panel, path.curves[0].baseline)
        base.logarithmic(panel, "y")
        penalty_axis(panel, path.penalties)
    base.add_gamma_bar(figure, norm)
    ring = Line2D([], [], linestyle="", marker="o", markersize=5, markerfacecolor="none", color="#444444", label="chosen by loo_loss")
    finish(figure, panels.values(), labels.head(study, shared), PENALTY, labels.loss(all_curves(paths)), [ring])
    return figure


def all_curves(paths):
    return [curve for path in paths for curve in path.curves]


def trade_off(study):
    yield from plan(study, "trade-off", "What fit costs in flatness",
                    "Mean flatness over mean training loss, a curve per γ, a point per penalty; at the left margin the interpolators. "
                    "Dashed: the variance ζ² of the noise.", draw_trade_off)


def draw_trade_off(study, paths, shared, axis):
    figure, panels = path_sheet(paths, axis)
    norm = gammas_of(paths)
    for path in paths:
        panel = panels[path.activation, path.link, value_of(path, axis)]
        train = numpy.where(path.penalties[:, None] > 0, path.mean("train_loss"), 0.0)
        flatness, places = path.mean("flatness"), with_margin(train)
        for g, colour in enumerate(norm.colours(path.gamma)):
            there = flatness[:, g] > 0
            panel.plot(places[there, g], flatness[there, g], marker=".", markersize=2.5, linewidth=0.8, color=colour)
        if path.noise > 0:
            panel.axvline(path.noise**2, color="#444444", linewidth=0.7, linestyle="--", zorder=0)
        base.logarithmic(panel, "x", "y")
    base.add_gamma_bar(figure, norm)
    finish(figure, panels.values(), labels.head(study, shared), TRAIN_LOSS, f"{labels.FLATNESS}   (↓ flatter)")
    return figure


def penalty_ordering(study):
    yield from plan(study, "penalty-ordering", "Where flatness orders networks by loss",
                    "Spearman correlation over γ of mean flatness and mean loss at each penalty, with its 95 % interval over seeds; at "
                    "the left margin the interpolators. 1: the flatter, the better. Star: the penalty at which the geometric mean of the "
                    "loss over γ is least.", draw_penalty_ordering)


def draw_penalty_ordering(study, paths, shared, axis):
    figure, panels = base.pair_sheet(paths, height=1.9)
    values = list(dict.fromkeys(value_of(path, axis) for path in paths))
    looks = {value: {"color": COLOURS[k % 6], "linestyle": LINES[k % 6]} for k, value in enumerate(values)}
    for path in paths:
        panel, look = panels[path.activation, path.link], looks[value_of(path, axis)]
        places, best = with_margin(path.penalties), path.best()
        correlations = numpy.array([curve.spearman("flatness") for curve in path.curves])
        lower, upper = numpy.array([curve.spearman_interval("flatness") for curve in path.curves]).T
        panel.plot(places, correlations, marker=".", markersize=3, **look)
        panel.fill_between(places, lower, upper, color=look["color"], alpha=0.12, linewidth=0)
        if best is not None:
            panel.plot(places[best], correlations[best], "*", markersize=8, markerfacecolor="none", color=look["color"])
        panel.set(ylim=(-1.08, 1.08), yticks=[-1, -0.5, 0, 0.5, 1])
        penalty_axis(panel, path.penalties)
    entries = [Line2D([], [], label=value, **look) for value, look in looks.items() if value]
    entries.append(Line2D([], [], linestyle="", marker="*", markersize=8, markerfacecolor="none", color="#444444", label="least loss"))
    finish(figure, panels.values(), labels.head(study, shared), PENALTY, r"Spearman correlation $\rho$", entries)
    return figure


def equal_fit(study):
    yield from plan(study, "equal-fit", "Flatness against loss at equal fit",
                    "Mean flatness against mean loss, a point per γ: of interpolators, and at the penalty that leaves a training loss of ζ², "
                    "between two penalties of the grid. ρ: Spearman correlation over γ.", draw_equal_fit,
                    lambda paths: [path for path in paths if path.noise > 0 and path.penalties[0] == 0])


def draw_equal_fit(study, paths, shared, axis):
    pairs = base.pairs_of(paths)
    sides = {"λ = 0": lambda path: (path.mean("flatness")[0], path.mean("loss")[0]) if path.penalties[0] == 0 else [path.gamma + numpy.nan] * 2,
             "training loss ζ²": lambda path: path.at_training_loss(path.noise**2)}
    figure, panels = base.sheet({(*pair, side): (i, k) for i, pair in enumerate(pairs) for k, side in enumerate(sides)}, height=1.7)
    values = list(dict.fromkeys(value_of(path, axis) for path in paths))
    norm = gammas_of(paths)
    for (activation, link, side), panel in panels.items():
        correlations = []
        for path in (path for path in paths if (path.activation, path.link) == (activation, link)):
            marker = MARKERS[values.index(value_of(path, axis)) % len(MARKERS)]
            flatness, loss = sides[side](path)
            panel.plot(flatness, loss, color="#999999", linewidth=0.6, zorder=1)
            panel.scatter(flatness, loss, s=14, marker=marker, color=norm.colours(path.gamma), zorder=3)
            correlations.append((spearman(flatness, loss), (numpy.nan, numpy.nan), marker if len(values) > 1 else ""))
        panel.set_title(", ".join([labels.activation(activation), labels.link(link), side]))
        base.logarithmic(panel, "x", "y")
        base.correlation_note(panel, correlations)
    base.add_gamma_bar(figure, norm)
    entries = [Line2D([], [], linestyle="", marker=MARKERS[k % len(MARKERS)], markersize=4, color="#444444", label=value)
               for k, value in enumerate(values) if value]
    finish(figure, panels.values(), labels.head(study, shared), labels.FLATNESS_AXIS, labels.loss(all_curves(paths)), entries)
    return figure


def predicted_gap(study):
    if not all(study.has(name) for name in ("generalisation_gap", "train_loss")):
        return
    yield from plan(study, "predicted-gap", "Predicted against true generalisation gap",
                    "A point per γ, penalty and noise, means over solved seeds: what optimism 2ζ² df/n, the soft rank of all weights with "
                    "the penalty for its ridge, generalised cross-validation and leave-one-out say that the population loss adds to "
                    "the training loss, against what it does; points a hundred times beyond all gaps are left out. Line: equality. "
                    "ρ: Spearman correlation.", draw_predicted_gap)


def draw_predicted_gap(study, paths, shared, axis):
    pairs = base.pairs_of(paths)
    known = [row for row in PREDICTIONS if all(study.has(name) for name in row[1])]
    figure, panels = base.sheet({(*pair, name): (i, k) for i, pair in enumerate(pairs) for k, (name, _, _) in enumerate(known)},
                                share_x="row")
    norm = gammas_of(paths)
    for (activation, link, name), panel in panels.items():
        _, variables, predict = next(row for row in known if row[0] == name)
        own = [path for path in paths if (path.activation, path.link) == (activation, link)]
        true = numpy.concatenate([path.mean("generalisation_gap").ravel() for path in own])
        predicted = numpy.concatenate([predict(path.noise, path.samples(), *map(path.mean, variables)).ravel() for path in own])
        gammas = numpy.concatenate([numpy.tile(path.gamma, len(path.penalties)) for path in own])
        there = (true > 0) & (predicted > 0)
        panel.scatter(true[there], predicted[there], s=3, linewidths=0, color=norm.colours(gammas[there]))
        panel.axline((1e-3, 1e-3), (1, 1), color="#444444", linewidth=0.7, zorder=0)
        panel.set_title(", ".join([name, labels.activation(activation), labels.link(link)]))
        base.logarithmic(panel, "x", "y")
        if there.any():
            panel.set_ylim(true[there].min() / 100, true[there].max() * 100)
        base.correlation_note(panel, [(spearman(true[there], predicted[there]), (numpy.nan, numpy.nan), "")])
    base.add_gamma_bar(figure, norm)
    finish(figure, panels.values(), labels.head(study, shared), TRUE_GAP, "predicted")
    return figure
