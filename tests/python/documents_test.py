#!/usr/bin/python3
"""What the module says of itself holds: examples in docstrings run, mypy accepts its types and those of a user."""
import doctest
import importlib
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

import flatsweep
from support import ENVIRONMENT, QUICK, SOURCE, ProgramTest

PACKAGE = pathlib.Path(flatsweep.__file__).parent

USER = """
import numpy
import numpy.typing
import flatsweep

solution = flatsweep.flattest(numpy.eye(2), [1, 2], q=4 / 3, kappa=numpy.ones(2))
weights: numpy.typing.NDArray[numpy.float64] = solution.outer_weights
status: str = solution.status
means = flatsweep.curves(flatsweep.open("quick.h5"))
flatsweep.run("fig3.ini", "fig3.h5", ranks=4, d=50, seed=range(4))
"""


class Documents(ProgramTest):
    def test_examples_in_docstrings_run(self):
        os.environ.update(ENVIRONMENT)
        shutil.copy(QUICK, self.folder / "quick.ini")
        self.flatsweep("run", QUICK, "-o", "quick.h5", "--quiet", "--grid.d=12", "--measure.test_samples=100")
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        tried = 0
        for name in ("solver", "results", "sweep"):
            failures, examples = doctest.testmod(importlib.import_module(f"flatsweep.{name}"), optionflags=doctest.NORMALIZE_WHITESPACE)
            self.assertEqual(failures, 0, name)
            tried += examples
        self.assertGreaterEqual(tried, 12)

    def test_every_public_name_has_a_docstring(self):
        for name in flatsweep.__all__:
            self.assertTrue(getattr(flatsweep, name).__doc__, name)

    @unittest.skipUnless(shutil.which("mypy"), "mypy is not installed")
    def test_mypy_accepts_the_module_and_finds_mistakes_of_a_user(self):
        def mypy(*words):
            return subprocess.run(["mypy", "--strict", "--allow-untyped-calls", "--ignore-missing-imports", "--cache-dir", self.folder / "cache", *words],
                                  cwd=self.folder, env=os.environ | {"MYPYPATH": str(SOURCE / "src/python")}, capture_output=True, text=True, check=False)

        done = mypy("-p", "flatsweep")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        (self.folder / "user.py").write_text(USER)
        done = mypy("user.py")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        (self.folder / "wrong.py").write_text(USER + "flatsweep.flattest(numpy.eye(2), [1, 2], q='one')\n")
        self.assertIn('incompatible type "str"', mypy("wrong.py").stdout)

    @unittest.skipUnless(shutil.which("stubtest"), "mypy is not installed")
    def test_the_stub_is_what_the_extension_has(self):
        (self.folder / "mypy.ini").write_text("[mypy]\nignore_missing_imports = True\n")
        done = subprocess.run(["stubtest", "flatsweep._core", "--mypy-config-file", self.folder / "mypy.ini"], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_shipped_example_runs(self):
        done = subprocess.run([sys.executable, SOURCE / "jobs/example.py"], cwd=self.folder, env=ENVIRONMENT | dict(os.environ),
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "example.png").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
