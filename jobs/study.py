"""What results files say, as figures need it: curves over gamma, as `flatsweep show --csv` defines them."""
import dataclasses
import pathlib
import re
import sys

import numpy
import pandas

# The module flatsweep, whether or not its solver was built: in the source tree, or installed under the same prefix.
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "../src/python"), str(HERE / "../../../lib/python3/dist-packages")]
from flatsweep import results as reader  # noqa: E402

STATUSES = ["pending", "solved", "infeasible", "inaccurate", "failed", "crashed"]
AXES_OF_CURVES = {"activation", "link", "seed", "gamma"}  # they have places of their own in figures
SETTINGS_ONCE = {"coefficients": "target.coefficients", "program": "program.objective", "offset": "target.offset"}  # now axes
COMPARE = {"=": numpy.equal, "!=": numpy.not_equal, "<": numpy.less, "<=": numpy.less_equal, ">": numpy.greater,
           ">=": numpy.greater_equal}
CONDITION = re.compile(r"\s*(\w+)\s*(<=|>=|!=|=|<|>)\s*(.*?)\s*")


class BadInput(Exception):
    """Input that cannot be used: problem (why). remedy."""


@dataclasses.dataclass
class Curve:
    """One combination of the axes other than seed and gamma: the lines of `show --csv`, one for each gamma.

    Attributes: file, its Results; others, the other axes of more than one value; axes, all of them; lines, a DataFrame."""
    file: "Results"
    axes: dict
    others: dict
    lines: pandas.DataFrame

    def __post_init__(self):
        first = self.lines.iloc[0]
        self.activation, self.link = first.activation, first.link
        self.monte_carlo = first.loss_name == "population_loss_mc"  # since there is no exact loss
        self.gamma = self.lines.gamma.to_numpy(float)
        self.solved = self.lines.solved.to_numpy()
        self.infeasible = self.lines.infeasible.to_numpy()
        self.rows = int(self.lines[STATUSES].to_numpy().sum())
        self.in_verdicts = self.lines.in_verdicts.to_numpy(bool)  # no finished seed is anything but solved
        self.flattest = position(self.lines.flattest)  # that of the least mean flatness
        self.best = position(self.lines.best)          # that of the least mean loss
        self.verdict = "" if pandas.isna(first.verdict) else first.verdict  # in words
        self.baseline = first.baseline  # the loss of predicting the mean; NaN if it is unknown

    def mean(self, name):
        """Mean of `loss`, `best_loss` or a measure over solved seeds at each gamma; NaN if there is none."""
        return self.lines[f"{name}_mean"].to_numpy(float)

    def error(self, name):
        """Standard error of the mean; 0 for a single seed."""
        return self.lines[f"{name}_standard_error"].fillna(0).to_numpy(float)

    def of_rows(self, variable):
        """Mean and standard error, over solved seeds at each gamma, of a variable that the program has no mean of."""
        axes = {axis: value for axis, value in self.axes.items() if axis in self.file.data.dims}
        status, numbers = (self.file.rows(name).sel(gamma=self.gamma, **axes) for name in ("status", variable))
        numbers = numbers.where(status == 1).transpose("seed", "gamma").values
        counts = numpy.isfinite(numbers).sum(axis=0)
        with numpy.errstate(invalid="ignore", divide="ignore"):
            mean = numpy.nansum(numbers, axis=0) / counts
            error = numpy.sqrt(numpy.nansum((numbers - mean)**2, axis=0) / (counts * (counts - 1.0)))
        return mean, numpy.nan_to_num(error)

    def spearman(self, name):
        """Rank correlation of the means of a measure with those of the loss, over the gammas in verdicts."""
        return float(self.lines[f"spearman_over_gamma_{name}"].iloc[0])

    def spearman_interval(self, name):
        """Its lower and upper end over resampled seeds; NaN for a single seed."""
        return tuple(float(self.lines[f"spearman_{end}_{name}"].iloc[0]) for end in ("lower", "upper"))

    def infeasible_from(self):
        """The least gamma from which on no seed is solved; None if the largest gamma has a solved one."""
        order = numpy.argsort(self.gamma)
        solved = numpy.flatnonzero(self.solved[order])
        last = solved[-1] if len(solved) else -1
        beyond = order[last + 1:]
        return self.gamma[beyond[0]] if len(beyond) and (self.infeasible[beyond] > 0).all() else None

    def loss_on_log_axis(self):
        """Mean loss, with the mean rounding error in place of 0, and whether the loss is 0."""
        loss = self.mean("loss")
        return numpy.where(loss == 0, self.lines.loss_rounding_error.to_numpy(float), loss), loss == 0

    def place_without(self, *axes):
        """The other axes but these, a tuple of pairs."""
        return tuple((axis, value) for axis, value in self.others.items() if axis not in axes)

    def numbers(self):
        """Everything but names and teachers, to tell whether two curves are the same."""
        numbers = self.lines.select_dtypes("number")
        return numbers[[name for name in numbers if "teacher" not in name]].to_numpy(float)


def position(flags):
    """Position of the only 1; None if there is none."""
    return int(flags.to_numpy().argmax()) if flags.any() else None


def short(value):
    return str(value) if isinstance(value, str) else f"{value:.6g}"


class Results:
    """A results file. Attributes: path, name, attrs; data, its selected rows, read lazily; conditions, as --where has them."""

    def __init__(self, path, conditions):
        self.path = pathlib.Path(path)
        self.name = self.path.stem
        self.conditions = conditions
        opened = in_words(reader.read, path)
        self.attrs = opened.attrs
        self.axes = list(opened.status.dims)
        self.shape = dict(opened.status.sizes)
        self.positions = {axis: numpy.arange(size) for axis, size in self.shape.items()}
        exact_conditions = [self.exact(opened, condition) for condition in conditions]
        self.lines = in_words(reader.show, path, exact_conditions)  # refuses what it does not understand
        for axis, setting in SETTINGS_ONCE.items():
            if axis not in self.lines:
                self.lines.insert(self.lines.columns.get_loc("gamma"), axis, self.settings().get(setting))
        for axis, comparison, texts in map(parts_of, conditions):
            kept = fulfilled(opened[axis].values, comparison, texts)
            self.positions[axis] = numpy.intersect1d(self.positions[axis], numpy.flatnonzero(kept))
        self.data = opened.isel(self.positions)
        self.loaded = {}

    def exact(self, opened, condition):
        """The condition with values that read back as those of the axis, if it has them."""
        match = CONDITION.fullmatch(condition)
        if match is None or match[1] not in self.axes or match[2] not in ("=", "!="):
            return condition
        axis, comparison, texts = parts_of(condition)
        kept = fulfilled(opened[axis].values, "=", texts)
        values = " ".join(map(exact, opened[axis].values[kept]))
        return f"{axis}{comparison}{values}" if kept.sum() == len(texts) else condition

    def rows(self, variable):
        """The selected rows of a variable, in memory."""
        if variable not in self.loaded:
            self.loaded[variable] = self.data[variable].compute()
        return self.loaded[variable]

    def statuses(self):
        """Status name -> number of selected rows."""
        counts = numpy.bincount(self.rows("status").values.ravel(), minlength=len(STATUSES))
        return dict(zip(STATUSES, counts.tolist()))

    def settings(self):
        """Setting (`measure.ridge`) -> its text, for all settings that are no axes."""
        found, section = {}, ""
        for line in self.attrs["resolved"].splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif " = " in line and section not in ("", "grid"):
                key, _, text = line.partition(" = ")
                found[f"{section}.{key}"] = text
        return found


class Study:
    """Attributes: files, a list of Results; curves, those with a solved row; measures, the names that Curve.mean takes;
    shared, the axes that have one value in all curves, and it; seeds, how many."""

    def __init__(self, files):
        self.files = files
        self.title = ", ".join(dict.fromkeys(file.attrs["title"] for file in files))
        self.seeds = max(file.data.sizes["seed"] for file in files)
        lines = pandas.concat([file.lines.assign(file=file.name) for file in files], ignore_index=True)
        axes = list(dict.fromkeys(axis for file in files for axis in file.lines.columns[:file.lines.columns.get_loc("gamma")]))
        self.measures = [name.removeprefix("spearman_over_gamma_") for name in lines.columns
                         if name.startswith("spearman_over_gamma_")]
        free = [axis for axis in ["file", *axes] if lines[axis].nunique(dropna=False) > 1 and axis not in AXES_OF_CURVES]
        self.shared = {axis: lines[axis].iloc[0] for axis in axes if axis not in [*free, "activation", "link"]}
        curves = [curve_of(file, axes, free, part) for file in files
                  for _, part in lines[lines.file == file.name].groupby(axes, sort=False, dropna=False)]
        self.curves = [curve for curve in curves if curve.solved.any()]

    @property
    def attrs(self):
        return self.files[0].attrs

    @property
    def ridges(self):
        """Measure -> ridge of the soft ranks that the files have, in their order."""
        names = [name for name in self.measures if name.startswith("soft_rank_")]
        return {name: float(name.removeprefix("soft_rank_")) for name in names
                if any(numpy.isfinite(curve.mean(name)).any() for curve in self.curves)}

    def statuses(self):
        """Status name -> number of rows."""
        return {name: sum(file.statuses()[name] for file in self.files) for name in STATUSES}

    def has(self, variable):
        """Whether every file has this variable, with a number in it."""
        return all(variable in file.data and bool(numpy.isfinite(file.rows(variable)).any()) for file in self.files)


def curve_of(file, axes, free, lines):
    first = lines.iloc[0]
    return Curve(file, {axis: first[axis] for axis in axes}, {axis: first[axis] for axis in free}, lines)


def read_study(files, conditions=()):
    """files: a path or several; conditions: texts of the grammar of --where, all of which a row must fulfil.

    Raises BadInput if a file is none of flatsweep's, if there is no solved row, or if a condition is not understood."""
    paths = [files] if isinstance(files, (str, pathlib.Path)) else list(files)
    names = [pathlib.Path(path).stem for path in paths]
    results = [Results(path, list(conditions)) for path in paths]
    for file, path in zip(results, paths):
        if names.count(file.name) > 1:
            file.name = str(path)
    study = Study(results)
    if not study.curves:
        counts = ", ".join(f"{count} {name}" for name, count in study.statuses().items() if count)
        raise BadInput(f"{', '.join(map(str, paths))} has no solved row to draw ({counts}). Let flatsweep run go on, or see "
                       "flatsweep status.")
    return study


def in_words(read, *arguments):
    """What the module's reader returns; its refusals are bad input."""
    try:
        return read(*arguments)
    except (FileNotFoundError, ValueError, RuntimeError) as refusal:
        raise BadInput(str(refusal)) from None


def parts_of(condition):
    """Axis, comparison and values of a condition that the program has understood."""
    axis, comparison, texts = CONDITION.fullmatch(condition).groups()
    return axis, comparison, texts.split()


def exact(value):
    """The text of an axis' value that reads back as the same one."""
    return str(value) if isinstance(value, str) else repr(value.item())


def fulfilled(values, comparison, texts):
    """Whether each value fulfils the condition; numbers are equal if they agree in the six digits that tables show."""
    if values.dtype.kind in "OSU":
        same = numpy.isin(values.astype(str), texts)
        return same if comparison == "=" else ~same
    try:
        numbers = [float(f"{float(text):.6g}") for text in texts]
    except ValueError:
        return numpy.zeros(len(values), bool)  # the program says why
    values = numpy.array([float(short(value.item())) for value in values])
    told = [COMPARE[comparison](values, number) for number in numbers]
    return numpy.all(told, axis=0) if comparison == "!=" else numpy.any(told, axis=0)
