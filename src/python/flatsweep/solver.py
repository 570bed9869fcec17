"""The flattest interpolator of a program of one's own."""

import dataclasses
import math
import numbers
from typing import Any, Optional

import numpy
import numpy.typing

Array = numpy.typing.NDArray[numpy.float64]


@dataclasses.dataclass(frozen=True)
class Solution:
    """What flattest found, and the certificate that proves it."""

    outer_weights: Array  # a, m; NaN if infeasible
    dual: Array           # nu, n, dual feasible; NaN if there is none
    status: str           # solved, infeasible or inaccurate
    objective: float      # sum_j kappa_j |a_j|^q
    residual: float       # |S a - y| / |y|; the least one if infeasible
    gap: float            # relative duality gap; NaN without a dual
    rank: int             # numerical rank of S
    iterations: int       # steps and pivots of the solver
    seconds: float        # of wall-clock time in the solver


def flattest(S: numpy.typing.ArrayLike, y: numpy.typing.ArrayLike, q: float = 1.0,
             kappa: Optional[numpy.typing.ArrayLike] = None, penalty: float = 0.0, threads: int = 1) -> Solution:
    """Minimise sum_j kappa_j |a_j|^q subject to S a = y.

    Solved means proved: residual and duality gap are computed anew from the arrays. The solver is that of
    `flatsweep solve --program`, with the same bits. Other threads of Python run meanwhile. Ctrl-C ends it
    after the matrix product at work, within a second up to n = 1000.

    S        n x m, activations of m neurons at n points; column-major float64 (order="F") is not copied
    y        n labels
    q        from 1 to 2
    kappa    m weights, positive, or zero if the column of S is; ones by default
    penalty  of |S a - y|^2 / n + penalty sum_j kappa_j |a_j|^q; with 0, the default, a interpolates
    threads  of linear algebra; the result has the same bits for any number

    Returns a Solution. Raises ValueError if an argument cannot be used, and RuntimeError if doubles hold no optimum.

    >>> import flatsweep
    >>> solution = flatsweep.flattest([[1, 0, 1], [0, 1, 1]], [1, 1])
    >>> solution.status, solution.objective, solution.outer_weights.tolist()
    ('solved', 1.0, [0.0, 0.0, 1.0])
    >>> flatsweep.flattest([[1, 0, 1], [0, 1, 1]], [1, 1], q=2).outer_weights.round(3).tolist()
    [0.333, 0.333, 0.667]
    >>> flatsweep.flattest([[1, 0], [0, 1], [1, 1]], [1, 1])
    Traceback (most recent call last):
    ValueError: S looks transposed (it is 3 x 2, and y has 2 entries). Pass S.T, which is n x m.
    """
    try:
        from . import _core
    except ImportError as absent:
        raise ImportError(f"the solver was not built for this Python ({absent}). Build flatsweep with this Python and pybind11.") from None
    labels = _vector("y", y)
    activations = _matrix("S", S, labels)
    weights = numpy.ones(activations.shape[1]) if kappa is None else _vector("kappa", kappa)
    if weights.size != activations.shape[1]:
        raise ValueError(f"kappa does not fit S ({weights.size} entries instead of {activations.shape[1]}). "
                         "Pass one for each column of S.")
    if isinstance(threads, bool) or not isinstance(threads, numbers.Integral) or not 1 <= threads <= 1024:
        raise ValueError(f"threads is out of range (it is {threads!r}). Pass a whole number from 1 to 1024.")
    return Solution(**_core.flattest(activations, labels, _number("q", q), weights, _number("penalty", penalty), int(threads)))


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ValueError(f"{name} is no real number (it is {value!r}). Pass a float.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} is not finite (it is {value}). Pass a finite number.")
    return number


def _finite(name: str, value: Any) -> Array:
    """The value as a column-major array of finite float64, itself if it is one."""
    try:
        given = numpy.asarray(value)
    except ValueError as ragged:
        raise ValueError(f"{name} is no array ({ragged}). Pass rows of equal length.") from None
    if given.dtype.kind not in "fiub":
        raise ValueError(f"{name} holds no real numbers (its dtype is {given.dtype}). Pass an array of floats.")
    if given.size == 0:
        raise ValueError(f"{name} is empty (its shape is {given.shape}). Pass at least one number.")
    if isinstance(value, numpy.ma.MaskedArray) and value.mask.any():
        raise ValueError(f"{name} has masked entries (a program needs all of them). Fill them, or leave out their rows.")
    array = numpy.asarray(given, dtype=numpy.float64, order="F")
    if not numpy.isfinite(array).all():
        place = tuple(numpy.argwhere(~numpy.isfinite(array))[0].tolist())
        raise ValueError(f"{name} is not finite (entry {place} is {array[place]}). Pass finite numbers.")
    return array


def _vector(name: str, value: Any) -> Array:
    """n numbers, of shape n, n x 1 or 1 x n."""
    array = _finite(name, value)
    if max(array.shape, default=1) != array.size:
        raise ValueError(f"{name} has the wrong shape (it is {_shape(array)}). Pass a vector.")
    return array.reshape(-1, order="F")


def _matrix(name: str, value: Any, labels: Array) -> Array:
    array = _finite(name, value)
    if array.ndim != 2:
        raise ValueError(f"{name} has the wrong shape (it is {_shape(array)}). Pass a matrix, n x m.")
    n, m = array.shape
    if n != labels.size and m == labels.size:
        raise ValueError(f"{name} looks transposed (it is {n} x {m}, and y has {m} entries). Pass {name}.T, which is n x m.")
    if n != labels.size:
        raise ValueError(f"y does not fit {name} ({labels.size} entries instead of {n}). Pass one for each row of {name}.")
    return array


def _shape(array: Array) -> str:
    return " x ".join(map(str, array.shape)) or "a scalar"
