"""Flattest interpolators, and sweeps over them.

flattest    the flattest interpolator of an S and y of your own, with a certificate
run         a sweep of a job file, with a bar of its progress
open        the results of a sweep, an xarray.Dataset
curves      means over seeds, rank correlations and verdicts, a pandas.DataFrame
experiment  one configuration of a job, with every array

`flattest` needs NumPy only. The others call the program flatsweep: the one that the environment variable FLATSWEEP
names, the one built or installed beside this module, or the one on PATH. `open` and `curves` work from the sources too."""

from .results import curves, open
from .solver import Solution, flattest
from .sweep import experiment, run

__all__ = ["Solution", "curves", "experiment", "flattest", "open", "run"]


def __getattr__(name: str) -> str:
    if name != "__version__":
        raise AttributeError(f"module flatsweep has no attribute {name}")
    from ._core import version  # not before it is asked for: the sources alone have none

    return version
