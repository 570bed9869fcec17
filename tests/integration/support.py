"""Shared by the tests of the built program: they run it, stop it and read what it wrote.

ctest passes the program as FLATSWEEP, and FLATSWEEP_LONG=1 to the long versions."""
import atexit
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time
import unittest

import h5py

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("FLATSWEEP", str(SOURCE / "build" / "dev" / "flatsweep"))
LONG = os.environ.get("FLATSWEEP_LONG") == "1"
QUICK = SOURCE / "jobs" / "quick.ini"
FEW_ROWS = ["--grid.d=12", "--grid.seed=0..1", "--grid.gamma=0.1 0.5 0.9", "--measure.test_samples=100"]

# What starts ranks: more than there are cores, each on any core. Open MPI 4 and 5 and MPICH know these words.
MPIRUN = ["mpirun", "--map-by", "slot:OVERSUBSCRIBE", "--bind-to", "none"]
# Where Open MPI 4 and 5 keep the files of a run.
OPEN_MPI_FOLDERS = ("OMPI_MCA_orte_tmpdir_base", "PRTE_MCA_prte_tmpdir_base", "OMPI_MCA_btl_vader_backing_directory",
                    "OMPI_MCA_btl_sm_backing_directory")

EVERYTHING_DONE, INTERNAL_ERROR, BAD_INPUT, SOME_FAILED, STOPPED_EARLY, FILE_IN_USE = 0, 1, 2, 3, 75, 76


def environment():
    """Open MPI on this host as any user, in a container. Each of Open MPI 4 and 5 ignores names that only the other has."""
    defaults = {
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_oob_tcp_if_include": "lo", "OMPI_MCA_btl_tcp_if_include": "lo",
        "OMPI_MCA_btl_vader_single_copy_mechanism": "none", "OMPI_MCA_smsc": "^cma", "OPENBLAS_NUM_THREADS": "1",
    }
    if "OMPI_MCA_orte_tmpdir_base" not in os.environ:
        folder = tempfile.mkdtemp(prefix="flatsweep.")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        defaults |= dict.fromkeys(OPEN_MPI_FOLDERS, folder)
    return defaults | dict(os.environ)


ENVIRONMENT = environment()


def seeded():
    """A random generator whose seed is printed, or taken from FLATSWEEP_SEED to repeat a run."""
    seed = int(os.environ.get("FLATSWEEP_SEED", random.SystemRandom().randrange(2**32)))
    print(f"FLATSWEEP_SEED={seed}", flush=True)
    return random.Random(seed)


def command(*arguments, ranks=None):
    """The program's command line; under mpirun if `ranks` is given."""
    launcher = [] if ranks is None else [*MPIRUN, "-n", str(ranks)]
    return [*launcher, PROGRAM, *map(str, arguments)]


def ranks_below(pid):
    """Process ids of the ranks that mpirun `pid` started, by rank: its children, or MPICH's proxy's."""
    ranks = {}
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        for child in children.read().split():
            with open(f"/proc/{child}/environ", "rb") as variables:
                for variable in variables.read().split(b"\0"):
                    name, _, value = variable.partition(b"=")
                    if name in (b"OMPI_COMM_WORLD_RANK", b"PMI_RANK"):
                        ranks[int(value)] = int(child)
            with open(f"/proc/{child}/cmdline", "rb") as words:
                if words.read().split(b"\0")[0].endswith(b"hydra_pmi_proxy"):
                    ranks |= ranks_below(child)
    return ranks


def cpu_seconds(pid):
    """CPU seconds that process `pid` has taken so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_hung(pid):
    """Whether all children of mpirun `pid` are zombies: Open MPI 4.1.4 sometimes hangs like this if a rank dies early."""
    states = subprocess.run(["ps", "--ppid", str(pid), "-o", "stat="], stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    return bool(states) and all(state.startswith("Z") for state in states)


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="flatsweep.", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def flatsweep(self, *arguments, ranks=None, expect=EVERYTHING_DONE, timeout=300, prefix=(), env=None):
        """Runs the program, or the `prefix` that runs it, in the test's own folder, and checks its exit code unless `expect` is
        None."""
        done = subprocess.run([*prefix, *command(*arguments, ranks=ranks)], cwd=self.folder, env=env or ENVIRONMENT, timeout=timeout,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if expect is not None:
            self.assertEqual(done.returncode, expect, f"{' '.join(done.args)}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, *arguments, ranks=None, **options):
        """Starts the program and leaves it running; it is killed at the latest when the test ends."""
        process = subprocess.Popen(command(*arguments, ranks=ranks), cwd=self.folder, env=ENVIRONMENT,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   text=True, **options)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        return process

    def rows_of(self, file):
        """The number of rows that are done in `file`, and of all its rows."""
        with h5py.File(self.folder / file) as opened:
            return int((opened["status"][...] != 0).sum()), opened["status"].size

    def wait_for_rows(self, file, rows=1, seconds=60):
        """Waits until `file` is there and has so many rows."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if self.rows_of(file)[0] >= rows:
                    return
            except OSError:
                pass  # not there yet
            time.sleep(0.05)
        self.fail(f"{file} never had {rows} rows")

    def preload(self, name, source):
        """Compiles C to a shared library; returns an environment that loads it before the program's own."""
        library = self.folder / f"{name}.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(library)], input=source, text=True,
                       check=True)
        return ENVIRONMENT | {"LD_PRELOAD": str(library)}

    def volatile(self, file):
        """The columns of time and place, as the program itself names them."""
        paths = self.flatsweep("status", file, "--volatile").stdout.split()
        self.assertIn("/solve_seconds", paths)
        return [path.removeprefix("/") for path in paths]

    def assert_same_results(self, one, other):
        """Equal by h5diff, except for columns of time and place and the group /runs."""
        excluded = [f"--exclude-path=/{name}" for name in [*self.volatile(one), "runs"]]
        done = subprocess.run(["h5diff", *excluded, str(one), str(other)], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{one} and {other} differ:\n{done.stdout}\n{done.stderr}")
