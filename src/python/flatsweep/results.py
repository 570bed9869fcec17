"""Readers of results files."""

import io
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Union

import numpy

from . import program

if TYPE_CHECKING:
    import pandas
    import xarray


def open(file: Union[str, "os.PathLike[str]"]) -> "xarray.Dataset":
    """Open the results file of a sweep, also of one that still runs.

    The statuses are names, measures are NaN in rows that are not solved, and axes of one value are scalar coordinates.
    The statuses are read at once, everything else when it is used. Close it before the sweep goes on:
    `with flatsweep.open(...) as results`.

    Raises FileNotFoundError if there is no such file, and ValueError if it holds no results of flatsweep.

    >>> import flatsweep
    >>> with flatsweep.open("quick.h5") as results:
    ...     print(results.status.dims, float((results.status == "solved").mean()))
    ...     means = results.flatness.mean("seed")
    ('activation', 'indices', 'seed', 'gamma') 1.0
    """
    stored = read(file)
    status = stored.status.load()
    names = numpy.array(status.attrs["flag_meanings"].split())
    solved = status.values == list(names).index("solved")
    results = stored.assign({name: _masked(variable, solved) for name, variable in stored.data_vars.items()
                             if variable.dims[:status.ndim] == status.dims and variable.dtype.kind == "f"})
    results["status"] = (status.dims, names[status.values], {"long_name": status.attrs.get("long_name", "status")})
    results = results.squeeze()
    results.attrs["file"] = os.path.abspath(file)
    results.set_close(stored.close)
    return results


def read(file: Union[str, "os.PathLike[str]"]) -> "xarray.Dataset":
    """Open a results file as it is stored. Raises what `open` does."""
    import xarray

    try:
        stored = xarray.open_dataset(os.path.abspath(file), engine="h5netcdf", phony_dims="sort")  # also what is no netCDF
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {os.fspath(file)}. Name a results file of flatsweep run.") from None
    except OSError as error:
        raise ValueError(f"{os.fspath(file)} cannot be read ({error}). Name a results file of flatsweep run.") from None
    missing = [name for name in ("seed", "gamma", "flatness", "status") if name not in stored.variables]
    if missing:
        stored.close()
        raise ValueError(f"{os.fspath(file)} is no results file of flatsweep (it lacks {', '.join(missing)}). "
                         "Name one that flatsweep run wrote.")
    return stored


def _masked(variable: Any, solved: Any) -> Any:
    """The variable with NaN in rows that are not solved, still not read. Its first dimensions are those of `solved`."""
    import xarray
    from xarray.core import indexing

    class Masked(xarray.backends.BackendArray):
        shape, dtype = variable.shape, variable.dtype

        def __getitem__(self, key: Any) -> Any:
            return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.BASIC, self.read)

        def read(self, key: Any) -> Any:
            numbers = numpy.array(variable.variable[key].values)
            rows = numpy.asarray(solved[key[:solved.ndim]])
            numbers[~rows] = numpy.nan
            return numbers

    return xarray.Variable(variable.dims, indexing.LazilyIndexedArray(Masked()), variable.attrs)


def curves(results: Union["xarray.Dataset", str, "os.PathLike[str]"]) -> "pandas.DataFrame":
    """Return what `flatsweep show` and the page of figures say of results: means over solved seeds with standard errors, counts
    by status, rank correlations with their intervals, verdicts. A row for each gamma of each curve; the columns are those of
    `flatsweep show --csv`.

    results  what flatsweep.open returned, or a part of it by .sel or .isel: the values left on its axes are selected;
             or a file

    Raises ValueError if these are no results of flatsweep.

    >>> import flatsweep
    >>> with flatsweep.open("quick.h5") as results:
    ...     table = flatsweep.curves(results.sel(activation="relu"))
    >>> sorted(set(table.activation)), {"loss_mean", "flatness_mean", "verdict"} <= set(table)
    (['relu'], True)
    """
    if isinstance(results, (str, os.PathLike)):
        return show(results)
    if "file" not in getattr(results, "attrs", {}):
        raise ValueError("results come from no file (they lack the attribute file). Pass what flatsweep.open returned.")
    return show(results.attrs["file"], _conditions(results))


def show(file: Union[str, "os.PathLike[str]"], conditions: Sequence[str] = ()) -> "pandas.DataFrame":
    """Return the lines of `flatsweep show FILE --csv` for the rows that fulfil the conditions of `--where`."""
    import pandas

    where = ["--where", ",".join(conditions)] if conditions else []
    table = program.call("show", os.fspath(file), "--csv", *where)
    lines = pandas.read_csv(io.StringIO(table), float_precision="round_trip", dtype={"offset": str})
    if missing := {"in_verdicts", "verdict"} - set(lines.columns):
        raise RuntimeError(f"{' '.join(program.find())} is of another version than this module (its tables lack {min(missing)}). "
                           "Build it again, or name another: FLATSWEEP=PROGRAM in the environment.")
    return lines


def _conditions(results: Any) -> list[str]:
    """The axes of which a part is left, as `--where` writes them."""
    with open(results.attrs["file"]) as whole:
        axes = {name: whole[name].values for name in whole.status.coords}
    conditions = []
    for axis, values in axes.items():
        if axis not in results.coords:
            raise ValueError(f"results have lost the axis {axis} (its values are needed). Select with .sel, without drop=True.")
        left = numpy.atleast_1d(results[axis].values)
        if left.size < values.size:
            conditions.append(f"{axis}={' '.join(map(program.text, left.tolist()))}")
    return conditions
