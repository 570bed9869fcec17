#!/usr/bin/python3
"""Progress on a terminal: one line that is rewritten and never wraps, whatever the width."""
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
import time
import unittest

from support import ENVIRONMENT, QUICK, ProgramTest, command

REWRITE = "\r\x1b[K"
JOB = ["run", QUICK, "--grid.d=20", "--grid.seed=0..1", "--grid.gamma=0.1 0.5 0.9", "--overwrite", "-o", "shown.h5"]


class ProgressLine(ProgramTest):
    def shown_at(self, columns, ranks):
        """What the program writes to a terminal of this width."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with subprocess.Popen(command(*JOB, ranks=ranks), cwd=self.folder, env=ENVIRONMENT, stdin=theirs, stdout=theirs,
                              stderr=theirs, start_new_session=True) as process:
            os.close(theirs)
            shown = b""
            while True:
                try:
                    part = os.read(ours, 4096)
                except OSError:  # the terminal was closed at the other end
                    break
                if not part:
                    break
                shown += part
            self.assertEqual(process.wait(), 0, shown)
        os.close(ours)
        return shown.decode().replace("\r\n", "\n")

    def test_the_line_fits_into_the_terminal(self):
        for columns, ranks in ((40, None), (80, None), (200, None), (80, 3)):
            with self.subTest(columns=columns, ranks=ranks):
                shown = self.shown_at(columns, ranks)
                head, *frames = shown.split(REWRITE)
                self.assertRegex(head, r"^quick: \d+ rows, 0 done, \d+ to do on \d workers?, about \d+ s\n$")
                self.assertGreater(len(frames), 1)
                for frame in frames:
                    self.assertLess(len(frame.removesuffix("\n")), columns)
                    self.assertNotRegex(frame, r"(infeasible|inaccurate|failed) 0\b")
                self.assertTrue(all("\n" not in frame for frame in frames[:-1]), shown)
                self.assertRegex(frames[-1], r"^(\d+)/\1 \(100 %\)  in \d+s")
                self.assertTrue(columns < 200 or "busy" in frames[-1], shown)

    def test_a_run_that_is_continued_says_what_is_done(self):
        self.flatsweep(*JOB, "--pilot", "5")
        said = self.flatsweep(*(word for word in JOB if word != "--overwrite")).stderr
        self.assertRegex(said, r"^quick: (\d+) rows, 5 done, \d+ to do on 1 worker, about \d+ s\n")
        said = self.flatsweep(*(word for word in JOB if word != "--overwrite")).stderr
        self.assertRegex(said, r"^quick: (\d+) rows, \1 done\n")

    @unittest.skipUnless(shutil.which("tmux"), "there is no tmux")
    def test_a_terminal_of_80_columns_has_one_line_of_progress(self):
        server = ["tmux", "-L", f"flatsweep{os.getpid()}", "-f", "/dev/null"]
        line = f"cd {self.folder} && {' '.join(map(str, command()))} {' '.join(repr(str(word)) for word in JOB)}; echo ended; sleep 60"
        subprocess.run([*server, "new-session", "-d", "-x", "80", "-y", "24", line], env=ENVIRONMENT, check=True)
        self.addCleanup(lambda: subprocess.run([*server, "kill-server"], check=False))
        end = time.monotonic() + 60
        screens = []
        while not (screens and "ended" in screens[-1]):
            self.assertLess(time.monotonic(), end, screens[-1:])
            screens.append(subprocess.run([*server, "capture-pane", "-p"], capture_output=True, text=True, check=True).stdout)
            time.sleep(0.1)
        for screen in screens:
            self.assertLessEqual(len(re.findall(r"^\d+/\d+ \(", screen, re.MULTILINE)), 1, screen)
            self.assertLessEqual(len(screen.strip().splitlines()), 3, screen)  # head, progress, `ended`


if __name__ == "__main__":
    unittest.main(verbosity=2)
