#!/usr/bin/python3
"""The list of mutants does not rot: each old text stands once in its file, and each named test is there."""
import collections
import pathlib
import re
import subprocess
import sys
import unittest

from mutants import MUTANTS

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = sys.argv.pop()


class Mutants(unittest.TestCase):
    def test_every_old_text_stands_once_in_its_file_and_the_new_one_is_another(self):
        for mutant in MUTANTS:
            with self.subTest(mutant.name):
                self.assertEqual((SOURCE / mutant.file).read_text(encoding="utf-8").count(mutant.old), 1)
                self.assertNotEqual(mutant.old, mutant.new)

    def test_no_name_stands_twice(self):
        self.assertEqual([name for name, count in collections.Counter(m.name for m in MUTANTS).items() if count > 1], [])

    def test_the_readme_lists_them_all_in_this_order(self):
        text = pathlib.Path(__file__).with_name("README.md").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"(?m)^\| (.+?) \| `\w+`: .+ \|$", text), [mutant.name for mutant in MUTANTS])

    def test_every_test_that_should_catch_one_is_there(self):
        listed = subprocess.run(["ctest", "--show-only"], cwd=BUILD, capture_output=True, text=True, check=True).stdout
        names = re.findall(r"(?m)^  Test +#\d+: (\S+)$", listed)
        for tests in {mutant.tests for mutant in MUTANTS}:
            with self.subTest(tests):
                self.assertTrue(any(re.fullmatch(tests, name) for name in names))


if __name__ == "__main__":
    unittest.main(verbosity=2)
