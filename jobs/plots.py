"""The figures of a study."""
import dataclasses

import numpy
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from panels import (COLOURS, CURVES_A_PANEL, FIGURES_A_KIND, LINES, MARKERS, add_gamma_bar, add_legend, draw_points,
                    draw_rounded, gamma_norm, logarithmic, loss_label, pairs_of, panel_grid, part_name, part_title, parts,
                    plt, styles)
from study import MEASURES, spearman

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
                draw_profile(panels[curve.activation, curve.link], curve, name, style[curve.label_without(*shared)])
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


def flatness_ratios(curve):
    """Flatness at the smallest gamma over that at the flattest, and over the teacher's: mean over seeds and standard
    error each. Only gammas all seeds of which were solved; NaN where there are fewer than two, or no teacher."""
    nothing = {"flattest": (numpy.nan, numpy.nan), "teacher": (numpy.nan, numpy.nan)}
    if curve.complete.sum() < 2:
        return nothing
    usable = numpy.flatnonzero(curve.complete)
    bad = curve.rows.isel(gamma=usable[numpy.argmin(curve.gamma[usable])])
    references = {"flattest": curve.rows.flatness.isel(gamma=curve.flattest), "teacher": bad.flatness_teacher}
    return {name: mean_and_error((bad.flatness / reference).values) for name, reference in references.items()}


def mean_and_error(values):
    return values.mean(), values.std(ddof=1) / numpy.sqrt(len(values)) if len(values) > 1 else 0.0


def fitted_power(d, ratio):
    """Slope and factor of the least-squares line of log ratio over log d."""
    slope, intercept = numpy.polyfit(numpy.log(d), numpy.log(ratio), 1)
    return slope, numpy.exp(intercept)


def ratios_over_d(study, reference):
    """(activation, link, other axes) -> d, ratios, their errors; empty where d has a single value.
    reference: `flattest` or `teacher`."""
    families = {}
    for curve in study.curves:
        if "d" not in curve.others:
            continue
        ratio, error = flatness_ratios(curve)[reference]
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
                  "Ratio of a bad interpolator's flatness (smallest γ) to the flattest one's and to the teacher's (where it "
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
                                MARKERS[style[curve.label_without(*shared)]], curve.error("soft_rank", ridge=ridge))
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
        key = (curve.activation, curve.link, curve.label_without("interpolator"))
        pools.setdefault(key, []).append(curve)
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
