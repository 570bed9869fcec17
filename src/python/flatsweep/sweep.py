"""Sweeps and single configurations, computed by the program."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, Optional, Union

from . import program, results

if TYPE_CHECKING:
    import xarray

Path = Union[str, "os.PathLike[str]"]
# What starts ranks: more than there are cores, each on any core. Open MPI 4 and 5 and MPICH know these words.
MPIRUN = ["mpirun", "--map-by", "slot:OVERSUBSCRIBE", "--bind-to", "none"]


def run(job: Path, file: Path, ranks: Optional[int] = None, progress: bool = True, **settings: Any) -> "xarray.Dataset":
    """Run the sweep of a job file, or continue it, in processes of its own, and open its results.

    job       a job file
    file      of the results; one of the same job is continued
    ranks     of MPI, of which the first distributes the work; by default one more than there are cores.
              1 does without mpirun
    progress  draw a bar
    settings  replace those of the job, and give options of `flatsweep run`: d=50, seed=range(4), test_samples=0,
              overwrite=True, time_limit="55m", where="gamma>0.5"

    Ctrl-C stops the sweep in order before it raises KeyboardInterrupt, and a second one at once: the same call
    continues it. A warning says that a sweep stopped early or has rows that failed.

    Returns what flatsweep.open(file) does. Raises ValueError for a job or setting that cannot be used, BlockingIOError
    if another run has the file, RuntimeError if the run fails, or if this process is itself one of MPI's.

    >>> import flatsweep
    >>> with flatsweep.run("quick.ini", "mine.h5", ranks=1, progress=False, d=12, seed=0, gamma=[0.1, 0.5]) as results:
    ...     print(results.flatness.sel(activation="relu", indices=4).dims)
    ('gamma',)
    """
    _require_no_mpi()
    if isinstance(ranks, bool) or ranks is not None and (not isinstance(ranks, int) or ranks < 1):
        raise ValueError(f"ranks is out of range (it is {ranks!r}). Pass a whole number from 1.")
    count = ranks or len(os.sched_getaffinity(0)) + 1
    if count > 1 and not shutil.which(MPIRUN[0]):
        raise RuntimeError("mpirun is missing (it starts the ranks). Install Open MPI, or pass ranks=1.")
    launcher = [*MPIRUN, "-n", str(count)] if count > 1 else []
    words = ["run", os.fspath(job), "-o", os.fspath(file), "--progress", "json", *program.options("run", settings)]
    with tempfile.TemporaryFile() as said:
        code = _follow([*launcher, *program.find(), *words], said, progress)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if code not in (0, 3, 75):
        program.fail(code, text)
    if code == 3:
        warnings.warn(f"some configurations failed: flatsweep status {os.fspath(file)} --failed says why", stacklevel=2)
    if code == 75:
        warnings.warn("the sweep stopped early; the same call continues it", stacklevel=2)
    return results.open(file)


def _require_no_mpi() -> None:
    """A rank of MPI may not start other ranks: Open MPI would wait without end."""
    mpi = getattr(sys.modules.get("mpi4py"), "MPI", None)
    if mpi is not None and mpi.Is_initialized() and not mpi.Is_finalized():
        raise RuntimeError("flatsweep.run cannot start ranks here (mpi4py has initialised MPI in this process). "
                           "Call it from a process without mpi4py.MPI, or type mpirun -n P flatsweep run ...")
    names = [name for name in ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK") if name in os.environ]
    if names:
        raise RuntimeError(f"flatsweep.run cannot start ranks here (this process is a rank itself: {names[0]} is set). "
                           "Start the script without mpirun.")


def _follow(command: list[str], said: IO[bytes], progress: bool) -> int:
    """Run the command to its end, show its progress, and return its exit code. Ctrl-C does not reach it by the terminal."""
    environment = dict(os.environ)
    if os.geteuid() == 0:  # as in a container: Open MPI asks for it to be said twice
        environment = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"} | environment
    with _interrupts_held() as let_go, _bar(progress) as bar, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, text=True, env=environment, start_new_session=True) as process:
        assert process.stdout is not None
        try:
            let_go()
            _show(process.stdout, bar)
            return process.wait()
        except KeyboardInterrupt:
            threading.Thread(target=_ask_to_stop, args=(process,), daemon=True).start()
            try:
                _show(process.stdout, bar)  # how far it came
                process.wait()
            except KeyboardInterrupt:
                os.killpg(process.pid, signal.SIGKILL)
            raise
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise


@contextlib.contextmanager
def _interrupts_held() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until the function that this yields is called, which raises it then: a process that is being started
    when it comes would run on, known to nobody."""
    # Only the main thread gets any, and what is not Python's cannot be put back.
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is None:
        yield lambda: None
        return
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))

    def let_go() -> None:
        signal.signal(signal.SIGINT, handler)
        if came:
            raise KeyboardInterrupt

    try:
        yield let_go
    finally:
        signal.signal(signal.SIGINT, handler)


def _ask_to_stop(process: "subprocess.Popen[str]") -> None:
    """Ask until it ends: mpirun passes the signal on to every rank, but loses one that comes before there are ranks."""
    while process.poll() is None:
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.5)


def _bar(progress: bool) -> Any:
    """Return a bar, or a context without one."""
    if not progress:
        return contextlib.nullcontext()
    from tqdm.auto import tqdm

    return tqdm(unit="row")


def _show(lines: Iterator[str], bar: Any) -> None:
    """Draw what the program says of its progress, until it says no more."""
    for line in lines:
        try:
            state = json.loads(line)
        except ValueError:
            continue  # of the launcher
        if bar is not None:
            bar.total, bar.n, bar.initial = state["total"], state["done"], state["done"] - state["performed"]
            bar.set_postfix({name: state[name] for name in ("infeasible", "inaccurate", "failed") if state[name]})  # and draw it


def experiment(job: Path, id: Optional[int] = None, **settings: Any) -> types.SimpleNamespace:
    """Sample, solve and measure one configuration of a job, and return it with every array.

    job       a job file
    id        of the configuration, its row in the results; or give its axis values: gamma=0.3, seed=1
    settings  axis values, and those that replace the job's: test_samples=1000; hessian_eigenvalues=True

    The attributes are what `flatsweep solve` writes: axis values; n = labels.size, d, m = outer_weights.size;
    features (n x d), labels (n), inner_weights (m x d), outer_weights (m), dual (n), kappa (m), index_directions
    (r x d), ...; the measures, NaN if they do not apply; status as a name. Raises ValueError for a job, an id or a
    setting that cannot be used, RuntimeError if the configuration fails.

    >>> import flatsweep
    >>> e = flatsweep.experiment("quick.ini", id=0, d=12)
    >>> e.status, e.features.shape == (e.labels.size, 12), e.residual < 1e-10
    ('solved', True, True)
    """
    import h5py

    if id is not None:
        settings["id"] = id
    with tempfile.TemporaryDirectory(prefix="flatsweep.") as folder:
        file = pathlib.Path(folder) / "one.h5"
        program.call("solve", os.fspath(job), "-o", str(file), *program.options("solve", settings))
        with h5py.File(file) as opened:
            values = dict(opened.attrs) | {name: dataset[()] for name, dataset in opened.items()}
            names = opened["status"].attrs["flag_meanings"]
    names = names.decode() if isinstance(names, bytes) else names
    values["status"] = str(names).split()[int(values["status"])]
    return types.SimpleNamespace(**values)

