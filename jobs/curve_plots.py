"""Figures with a point for each gamma: flatness against loss, both over gamma, soft rank against loss. Each function yields
name, title, caption and a function that draws."""
import functools

import numpy
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

import labels
import panels as base
from layout import finish
from panels import COLOURS, GREY, LINES, MARKERS

POINTS = ("Means over solved seeds with standard errors, a point per γ; hollow if a finished seed is not solved, grey if the loss is no "
          "larger than its rounding error. Dotted: the loss of predicting the mean. ρ: Spearman correlation over γ of the means, with its "
          "95 % interval over seeds. σ_even(z) = (σ(z) + σ(-z))/2.")


def part_name(kind, shared):
    return "-".join([kind, *(f"{axis}-{value}" for axis, value in shared.items())]).replace(":", "-").replace("/", "-")


def part_title(title, shared):
    return ", ".join([title, *(f"{axis} {value}" for axis, value in shared.items())])


def scatter(study):
    kept, links = base.without_copies(study.curves)
    for shared, curves in base.parts(kept):
        yield (part_name("scatter", shared), part_title("Flatness against loss", shared),
               f"{POINTS} One panel per activation σ and link g. Small flatness is flat.",
               functools.partial(draw_scatter, study, curves, shared, links))


def draw_scatter(study, curves, shared, links):
    figure, panels = base.pair_sheet(curves, links)
    style = base.styles(curves, shared)
    marks = {id(curve): MARKERS[style[curve.place_without(*shared)]] for curve in curves}
    norm = base.GammaColours(numpy.concatenate([curve.gamma for curve in curves]))
    for curve in curves:
        panel = panels[curve.activation, curve.link]
        draw_points(panel, curve, curve.mean("flatness"), norm, marks[id(curve)], curve.error("flatness"))
        draw_best_loss(panel, curve, curve.mean("flatness"))
    for pair, panel in panels.items():
        base.logarithmic(panel, "x", "y")
        base.spearman_note(panel, [curve for curve in curves if (curve.activation, curve.link) == pair], "flatness", marks)
    finish_points(study, figure, panels, curves, shared, norm, labels.FLATNESS_AXIS)
    return figure


def finish_points(study, figure, panels, curves, shared, norm, x_label):
    """panels: (activation, link, ...) -> panel."""
    y_label = base.label_losses(panels, curves)
    base.add_gamma_bar(figure, norm)
    entries = base.handles_of(base.styles(curves, shared), marker=MARKERS) + rounded_entry(curves)
    if any(numpy.isfinite(curve.mean("best_loss")).any() for curve in curves):
        entries.append(Line2D([], [], linestyle="", marker="_", color=GREY, label="least loss of these features"))
    finish(figure, panels.values(), labels.head(study, shared), x_label, y_label, entries)


def draw_points(panel, curve, x, norm, marker, x_error=None, y=None):
    """Draw the means at each gamma, coloured by it, with standard errors. y: mean and error of another loss than the curve's."""
    loss, rounded = curve.loss_on_log_axis()
    y_error = curve.error("loss")
    if y is not None:
        (loss, y_error), rounded = y, rounded & False
    there = numpy.isfinite(x) & numpy.isfinite(loss) & (loss > 0) & ~rounded
    draw_rounded(panel, x[rounded], loss[rounded])
    panel.plot(x[there], loss[there], color="#999999", linewidth=0.6, zorder=1)
    panel.errorbar(x[there], loss[there], xerr=None if x_error is None else x_error[there], yerr=y_error[there],
                   fmt="none", ecolor=GREY, elinewidth=0.6, zorder=2)
    colours = norm.colours(curve.gamma)
    fills = numpy.where(curve.in_verdicts[:, None], colours, 1.0)
    panel.scatter(x[there], loss[there], s=14, marker=marker, facecolors=fills[there], edgecolors=colours[there],
                  linewidths=0.8, zorder=3)
    if y is None:
        base.mean_line(panel, curve.baseline)


def draw_rounded(panel, x, y):
    """Draw losses that are rounding errors, each at its upper bound."""
    panel.plot(x, y, "v", color="#AAAAAA", markersize=3, zorder=1)


def rounded_entry(curves):
    """The legend's entry of losses that are rounding errors, if there are any."""
    there = any(curve.loss_on_log_axis()[1].any() for curve in curves)
    return [Line2D([], [], linestyle="", marker="v", color="#AAAAAA", markersize=3, label="below rounding error")] if there else []


def draw_best_loss(panel, curve, x):
    best = curve.mean("best_loss")
    there = numpy.isfinite(best) & numpy.isfinite(x) & (best > 0)
    panel.plot(x[there], best[there], "_", color=GREY, markersize=4, zorder=0)


def paper(study):
    """The paper's own figures: one panel a figure, population loss against flatness."""
    variable = "population_loss" if study.has("population_loss") else "population_loss_mc"
    if not study.has(variable):
        return
    kept, links = base.without_copies(study.curves)
    pairs = base.pairs_of(kept)
    for shared, curves in base.parts(kept):
        for pair in pairs:
            own = [curve for curve in curves if (curve.activation, curve.link) == pair]
            name = part_name("paper", {"": f"{pair[0]}-{pair[1]}", **shared}).replace("--", "-")
            if own and any(numpy.isfinite(curve.of_rows(variable)[0]).any() for curve in own):
                yield (name, part_title(f"Population loss against flatness, {pair[0]} on {pair[1]}", shared),
                       "As arXiv 2606.04429 draws it: one panel, the population loss itself. Means over solved seeds with standard "
                       "errors, a point per γ.", functools.partial(draw_paper, study, own, shared, links, variable))


def draw_paper(study, curves, shared, links, variable):
    figure, panels = base.pair_sheet(curves, links, height=2.0)
    style = base.styles(curves, shared)
    norm = base.GammaColours(numpy.concatenate([curve.gamma for curve in curves]))
    panel, = panels.values()
    for curve in curves:
        draw_points(panel, curve, curve.mean("flatness"), norm, MARKERS[style[curve.place_without(*shared)]],
                    curve.error("flatness"), curve.of_rows(variable))
    base.logarithmic(panel, "x", "y")
    base.add_gamma_bar(figure, norm)
    finish(figure, [panel], labels.head(study, shared), labels.FLATNESS_AXIS,
           labels.POPULATION_LOSS if variable == "population_loss" else labels.MONTE_CARLO_LOSS,
           base.handles_of(style, marker=MARKERS))
    return figure


def flatness_over_gamma(study):
    yield from profiles(study, "flatness", "Flatness over γ")


def loss_over_gamma(study):
    yield from profiles(study, "loss", "Loss over γ")


def profiles(study, name, title):
    kept, links = base.without_copies(study.curves)
    for shared, curves in base.parts(kept):
        yield (part_name(f"{name}-over-gamma", shared), part_title(title, shared),
               f"Mean {name} over solved seeds, band: standard error. Ring: the flattest γ; star: the γ of least loss, both among "
               "those whose finished seeds are all solved. Cross: no seed is feasible from this γ on."
               + (" Dotted: the loss of predicting the mean; thin: the least loss of these features, if it was measured."
                  if name == "loss" else ""),
               functools.partial(draw_profiles, study, curves, shared, links, name))


def draw_profiles(study, curves, shared, links, name):
    figure, panels = base.pair_sheet(curves, links)
    style = base.styles(curves, shared)
    for curve in curves:
        draw_profile(panels[curve.activation, curve.link], curve, name, style[curve.place_without(*shared)])
    for pair, panel in panels.items():
        own = [curve for curve in curves if (curve.activation, curve.link) == pair]
        base.logarithmic(panel, "y")
        base.gamma_axis(panel, numpy.concatenate([curve.gamma for curve in own]))
    y_label = f"{labels.FLATNESS}   (↓ flatter)" if name == "flatness" else base.label_losses(panels, curves)
    finish(figure, panels.values(), labels.head(study, shared), r"$\gamma$", y_label, profile_legend(curves, style))
    return figure


def profile_legend(curves, style):
    entries = base.handles_of(style, linestyle=LINES, marker=MARKERS, color=COLOURS)
    entries.append(Line2D([], [], linestyle="", marker="o", markersize=8, markerfacecolor="none", color="#444444", label="flattest"))
    entries.append(Line2D([], [], linestyle="", marker="*", markersize=8, markerfacecolor="none", color="#444444", label="least loss"))
    if any(curve.infeasible_from() is not None for curve in curves):
        entries.append(Line2D([], [], linestyle="", marker="x", color="#444444", markersize=5, label="infeasible from here"))
    return entries + rounded_entry(curves)


def draw_profile(panel, curve, name, k):
    mean, error = curve.mean(name), curve.error(name)
    if name == "loss":
        mean, rounded = curve.loss_on_log_axis()
        draw_rounded(panel, curve.gamma[rounded], mean[rounded])
        mean[rounded] = numpy.nan
        base.mean_line(panel, curve.baseline)
    order = numpy.argsort(curve.gamma)
    order = order[numpy.isfinite(mean[order])]
    gamma, mean, error = curve.gamma[order], mean[order], error[order]
    panel.plot(gamma, mean, linestyle=LINES[k], marker=MARKERS[k], color=COLOURS[k], markersize=2.5)
    panel.fill_between(gamma, numpy.maximum(mean - error, mean / 10), mean + error, color=COLOURS[k], alpha=0.15, linewidth=0)
    for place, sign in ((curve.flattest, "o"), (curve.best, "*")):
        if place is not None and place in order:
            panel.plot(curve.gamma[place], mean[order == place], sign, markersize=8, color=COLOURS[k], markerfacecolor="none",
                       markeredgewidth=0.9)
    if name == "loss":
        best = curve.mean("best_loss")[order]
        panel.plot(gamma[best > 0], best[best > 0], color=COLOURS[k], linewidth=0.5)
    if (beyond := curve.infeasible_from()) is not None:
        panel.plot(beyond, 0.03 + 0.07 * k, "x", color=COLOURS[k], markersize=4, transform=panel.get_xaxis_transform(), clip_on=False)


def soft_rank(study):
    names = list(study.ridges)
    if not names:
        return
    names = [names[k] for k in sorted({0, len(names) // 2, len(names) - 1})]
    kept, _ = base.without_copies(study.curves)
    for shared, curves in base.parts(kept):
        yield (part_name("soft-rank", shared), part_title("Soft rank against loss", shared),
               f"{POINTS} As the scatter plots, with the soft rank of the Hessian in place of its trace; ridges are relative to the mean "
               "eigenvalue.", functools.partial(draw_soft_rank, study, curves, shared, names))


def draw_soft_rank(study, curves, shared, names):
    pairs = base.pairs_of(curves)[:base.FIGURES_A_KIND]
    figure, panels = base.sheet({(*pair, name): (i, k) for i, pair in enumerate(pairs) for k, name in enumerate(names)})
    style = base.styles(curves, shared)
    marks = {id(curve): MARKERS[style[curve.place_without(*shared)]] for curve in curves}
    norm = base.GammaColours(numpy.concatenate([curve.gamma for curve in curves]))
    for (activation, link, name), panel in panels.items():
        own = [curve for curve in curves if (curve.activation, curve.link) == (activation, link)]
        for curve in own:
            draw_points(panel, curve, curve.mean(name), norm, marks[id(curve)], curve.error(name))
        panel.set_title(f"{labels.activation(activation)}, {labels.link(link)}, ridge ${labels.number(study.ridges[name])}$")
        base.logarithmic(panel, "y")
        panel.xaxis.set_major_locator(MaxNLocator(3))
        panel.ticklabel_format(axis="x", useOffset=False)
        base.spearman_note(panel, own, name, marks)
    finish_points(study, figure, panels, curves, shared, norm, "soft rank of $H$")
    return figure
