"""What a results file says, as figures need it: curves of seed means over gamma."""
import dataclasses
import itertools

import numpy
import pandas
import xarray

MEASURES = ["flatness", "flatness_unit", "outer_l1"]  # what may order interpolators, next to the soft rank
NEEDED = [*MEASURES, "flatness_teacher", "relative_loss", "excess_loss_error", "signal_power", "population_loss_mc"]
SOLVED = 1


class Trouble(Exception):
    """Input that cannot be honoured: problem (why). remedy."""


@dataclasses.dataclass
class Curve:
    """One activation, link and value of every other axis: numbers over gamma. Means and standard errors are over the
    solved seeds; `complete` tells where all seeds were solved."""
    activation: str
    link: str
    others: dict        # the other axes of more than one value
    monte_carlo: bool   # the loss is population_loss_mc, since there is no exact one
    gamma: numpy.ndarray
    solved: numpy.ndarray
    complete: numpy.ndarray
    rows: xarray.Dataset  # over seed and gamma: the measures, `loss` (0 where it is not above `rounding`), `status`

    def mean(self, name, **ridge):
        """Over solved seeds, one a gamma; NaN where there is none."""
        values = self._values(name, ridge)
        count = numpy.isfinite(values).sum(axis=0)
        return numpy.where(count > 0, numpy.nansum(values, axis=0) / numpy.maximum(count, 1), numpy.nan)

    def error(self, name, **ridge):
        """Standard error of the mean; 0 for a single seed."""
        values = self._values(name, ridge)
        count = numpy.isfinite(values).sum(axis=0)
        squares = numpy.nansum((values - self.mean(name, **ridge)) ** 2, axis=0)
        return numpy.sqrt(squares / numpy.maximum((count - 1) * count, 1))

    def _values(self, name, ridge):
        return self.rows[name].sel(ridge).transpose("seed", "gamma").values

    def loss_on_log_axis(self):
        """Mean loss, that of rounding errors where it is 0, and where that is."""
        loss = self.mean("loss")
        return numpy.where(loss == 0, self.mean("rounding"), loss), loss == 0

    def label_without(self, *axes):
        """`axis value` of the other axes but these."""
        return ", ".join(f"{axis} {short(value)}" for axis, value in self.others.items() if axis not in axes)

    @property
    def flattest(self):
        """Position of the gamma of least mean flatness among those all seeds of which were solved."""
        return least(numpy.where(self.complete, self.mean("flatness"), numpy.nan))

    @property
    def best(self):
        """The same of least mean loss."""
        return least(numpy.where(self.complete, self.mean("loss"), numpy.nan))


def least(values):
    return None if numpy.isnan(values).all() else int(numpy.nanargmin(values))


def short(value):
    return str(value) if isinstance(value, str) else f"{value:.6g}"


def spearman(one, other):
    """Rank correlation of the points that both have; NaN for fewer than three."""
    pairs = pandas.DataFrame({"one": one, "other": other}).dropna()
    ranks = pairs.rank()
    if len(pairs) < 3 or ranks.one.std() == 0 or ranks.other.std() == 0:
        return numpy.nan
    return float(ranks.one.corr(ranks.other))


class Study:
    def __init__(self, results):
        self.results = results
        self.title = results.attrs["title"]
        self.ridges = results.ridge.values
        self.seeds = results.sizes["seed"]
        self.curves = list(self._curves())

    @property
    def panels(self):
        """The (activation, link) pairs that have a curve."""
        return list(dict.fromkeys((curve.activation, curve.link) for curve in self.curves))

    @property
    def has_spectrum(self):
        return bool(numpy.isfinite(self.results.soft_rank).any())

    def statuses(self):
        """Status name -> number of rows."""
        names = self.results.status.attrs["flag_meanings"].split()
        counts = numpy.bincount(self.results.status.values.ravel(), minlength=len(names))
        return dict(zip(names, counts.tolist()))

    def _curves(self):
        free = [axis for axis in self.results.status.dims if axis not in ("seed", "gamma")]
        for values in itertools.product(*(self.results[axis].values for axis in free)):
            place = dict(zip(free, values))
            rows = self.results.sel(place, drop=True)
            curve = make_curve(place, {axis: self.results.sizes[axis] for axis in free}, rows)
            if curve is not None:
                yield curve


def make_curve(place, sizes, rows):
    """None where no row is solved."""
    solved = rows.status == SOLVED
    if not solved.any():
        return None
    measured = rows[[*MEASURES, "flatness_teacher", "soft_rank"]].where(solved)
    exact = rows.relative_loss.where(solved)
    monte_carlo = bool(exact.isnull().all())
    rounding = (rows.excess_loss_error / rows.signal_power).where(solved)
    measured["loss"] = rows.population_loss_mc.where(solved) if monte_carlo else exact.where(~(exact <= rounding), 0)
    measured["rounding"] = rounding
    measured["status"] = rows.status
    others = {axis: value for axis, value in place.items()
              if axis not in ("activation", "link") and sizes[axis] > 1}
    count = solved.sum("seed").values
    return Curve(place["activation"], place["link"], others, monte_carlo, rows.gamma.values, count,
                 count == rows.sizes["seed"], measured)


def read_study(file, selection):
    """selection: axis -> list of texts, the values to keep.

    Raises Trouble where the file is none of flatsweep's, has no solved row, or knows no such value."""
    try:
        opened = xarray.open_dataset(file, engine="h5netcdf", phony_dims="sort")  # also what is no netCDF
    except FileNotFoundError:
        raise Trouble(f"there is no file {file}. Name a results file of flatsweep run.") from None
    except OSError as error:
        raise Trouble(f"{file} cannot be read ({error}). Name a results file of flatsweep run.") from None
    with opened:
        missing = [name for name in ["seed", "gamma", *NEEDED, "soft_rank", "status"] if name not in opened.variables]
        if missing:
            raise Trouble(f"{file} is no results file of flatsweep (it lacks {', '.join(missing)}). "
                          "Name one that flatsweep run wrote.")
        results = opened[[*NEEDED, "soft_rank", "status"]]
        for axis, texts in selection.items():
            results = results.isel({axis: positions(results, axis, texts)})
        study = Study(results.load())
    if not study.curves:
        counts = ", ".join(f"{count} {name}" for name, count in study.statuses().items() if count)
        raise Trouble(f"{file} has no solved row to draw ({counts}). Let flatsweep run go on, or see flatsweep status.")
    return study


def positions(results, axis, texts):
    axes = results.status.dims
    if axis not in axes:
        raise Trouble(f"--select {axis}: there is no such axis (axes: {', '.join(axes)}). Name one of them.")
    known = [short(value) for value in results[axis].values]
    unknown = [text for text in texts if text not in known]
    if unknown:
        raise Trouble(f"--select {axis}={unknown[0]}: the axis has no such value (it has {', '.join(known)}). "
                      "Name some of them.")
    return [known.index(text) for text in texts]
