"""The figures of a study."""
import dataclasses

import numpy
import pandas
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from panels import (COLOURS, CURVES_A_PANEL, FIGURES_A_KIND, LINES, MARKERS, add_gamma_bar, add_legend, draw_points,
                    draw_rounded, gamma_norm, logarithmic, loss_label, pairs_of, panel_grid, part_name, part_title, parts,
                    plt, styles)

STATUS_COLOURS = ["#DDDDDD", "#0072B2", "#E69F00", "#CC79A7", "#D55E00", "#000000"]


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


def scatter(study):
    for shared, curves in parts(study.curves):
        figure, panels = panel_grid(pairs_of(curves))
        norm, style = gamma_norm(curves), styles(curves, shared)
        for curve in curves:
            draw_points(panels[curve.activation, curve.link], curve, curve.mean("flatness"), norm,
                        MARKERS[style[curve.label_without(*shared)]], curve.error("flatness"))
        for panel in panels.values():
            logarithmic(panel, "x")
        finish_points(figure, panels, curves, style, "flatness (Hessian trace)", norm)
        yield Picture(part_name("scatter", shared), part_title("Flatness against loss", shared),
                      "Means over solved seeds with standard errors, a point per γ; hollow if a finished seed is not "
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
                draw_profile(panels[curve.activation, curve.link], curve, name, style[curve.label_without(*shared)])
            for pair, panel in panels.items():
                logarithmic(panel, "y")
                panel.set_xlabel("γ")
                own = [curve for curve in curves if (curve.activation, curve.link) == pair] or curves
                panel.set_ylabel("flatness" if name == "flatness" else loss_label(own))
            add_legend(figure, [Line2D([], [], linestyle=LINES[k], marker=MARKERS[k], color=COLOURS[k], markersize=4,
                                       label=label) for label, k in style.items()])
            yield Picture(part_name(f"{name}-over-gamma", shared), part_title(title, shared),
                          f"Mean {what} over solved seeds, band: standard error. Ring: the flattest γ among those whose "
                          "finished seeds are all solved.", figure)


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
    for curve in study.curves:
        if "d" not in curve.others:
            continue
        ratio, error = flatness_ratio(curve, reference)
        if numpy.isfinite(ratio):
            key = (curve.activation, curve.link, curve.label_without("d"))
            families.setdefault(key, []).append((curve.others["d"], ratio, error))
    return {key: numpy.array(sorted(points)).T for key, points in families.items() if len(points) > 1}


def scaling(study):
    references = {"flattest": "the flattest of these γ", "teacher": "the teacher"}
    families = {name: found for name in references if (found := ratios_over_d(study, name))}
    if not families:
        return
    figure, axes = plt.subplots(1, len(families), squeeze=False, layout="constrained", figsize=(4.6 * len(families), 3.8))
    for panel, (name, found) in zip(axes.flat, families.items()):
        draw_powers(panel, found)
        panel.set_title(f"over {references[name]}")
        panel.set_ylabel("ratio of flatness")
    yield Picture("scaling", "How much flatter is the flattest, as d grows",
                  "Ratio of a bad interpolator's flatness (smallest γ) to the flattest one's and to the teacher's (if it "
                  "is defined): means over seeds, standard errors, fitted power laws (Theorem 2 of arXiv 2606.04429).",
                  figure)


def draw_powers(panel, families):
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
    panel.set_xlabel("d")
    panel.legend()


def soft_rank(study):
    names = list(study.ridges)
    if not names:
        return
    names = [names[k] for k in sorted({0, len(names) // 2, len(names) - 1})]
    for shared, curves in parts(study.curves):
        pairs = pairs_of(curves)[:FIGURES_A_KIND]
        figure, axes = plt.subplots(len(pairs), len(names), squeeze=False, layout="constrained",
                                    figsize=(1.4 + 3.1 * len(names), 0.7 + 2.6 * len(pairs)))
        panels = {(*pair, name): axes[i, k] for i, pair in enumerate(pairs) for k, name in enumerate(names)}
        norm, style = gamma_norm(curves), styles(curves, shared)
        for curve in curves:
            for name in names:
                if panel := panels.get((curve.activation, curve.link, name)):
                    draw_points(panel, curve, curve.mean(name), norm, MARKERS[style[curve.label_without(*shared)]],
                                curve.error(name))
        for (activation, link, name), panel in panels.items():
            panel.set_title(f"σ = {activation}, g = {link}, ridge {study.ridges[name]:g}")
        finish_points(figure, panels, curves, style, "soft rank", norm)
        yield Picture(part_name("soft-rank", shared), part_title("Soft rank against loss", shared),
                      "As the scatter plots, with the soft rank of the Hessian in place of its trace; ridges are "
                      "relative to the mean eigenvalue.", figure)


def orderings(study):
    """Return a dict (activation, link, other axes but the interpolator) -> measure -> Spearman correlation of the means
    with those of the loss, over gamma and interpolators together; only gammas in verdicts."""
    pools = {}
    for curve in study.curves:
        key = (curve.activation, curve.link, curve.label_without("interpolator"))
        pools.setdefault(key, []).append(curve.lines[curve.in_verdicts])
    measures = [name for name in study.measures if not name.startswith("soft_rank_") or name in study.ridges]
    return {key: {measure_label(study, name): spearman(lines[f"{name}_mean"], lines.loss_mean) for name in measures}
            for key, lines in ((key, pandas.concat(pool)) for key, pool in pools.items())}


def spearman(one, other):
    """Return the rank correlation of the points that both have; NaN for fewer than three, and if one side is constant."""
    return pandas.DataFrame({"one": one, "other": other}).corr("spearman", min_periods=3).loc["one", "other"]


def measure_label(study, name):
    words = {"flatness": "trace, flattest rescaling", "flatness_unit": "trace, unit-norm weights",
             "outer_l1": "l1 norm of outer weights"}
    return words.get(name) or f"soft rank, ridge {study.ridges[name]:g}"


def ordering(study):
    found = orderings(study)
    measures = list(next(iter(found.values())))
    figure, panels = panel_grid(pairs_of(study.curves), height=0.8 + 0.22 * len(measures), share=True)
    signs = {label: {"marker": MARKERS[k % len(MARKERS)], "color": COLOURS[(k + k // len(MARKERS)) % len(COLOURS)]}
             for k, label in enumerate(dict.fromkeys(rest for _, _, rest in found))}  # 36 different ones
    for (activation, link, rest), correlations in found.items():
        panels[activation, link].plot(list(correlations.values()), range(len(measures)), linestyle="", **signs[rest],
                                      markersize=5, alpha=0.85)
    for panel in panels.values():
        panel.set(xlim=(-1.08, 1.08), xlabel="Spearman correlation with the loss")
        panel.set_yticks(range(len(measures)), measures)
        panel.set_ylim(len(measures) - 0.5, -0.5)
        panel.axvline(0, color="#999999", linewidth=0.8)
    add_legend(figure, [Line2D([], [], linestyle="", **sign, label=label) for label, sign in signs.items() if label])
    yield Picture("ordering", "What orders the interpolators by loss",
                  "Spearman correlation of each measure's seed means with those of the loss, over γ and interpolators "
                  "together, at γ whose finished seeds are all solved. 1: the measure orders them as the loss does.", figure)


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
