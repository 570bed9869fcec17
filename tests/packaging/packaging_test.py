#!/usr/bin/python3
"""What `cmake --install` puts under a prefix works from there: the program, its jobs, scripts and manual, and the
libraries for a project of somebody else. ctest passes the build folder as FLATSWEEP_BUILD; FLATSWEEP_PREFIX, where it is
set, is taken as installed already."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from support import ENVIRONMENT, FEW_ROWS, ProgramTest

CONSUMER = pathlib.Path(__file__).resolve().parent / "consumer"
COMPILER = os.environ.get("CXX", "c++")
PYTHON_USER = """
import flatsweep
assert flatsweep.__file__.startswith({prefix!r}), flatsweep.__file__
print(flatsweep.flattest([[1, 0, 1], [0, 1, 1]], [1, 1]).outer_weights)
with flatsweep.open("q.h5") as results:
    print(results.flatness.notnull().sum().item(), len(flatsweep.curves(results)))
"""


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          **options)
    if done.returncode != 0:
        raise AssertionError(f"{done.args}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def setUpModule():
    global PREFIX
    if "FLATSWEEP_PREFIX" in os.environ:
        PREFIX = pathlib.Path(os.environ["FLATSWEEP_PREFIX"])
        return
    folder = tempfile.TemporaryDirectory(prefix="flatsweep.")
    unittest.addModuleCleanup(folder.cleanup)
    PREFIX = pathlib.Path(folder.name) / "a prefix"
    run("cmake", "--install", os.environ["FLATSWEEP_BUILD"], "--prefix", PREFIX)


class Installed(ProgramTest):
    def setUp(self):
        super().setUp()
        self.program = PREFIX / "bin/flatsweep"
        self.share = PREFIX / "share/flatsweep"

    def build_consumer(self, flags, *options):
        """Folder of the programs of tests/packaging/consumer, built with these compiler flags."""
        build = self.folder / "build"
        run("cmake", "-S", CONSUMER, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}",
            f"-DCMAKE_CXX_COMPILER={COMPILER}", f"-DCMAKE_CXX_FLAGS={flags}", "-DCMAKE_BUILD_TYPE=Release", *options)
        run("cmake", "--build", build)
        return build

    def sweep(self, file):
        run(self.program, "run", self.share / "jobs/quick.ini", "-o", file, "--quiet", *FEW_ROWS, cwd=self.folder)

    def test_it_has_what_the_readme_promises(self):
        for made in ("bin/flatsweep", "include/flatsweep/solve/flattest_interpolator.hpp", "share/flatsweep/jobs/quick.ini",
                     "share/flatsweep/jobs/figures.py", "share/flatsweep/slurm/sweep.sbatch", "share/man/man1/flatsweep.1.gz"):
            self.assertTrue((PREFIX / made).exists(), made)
        configurations = list(PREFIX.rglob("flatsweepConfig.cmake"))
        self.assertEqual(len(configurations), 1)
        self.assertEqual([str(f) for f in PREFIX.rglob("*") if "pycache" in f.name or f.suffix == ".cpp" or f.suffix == ".sh" and "jobs" in f.parts], [])

    def test_a_project_that_calls_the_solver_agrees_with_the_closed_form(self):
        for flags in ("", "-march=native"):  # Eigen's memory passes between both sides whatever either is compiled for
            with self.subTest(flags):
                print(run(self.build_consumer(flags) / "consumer"))

    def test_a_project_that_reads_results_finds_what_that_needs(self):
        self.sweep("q.h5")
        build = self.build_consumer("", "-DREADER=ON")
        self.assertEqual(run(build / "reader", self.folder / "q.h5"), "24 of 24\n")

    def test_the_program_runs_an_installed_job_and_its_figures_are_drawn(self):
        self.sweep("q.h5")
        self.assertEqual(self.rows_of("q.h5"), (24, 24))
        run(self.share / "jobs/figures.py", "q.h5", "-o", "figures", cwd=self.folder)
        self.assertTrue((self.folder / "figures/index.html").exists())

    def test_python_finds_the_module_and_that_the_program(self):
        self.sweep("q.h5")
        packages = PREFIX / "lib/python3/dist-packages"
        if not list(packages.glob("flatsweep/_core.*.so")):
            self.skipTest("the solver in Python was not built")
        environment = {name: value for name, value in ENVIRONMENT.items() if name != "FLATSWEEP"} | {"PYTHONPATH": str(packages)}
        done = subprocess.run([sys.executable, "-c", PYTHON_USER.format(prefix=str(PREFIX))], cwd=self.folder, env=environment,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "[0. 0. 1.]\n24 12\n")

    def test_the_script_that_relaunches_works_from_there(self):
        path = {"PATH": f"{PREFIX / 'bin'}:{ENVIRONMENT['PATH']}", "FLATSWEEP_RANKS": "2"}
        done = subprocess.run([self.share / "slurm/relaunch.sh", self.share / "jobs/quick.ini", "q.h5", "--quiet", *FEW_ROWS],
                              cwd=self.folder, env=ENVIRONMENT | path, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.rows_of("q.h5"), (24, 24))

    def test_links_of_its_pages_lead_somewhere(self):
        for page in ("jobs/README.md", "slurm/README.md"):
            for target in re.findall(r"\]\((?!http)([^)#]+)\)", (self.share / page).read_text(encoding="utf-8")):
                self.assertTrue((self.share / page).parent.joinpath(target).exists(), f"{page}: {target}")


class Manual(ProgramTest):
    """Every word of --help is in the manual page of its command, and the page is one that `man` reads."""

    def page(self, name):
        text = run("man", "--warnings", "--nh", "--nj", PREFIX / f"share/man/man1/{name}.1.gz")
        return re.sub(r"\s+", " ", text.replace("\u2010", "-"))

    def test_the_first_page_has_every_command(self):
        commands = re.findall(r"(?m)^  (\w+) +(.*)", run(PREFIX / "bin/flatsweep", "--help"))
        self.assertGreater(len(commands), 5)
        page = self.page("flatsweep")
        for name, summary in commands:
            self.assertIn(f"{name} {summary}", page)
            self.assertIn(f"flatsweep-{name}", page, "SEE ALSO")

    def test_the_page_of_a_command_has_every_option(self):
        for name, summary in re.findall(r"(?m)^  (\w+) +(.*)", run(PREFIX / "bin/flatsweep", "--help")):
            options = re.findall(r"--[a-z][\w.-]*", run(PREFIX / "bin/flatsweep", name, "--help"))
            page = self.page(f"flatsweep-{name}")
            self.assertIn(f"flatsweep-{name} - {summary}", page)
            self.assertIn("--help", options)
            for option in options:
                self.assertIn(option, page, name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
