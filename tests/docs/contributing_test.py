#!/usr/bin/python3
"""The worked examples of CONTRIBUTING.md still apply to the files they change, and the version is one everywhere."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CONTRIBUTING = (SOURCE / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"(?ms)^### Add (\w+ \w+)\n.*?^```diff\n(.*?)^```", CONTRIBUTING))


def files_of(example):
    return re.findall(r"(?m)^\+\+\+ b/(.+)$", example)


class Contributing(unittest.TestCase):
    def test_there_is_an_example_of_each_kind(self):
        self.assertEqual(set(EXAMPLES), {"a measure"})

    def test_every_example_applies(self):
        for name, example in EXAMPLES.items():
            with self.subTest(name), tempfile.TemporaryDirectory(prefix="flatsweep.") as folder:
                for file in files_of(example):
                    copy = pathlib.Path(folder, file)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(SOURCE / file, copy)
                done = subprocess.run(["git", "apply", "-"], cwd=folder, input=example, capture_output=True, text=True,
                                      env=os.environ | {"GIT_CEILING_DIRECTORIES": str(pathlib.Path(folder).parent)})
                self.assertEqual(done.returncode, 0, done.stderr)
                for file in files_of(example):
                    self.assertNotEqual((SOURCE / file).read_text(), pathlib.Path(folder, file).read_text(), file)

    def test_every_example_has_its_test(self):
        for name, example in EXAMPLES.items():
            self.assertTrue(any(file.startswith("tests/") for file in files_of(example)), name)

    def test_what_it_names_exists(self):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", re.sub(r"(?ms)^```.*?^```", "", CONTRIBUTING)):
            self.assertTrue((SOURCE / ".github" / target).exists(), target)

    def test_the_version_is_one(self):
        version = re.search(r"project\(flatsweep VERSION ([\d.]+)", (SOURCE / "CMakeLists.txt").read_text())[1]
        citation = (SOURCE / "CITATION.cff").read_text(encoding="utf-8")
        self.assertEqual(re.search(r"(?m)^version: (.+)$", citation)[1], version)
        released = re.findall(r"(?m)^## ([\d.]+)$", (SOURCE / ".github/CHANGELOG.md").read_text(encoding="utf-8"))
        self.assertEqual(released[0], version)
        install = (SOURCE / ".github/INSTALL.md").read_text(encoding="utf-8")
        self.assertTrue(version.startswith(re.search(r"find_package\(flatsweep ([\d.]+)", install)[1]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
