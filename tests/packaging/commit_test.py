#!/usr/bin/python3
"""The commit that the program names is that of its source when it was built, and of no other repository."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "src/core/commit.cmake"


def git(folder, *arguments):
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    done = subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Commit(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.outer = pathlib.Path(scratch.name)
        self.source = self.outer / "flatsweep"
        self.source.mkdir()
        self.template, self.output = self.outer / "version.in", self.outer / "version"
        self.template.write_text("@FLATSWEEP_COMMIT@")

    def commit(self, folder):
        git(folder, "commit", "--quiet", "--allow-empty", "-m", "A commit")
        return git(folder, "rev-parse", "--short=12", "HEAD")

    def written(self):
        environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(self.outer.parent)}
        subprocess.run(["cmake", "-D", f"SOURCE_DIR={self.source}", "-D", f"TEMPLATE={self.template}",
                        "-D", f"OUTPUT={self.output}", "-P", SCRIPT], check=True, env=environment)
        return self.output.read_text().strip()

    def test_it_follows_the_repository(self):
        git(self.source, "init", "--quiet")
        self.assertEqual(self.written(), "unknown")
        first = self.commit(self.source)
        self.assertEqual(self.written(), first)
        second = self.commit(self.source)
        self.assertNotEqual(first, second)
        self.assertEqual(self.written(), second)

    def test_it_says_whether_the_tree_has_changes(self):
        git(self.source, "init", "--quiet")
        (self.source / "file").write_text("old")
        git(self.source, "add", "file")
        commit = self.commit(self.source)
        (self.source / "file").write_text("new")
        self.assertEqual(self.written(), commit + "-dirty")

    def test_nothing_is_rewritten_without_a_new_commit(self):
        git(self.source, "init", "--quiet")
        self.commit(self.source)
        self.written()
        os.utime(self.output, (1, 1))
        self.written()
        self.assertEqual(self.output.stat().st_mtime, 1)

    def test_without_git_it_is_unknown(self):
        self.assertEqual(self.written(), "unknown")

    def test_the_repository_of_a_surrounding_project_is_not_ours(self):
        git(self.outer, "init", "--quiet")
        self.commit(self.outer)
        self.assertEqual(self.written(), "unknown")


if __name__ == "__main__":
    unittest.main(verbosity=2)
