#!/usr/bin/python3
"""The live view of a sweep from its file: on a terminal, elsewhere, and what `status --json` says meanwhile."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import time
import unittest

from support import BAD_INPUT, ENVIRONMENT, QUICK, ProgramTest, command

HOME = "\x1b[H"
SWEEP = ["run", QUICK, "-o", "sweep.h5", "--quiet", "--grid.d=30", "--grid.seed=0..5"]
PART = ["run", QUICK, "-o", "part.h5", "--quiet", "--where", "seed=0"]


class Watch(ProgramTest):
    def frames(self, lines, columns, *arguments):
        """What `watch` draws on a terminal of this size until it ends by itself."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        with subprocess.Popen(command("watch", *arguments), cwd=self.folder, env=ENVIRONMENT, stdin=theirs, stdout=theirs,
                              stderr=theirs, start_new_session=True) as process:
            os.close(theirs)
            shown = b""
            try:
                while part := os.read(ours, 65536):
                    shown += part
            except OSError:  # the terminal was closed at the other end
                pass
            self.assertEqual(process.wait(), 0, shown)
        os.close(ours)
        drawn = shown.decode().replace("\r\n", "\n").split(HOME)[1:]
        return [re.sub("\x1b\\[[0-9]*[JK]", "", frame).rstrip("\n").split("\n") for frame in drawn]

    def test_a_sweep_is_watched_until_it_ends(self):
        sweep = self.start(*SWEEP, ranks=2)
        while not (self.folder / "sweep.h5").exists():
            time.sleep(0.05)
        frames = self.frames(24, 80, "sweep.h5", "--interval", "0.5")
        sweep.wait()
        self.assertGreater(len(frames), 2)
        for frame in frames:
            self.assertLessEqual(len(frame), 24)
            self.assertLessEqual(max(map(len, frame)), 80)
        self.assertRegex(frames[len(frames) // 2][0], r"^\[#*\.+\] \d+ %  elapsed \d+s  ETA .*rows/s$")
        self.assertTrue(any(re.match(r"at work: rank 1 on id \d+ for \d+s$", line) for frame in frames for line in frame), frames)
        shares = [int(re.search(r"(\d+) %", frame[0])[1]) for frame in frames]
        self.assertEqual(shares, sorted(shares))
        self.assertEqual(shares[-1], 100)
        last = "\n".join(frames[-1])
        self.assertIn("ended", last)
        self.assertIn("quick: 192 solved", last)
        self.assertNotIn("pending", last)
        self.assertNotIn("at work", last)
        self.assertEqual(len(re.findall(r"(?m)\[-?\d\.\d\d, -?\d\.\d\d\]", last)), 4)  # a line a curve

    def test_without_a_sweep_one_view_is_all(self):
        self.flatsweep(*PART)
        view = self.flatsweep("watch", "part.h5").stdout
        self.assertRegex(view, r"^\[#+\.+\] 20 %  elapsed \d+s\nquick: 128 pending, 32 solved\nd 25, n 150, m 300, ")
        self.assertEqual(view.count("1/5"), 4)  # seeds
        for lines, columns in ((8, 60), (24, 80)):
            (frame,) = self.frames(lines, columns, "part.h5")
            self.assertLessEqual(len(frame), lines)
            self.assertLessEqual(max(map(len, frame)), columns)
        self.assertIn("absent.h5", self.flatsweep("watch", "absent.h5", expect=BAD_INPUT).stderr)

    def test_status_has_elapsed_rate_and_end_of_a_sweep(self):
        sweep = self.start(*SWEEP)
        found = []
        while sweep.poll() is None:
            if (self.folder / "sweep.h5").exists():
                found.append(json.loads(self.flatsweep("status", "sweep.h5", "--json").stdout))
            time.sleep(0.2)
        busy = [at for at in found if at["running"] and at["done"] >= 40 and at["pending"] > 0]
        self.assertGreater(len(busy), 2)
        for at in busy:
            self.assertGreater(at["rows_per_second"], 0)
            self.assertGreater(at["remaining_seconds"], 0)
            # one worker is always at work: its rows and the seconds that they took tell how long it is at it
            self.assertLess(abs(at["done"] / at["rows_per_second"] - at["elapsed_seconds"]), 0.3 * at["elapsed_seconds"] + 1)
        self.assertTrue(any(one["rank"] == 0 and 0 <= one["id"] < at["total"] for at in busy for one in at["at_work"]), busy)
        self.assertLess(busy[-1]["remaining_seconds"], busy[0]["remaining_seconds"])
        self.assertGreater(busy[-1]["elapsed_seconds"], busy[0]["elapsed_seconds"])
        self.assertEqual(busy[0]["job"]["d"], [30])
        self.assertEqual(busy[0]["job"]["settings"]["grid.d"], "30")
        end = json.loads(self.flatsweep("status", "sweep.h5", "--json").stdout)
        self.assertIs(end["running"], False)
        self.assertEqual(end["at_work"], [])
        self.assertIsNone(end["remaining_seconds"])


class Verdict(ProgramTest):
    def test_flatness_may_order_what_is_worse_than_the_mean(self):
        self.flatsweep("run", QUICK, "-o", "abs.h5", "--quiet", "--grid.activation=abs", "--grid.link=hermite:2", "--grid.indices=1",
                       "--grid.gamma=log(0.05, 0.6, 6)", "--grid.seed=0..3", "--measure.best_loss=on")
        shown = self.flatsweep("show", "abs.h5").stdout
        self.assertRegex(shown, r"(none beats the mean|none < 1)\n")
        self.assertIn("best_loss on", shown)
        self.assertIn("no gamma beats predicting the mean (loss 1); these features allow", self.flatsweep("show", "abs.h5", "--details").stdout)
        lines = self.flatsweep("show", "abs.h5", "--csv").stdout.splitlines()
        rows = [dict(zip(lines[0].split(","), line.split(","))) for line in lines[1:]]
        self.assertEqual(len(rows), 6)
        for row in rows:
            self.assertTrue(row["verdict"].endswith("; no gamma beats the mean"), row["verdict"])
            self.assertEqual(row["beats_mean"], "0")
            self.assertGreater(float(row["loss_mean"]), 1)
            self.assertLess(float(row["best_loss_mean"]), 1.2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
