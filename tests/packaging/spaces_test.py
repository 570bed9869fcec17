#!/usr/bin/python3
"""A clone in a path with spaces builds shared libraries, which are installed into a prefix with spaces and serve the program and a
project of somebody else from there."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import ENVIRONMENT, FEW_ROWS, SOURCE

COMPILER = os.environ.get("CXX", "c++")
# Nobody looks at what this build computes fast.
QUICK_TO_BUILD = ["-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", "-DCMAKE_UNITY_BUILD=ON", "-DCMAKE_UNITY_BUILD_BATCH_SIZE=50",
                  "-DFLATSWEEP_NATIVE=OFF"]


class Spaces(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="flatsweep.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "all my work"
        self.folder.mkdir()

    def run_here(self, *command):
        done = subprocess.run(list(map(str, command)), cwd=self.folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{done.args}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def build(self, source, build, *options):
        self.run_here("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={COMPILER}", *QUICK_TO_BUILD,
                      *options)
        self.run_here("cmake", "--build", build)

    def test_shared_libraries_of_a_clone_with_spaces_serve_from_a_prefix_with_spaces(self):
        clone = self.folder / "a clone"
        shutil.copytree(SOURCE, clone, ignore=shutil.ignore_patterns("build", ".git", "tests"))
        self.build(clone, clone / "a build", "-DBUILD_SHARED_LIBS=ON", "-DFLATSWEEP_TESTS=OFF")
        prefix = self.folder / "a prefix"
        self.run_here("cmake", "--install", clone / "a build", "--prefix", prefix)
        shutil.rmtree(clone)

        self.assertTrue(list(prefix.rglob("libflatsweep_solve.so.*")))
        self.run_here(prefix / "bin/flatsweep", "run", prefix / "share/flatsweep/jobs/quick.ini", "-o", "a file.h5", "--quiet", *FEW_ROWS)
        self.build(SOURCE / "tests/packaging/consumer", "a consumer", f"-DCMAKE_PREFIX_PATH={prefix}", "-DREADER=ON")
        self.run_here(self.folder / "a consumer/consumer")
        self.assertEqual(self.run_here(self.folder / "a consumer/reader", "a file.h5"), "24 of 24\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
