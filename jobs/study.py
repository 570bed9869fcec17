"""What a results file says, as figures need it: curves over gamma, as `flatsweep show --csv` defines them."""
import dataclasses
import io
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

import numpy
import pandas
import xarray

HERE = pathlib.Path(__file__).resolve().parent
BESIDE = ["../build/release", "../build/dev", "../../../bin"]  # of this file: in the source tree, or installed
STATUSES = ["pending", "solved", "infeasible", "inaccurate", "failed", "crashed"]
AXES_OF_CURVES = {"activation", "link", "seed", "gamma"}  # they have places of their own in figures


class BadInput(Exception):
    """Input that cannot be used: problem (why). remedy."""


@dataclasses.dataclass
class Curve:
    """One combination of the axes other than seed and gamma: the lines of `show --csv`, one for each gamma.

    Attributes: others, the other axes of more than one value; lines, a DataFrame."""
    others: dict
    lines: pandas.DataFrame

    def __post_init__(self):
        first = self.lines.iloc[0]
        self.activation, self.link = first.activation, first.link
        self.monte_carlo = first.loss_name == "population_loss_mc"  # since there is no exact loss
        self.gamma = self.lines.gamma.to_numpy(float)
        self.solved = self.lines.solved.to_numpy()
        self.rows = int(self.lines[STATUSES].to_numpy().sum())
        self.in_verdicts = self.lines.in_verdicts.to_numpy(bool)  # no finished seed is anything but solved
        self.flattest = position(self.lines.flattest)  # that of the least mean flatness
        self.best = position(self.lines.best)          # that of the least mean loss

    def mean(self, name):
        """Mean of `loss` or a measure over solved seeds at each gamma; NaN if there is none."""
        return self.lines[f"{name}_mean"].to_numpy(float)

    def error(self, name):
        """Standard error of the mean; 0 for a single seed."""
        return self.lines[f"{name}_standard_error"].fillna(0).to_numpy(float)

    def spearman(self, name):
        """Rank correlation of the means of a measure with those of the loss, over the gammas in verdicts."""
        return float(self.lines[f"spearman_over_gamma_{name}"].iloc[0])

    def loss_on_log_axis(self):
        """Mean loss, with the mean rounding error in place of 0, and whether the loss is 0."""
        loss = self.mean("loss")
        return numpy.where(loss == 0, self.lines.loss_rounding_error.to_numpy(float), loss), loss == 0

    def label_without(self, *axes):
        """`axis value` of the other axes but these."""
        return ", ".join(f"{axis} {short(value)}" for axis, value in self.others.items() if axis not in axes)


def position(flags):
    """Position of the only 1; None if there is none."""
    return int(flags.to_numpy().argmax()) if flags.any() else None


def short(value):
    return str(value) if isinstance(value, str) else f"{value:.6g}"


class Study:
    """Attributes: results, the selected statuses and the file's attributes; title; seeds, how many; curves, those with a
    solved row; measures, the names that Curve.mean takes."""

    def __init__(self, results, lines):
        self.results = results
        self.title = results.attrs["title"]
        self.seeds = results.sizes["seed"]
        self.measures = [name.removeprefix("spearman_over_gamma_") for name in lines.columns
                         if name.startswith("spearman_over_gamma_")]
        free = [axis for axis in results.status.dims if axis not in ("seed", "gamma")]
        several = [axis for axis in free if results.sizes[axis] > 1 and axis not in AXES_OF_CURVES]
        curves = [Curve(place_of(part, several), part) for _, part in lines.groupby(free, sort=False)]
        self.curves = [curve for curve in curves if curve.solved.any()]

    @property
    def ridges(self):
        """Measure -> ridge of the soft ranks that the file has, in its order."""
        names = [name for name in self.measures if name.startswith("soft_rank_")]
        return {name: float(name.removeprefix("soft_rank_")) for name in names
                if any(numpy.isfinite(curve.mean(name)).any() for curve in self.curves)}

    def statuses(self):
        """Status name -> number of rows."""
        names = self.results.status.attrs["flag_meanings"].split()
        counts = numpy.bincount(self.results.status.values.ravel(), minlength=len(names))
        return dict(zip(names, counts.tolist()))


def place_of(lines, axes):
    first = lines.iloc[0]
    return {axis: first[axis] for axis in axes}


def read_study(file, selection):
    """selection: axis -> list of texts, the values to keep.

    Raises BadInput if the file is none of flatsweep's, has no solved row, or knows no such value."""
    try:
        opened = xarray.open_dataset(file, engine="h5netcdf", phony_dims="sort")  # also what is no netCDF
    except FileNotFoundError:
        raise BadInput(f"there is no file {file}. Name a results file of flatsweep run.") from None
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error}). Name a results file of flatsweep run.") from None
    with opened:
        missing = [name for name in ["seed", "gamma", "flatness", "status"] if name not in opened.variables]
        if missing:
            raise BadInput(f"{file} is no results file of flatsweep (it lacks {', '.join(missing)}). "
                           "Name one that flatsweep run wrote.")
        results = opened[["status"]]
        for axis, texts in selection.items():
            results = results.isel({axis: positions(results, axis, texts)})
        conditions = [f"{axis}={' '.join(map(exact, results[axis].values))}" for axis in selection]
        study = Study(results.load(), read_lines(file, conditions))
    if not study.curves:
        counts = ", ".join(f"{count} {name}" for name, count in study.statuses().items() if count)
        raise BadInput(f"{file} has no solved row to draw ({counts}). Let flatsweep run go on, or see flatsweep status.")
    return study


def positions(results, axis, texts):
    axes = results.status.dims
    if axis not in axes:
        raise BadInput(f"--select {axis}: there is no such axis (axes: {', '.join(axes)}). Name one of them.")
    known = [short(value) for value in results[axis].values]
    unknown = [text for text in texts if text not in known]
    if unknown:
        raise BadInput(f"--select {axis}={unknown[0]}: the axis has no such value (it has {', '.join(known)}). "
                       "Name some of them.")
    return [known.index(text) for text in texts]


def exact(value):
    """The text of an axis' value that reads back as the same one."""
    return str(value) if isinstance(value, str) else repr(value.item())


def read_lines(file, conditions):
    """What `flatsweep show --csv` prints of the rows that fulfil the conditions, a DataFrame."""
    program = find_program()
    named = " ".join(program)
    where = ["--where", ",".join(conditions)] if conditions else []
    done = subprocess.run([*program, "show", file, "--csv", *where], stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8", check=False)
    if done.returncode != 0:
        raise BadInput(f"{named} cannot read {file} ({done.stderr.strip() or f'exit code {done.returncode}'}). "
                       "Name a results file of flatsweep run.")
    sys.stderr.write(done.stderr)  # of torn rows
    lines = pandas.read_csv(io.StringIO(done.stdout), float_precision="round_trip")
    if "in_verdicts" not in lines.columns:
        raise BadInput(f"{named} is of another version than {HERE} (its tables lack in_verdicts). "
                       "Build it again, or name another program: FLATSWEEP=PROGRAM jobs/figures.py ...")
    return lines


def find_program():
    """Return the command of the program, a list: what the environment variable FLATSWEEP says; otherwise a program built or
    installed beside this file, or on PATH."""
    if words := shlex.split(os.environ.get("FLATSWEEP", "")):
        if shutil.which(words[0]):
            return words
        raise BadInput(f"FLATSWEEP={words[0]} is no program that can be run. Set it to the path of flatsweep.")
    places = [HERE / folder / "flatsweep" for folder in BESIDE]
    for place in [*map(str, places), "flatsweep"]:
        if found := shutil.which(place):
            return [found]
    looked = ", ".join(str(place.parent.resolve()) for place in places)
    raise BadInput(f"the program flatsweep is missing (neither in {looked} nor on PATH). "
                   "Build it, or name it: FLATSWEEP=PROGRAM jobs/figures.py ...")
