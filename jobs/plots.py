"""The kinds of figures, and which of them a study has data for."""
import dataclasses
import typing

import curve_plots
import panels as base
import penalty_plots
import summary_plots
import training_plots


@dataclasses.dataclass
class Plan:
    """A figure that can be drawn."""
    kind: str
    name: str     # of its files
    title: str
    caption: str  # says in words what is drawn
    draw: typing.Callable  # returns the figure


KINDS = {
    "scatter": curve_plots.scatter,
    "paper": curve_plots.paper,
    "flatness-over-gamma": curve_plots.flatness_over_gamma,
    "loss-over-gamma": curve_plots.loss_over_gamma,
    "scaling": summary_plots.scaling,
    "soft-rank": curve_plots.soft_rank,
    "ordering": summary_plots.ordering,
    "algorithms": training_plots.algorithms,
    "phase": training_plots.phase,
    "gap": training_plots.decay,
    "penalty-loss": penalty_plots.penalty_loss,
    "trade-off": penalty_plots.trade_off,
    "penalty-ordering": penalty_plots.penalty_ordering,
    "equal-fit": penalty_plots.equal_fit,
    "predicted-gap": penalty_plots.predicted_gap,
    "status": summary_plots.status_maps,
}


def plans(study, only=()):
    """Every figure that the study has data for, of these kinds, or of all."""
    return [Plan(kind, *made) for kind, make in KINDS.items() if not only or kind in only for made in make(study)]
