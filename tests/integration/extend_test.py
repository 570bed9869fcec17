#!/usr/bin/python3
"""--extend: a file grows to more axis values of its job and keeps its rows; it is the old or the new one at any time."""
import os
import signal
import subprocess
import time
import unittest

from support import BAD_INPUT, ENVIRONMENT, FILE_IN_USE, QUICK, ProgramTest, command, seeded

SETTINGS = [QUICK, "--grid.d=12", "--measure.test_samples=100", "--grid.activation=relu", "--grid.width_ratio=2"]
SMALL = [*SETTINGS, "--grid.seed=0..1", "--grid.gamma=0.1 0.5 0.9"]
LARGE = [*SETTINGS, "--grid.seed=0..2", "--grid.gamma=lin(0.1,0.9,5)", "--grid.objective=trace norm"]


class Extend(ProgramTest):
    def setUp(self):
        super().setUp()
        self.flatsweep("run", *SMALL, "-o", "grown.h5", "--quiet")
        self.rows = self.rows_of("grown.h5")[0]

    def test_a_file_that_grows_equals_a_run_from_scratch(self):
        os.symlink("grown.h5", self.folder / "link.h5")
        said = self.flatsweep("run", *LARGE, "-o", "link.h5", "--extend", ranks=2).stderr
        total = self.rows_of("grown.h5")[1]
        self.assertIn(f"has grown to {total} rows, {self.rows} of which it had", said)
        self.assertIn(f"{total} rows, {self.rows} done, {total - self.rows} to do", said)
        self.assertTrue((self.folder / "link.h5").is_symlink())
        self.flatsweep("run", *LARGE, "-o", "whole.h5", "--quiet")
        self.assert_same_results("whole.h5", "grown.h5")
        self.assertEqual(sorted(os.listdir(self.folder)), ["grown.h5", "link.h5", "whole.h5"])
        again = self.flatsweep("run", *LARGE, "-o", "grown.h5", "--extend").stderr
        self.assertNotIn("grown", again, "it has all rows")

    def test_a_file_that_is_not_there_is_made(self):
        self.flatsweep("run", *SMALL, "-o", "new.h5", "--extend", "--quiet")
        self.assert_same_results("grown.h5", "new.h5")

    def test_another_job_is_refused_with_the_way_to_keep_the_rows(self):
        before = (self.folder / "grown.h5").read_bytes()
        fewer = [*SETTINGS, "--grid.seed=1..2", "--grid.gamma=0.1 0.5 0.9"]
        other = [*SMALL, "--measure.spectrum=off"]
        for job, more, words in (
                (LARGE, [], ["`seed = 0 1`, not `seed = 0..2`", "--extend", "--reuse grown.h5"]),
                (fewer, [], ["`seed = 0 1`, not `seed = 1 2`", "--reuse grown.h5"]),
                (fewer, ["--extend"], ["cannot grow", "`seed = 0 1`, not `seed = 1 2`", "--reuse grown.h5"]),
                (other, [], ["`spectrum = on`, not `spectrum = off`", "Name another file"]),
                (other, ["--extend"], ["cannot grow", "`spectrum = on`, not `spectrum = off`"]),
                (LARGE, ["--extend", "--overwrite"], ["--extend: given besides --overwrite"])):
            with self.subTest(job=job, more=more):
                said = self.flatsweep("run", *job, "-o", "grown.h5", *more, expect=BAD_INPUT).stderr
                for word in words:
                    self.assertIn(word, said)
                self.assertEqual((self.folder / "grown.h5").read_bytes(), before)
        (self.folder / "text.h5").write_text("no results\n")
        self.flatsweep("run", *LARGE, "-o", "text.h5", "--extend", expect=BAD_INPUT)
        self.assertEqual((self.folder / "text.h5").read_text(), "no results\n")

    def test_a_file_in_use_does_not_grow(self):
        running = self.start("run", *SMALL[:-1], "--grid.gamma=lin(0.1,0.9,5000)", "-o", "used.h5", "--quiet")
        self.wait_for_rows("used.h5")
        inode = (self.folder / "used.h5").stat().st_ino
        self.flatsweep("run", *SMALL[:-2], "--grid.seed=0..2", "--grid.gamma=lin(0.1,0.9,5000)", "-o", "used.h5",
                       "--extend", expect=FILE_IN_USE)
        self.assertEqual((self.folder / "used.h5").stat().st_ino, inode)
        running.send_signal(signal.SIGUSR1)
        self.assertEqual(running.wait(60), 75)

    def test_a_kill_leaves_the_old_file_or_the_new_one(self):
        draw = seeded()
        old = (self.folder / "grown.h5").read_bytes()
        temporary = self.folder / ".grown.h5.flatsweep-tmp"
        grown = 0
        for _ in range(12):
            (self.folder / "grown.h5").write_bytes(old)
            temporary.unlink(missing_ok=True)
            process = subprocess.Popen(command("run", *LARGE, "-o", "grown.h5", "--extend", "--quiet"), cwd=self.folder,
                                       env=ENVIRONMENT, stdin=subprocess.DEVNULL)
            while process.poll() is None and not temporary.exists():
                time.sleep(1e-3)
            time.sleep(draw.uniform(0, 0.2))
            process.kill()
            process.wait()
            done, total = self.rows_of("grown.h5")
            self.assertGreaterEqual(done, self.rows)
            grown += total > self.rows
        print(f"{grown} of 12 files had grown when the run was killed", flush=True)
        self.flatsweep("run", *LARGE, "-o", "grown.h5", "--extend", "--quiet")
        self.assertEqual(list(self.folder.glob(".*")), [], "what a kill left is gone")
        self.flatsweep("verify", "grown.h5", "--sample", "100")


if __name__ == "__main__":
    unittest.main(verbosity=2)
