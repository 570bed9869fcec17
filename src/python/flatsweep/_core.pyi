from typing import Any

import numpy
import numpy.typing

version: str

class Error(ValueError): ...

def flattest(
    S: numpy.typing.NDArray[numpy.float64],
    y: numpy.typing.NDArray[numpy.float64],
    q: float,
    kappa: numpy.typing.NDArray[numpy.float64],
    penalty: float,
    threads: int,
) -> dict[str, Any]: ...
