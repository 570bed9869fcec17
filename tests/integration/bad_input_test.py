#!/usr/bin/python3
"""Whatever is wrong with a job or a command line: exit 2, where it is, what it is, what to write; nothing written."""
import os
import re
import unittest

import h5py

from support import BAD_INPUT, ProgramTest

SOUND = """name = sound
[grid]
activation = relu
link = matched
gamma = 0.2 0.8
d = 8
seed = 0..2
"""
LATE_RANK_0 = """
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
__attribute__((constructor)) static void wait(void) {
  const char* rank = getenv("OMPI_COMM_WORLD_RANK");
  if (rank == NULL) rank = getenv("PMI_RANK");
  if (rank != NULL && strcmp(rank, "0") == 0) usleep(700000);
}
"""


def with_line(line, instead_of=None):
    """The sound job with one line more, or instead of the line that starts so; and the number of that line."""
    lines = SOUND.splitlines()
    if instead_of is None:
        lines.append(line)
        return "\n".join(lines) + "\n", len(lines)
    number = next(i for i, old in enumerate(lines) if old.startswith(instead_of))
    lines[number] = line
    return "\n".join(lines) + "\n", number + 1


# What a line of the job file becomes, the line it replaces, and what the message must mention.
BAD_LINES = [
    ("gama = 0.5", None, "gamma"),
    ("activations = relu", None, "activation"),
    ("[program]\nobjectiv = norm", None, "objective"),
    ("[measures]\nspectrum = on", None, "measure"),
    ("gamma 0.5", "gamma", None),
    ("gamma =", "gamma", "gamma"),
    ("gamma = 0.2 0.3\ngamma = 0.4", "gamma", "gamma"),
    ("gamma = 1.5", "gamma", "1.5"),
    ("gamma = -0.1", "gamma", "-0.1"),
    ("gamma = nan", "gamma", "nan"),
    ("gamma = 0.5 half", "gamma", "half"),
    ("gamma = 0.2, 0.5", "gamma", "`0.2 0.5`"),
    ("activation = relu,quadratic", "activation", "`relu quadratic`"),
    ("gamma = 0.5 0.50", "gamma", "0.5"),
    ("gamma = log(0, 1, 5)", "gamma", "log"),
    ("gamma = log(0.1, 0.9)", "gamma", "log"),
    ("gamma = lin(0, 1, 0)", "gamma", "lin"),
    ("gamma = lin(0, 1, 5", "gamma", "lin"),
    ("seed = 9..0", "seed", "9..0"),
    ("seed = 1.5", "seed", "1.5"),
    ("seed = -1", "seed", "-1"),
    ("seed = 1 1", "seed", "1"),
    ("seed = 0..9223372036854775807", "seed", "list"),
    ("d = 0", "d", "0"),
    ("d = ten", "d", "ten"),
    ("d = 8 8", "d", "8"),
    ("activation = rellu", "activation", "relu"),
    ("activation = leaky_relu:2", "activation", "2"),
    ("activation = leaky_relu leaky_relu:0.10", "activation", "leaky_relu:0.1"),
    ("link = mached", "link", "matched"),
    ("link = hermite:9", "link", "hermite"),
    ("link = quadratic_form\nindices = 5", "link", "indices"),
    ("indices = 8", None, "indices"),
    ("indices = 0", None, "indices"),
    ("sample_ratio = 0.01", None, "sample_ratio"),
    ("width_ratio = 0.001", None, "width_ratio"),
    ("width_ratio = -2", None, "width_ratio"),
    ("noise = -0.5", None, "noise"),
    ("noise = inf", None, "inf"),
    ("interpolator = flatest", None, "flattest"),
    ("[target]\ncoefficients = equals", None, "equal"),
    ("[target]\noffset = normal:-1", None, "normal"),
    ("[program]\nobjective = l1", None, "norm"),
    ("[measure]\ntest_samples = -5", None, "test_samples"),
    ("[measure]\nspectrum = maybe", None, "maybe"),
    ("[measure]\nridge = 0.1 -1", None, "-1"),
    ("[measure]\nridge =", None, "ridge"),
    ("[output]\nouter_weights = perhaps", None, "perhaps"),
]
MISSING_AXES = ["activation", "link", "gamma", "d", "seed"]

# The command line, and what the message must mention.
BAD_COMMANDS = [
    ([], "command"),
    (["rum"], "run"),
    (["--versoin"], "--version"),
    (["run"], "JOB"),
    (["run", "sound.ini"], "--output"),
    (["run", "sound.ini", "extra", "-o", "new.h5"], "operands"),
    (["run", "sound.ini", "-o"], "output"),
    (["run", "absent.ini", "-o", "new.h5"], "absent.ini"),
    (["run", ".", "-o", "new.h5"], "."),
    (["run", "sound.ini", "-o", "absent/new.h5"], "absent"),
    (["run", "sound.ini", "-o", "."], "."),
    (["run", "sound.ini", "-o", "text.h5"], "text.h5"),
    (["run", "sound.ini", "-o", "other.h5"], "other.h5"),
    (["run", "sound.ini", "-o", "sound.ini"], "sound.ini"),
    (["run", "sound.ini", "-o", "sound.ini", "--overwrite"], "sound.ini"),
    (["run", "sound.ini", "-o", "link.h5", "--overwrite"], "sound.ini"),
    (["run", ".sound.ini.flatsweep-tmp", "-o", "sound.ini", "--overwrite"], ".sound.ini.flatsweep-tmp"),
    (["run", "sound.ini", "-o", "text.h5", "--overwrite"], "did not write"),
    (["run", "sound.ini", "-o", "other.h5", "--overwrite"], "another program"),
    (["run", "other.h5", "-o", "new.h5"], "HDF5"),
    (["run", "sound.ini", "-o", "new.h5", "--gamma=0.5"], "--grid.gamma"),
    (["run", "sound.ini", "-o", "new.h5", "--grid.gamma=2"], "--grid.gamma"),
    (["run", "sound.ini", "-o", "new.h5", "--grid.gama=0.2"], "--grid.gamma"),
    (["run", "sound.ini", "-o", "new.h5", "--grid.activation=linear", "--grid.link=mirrored"], "mirrored"),
    (["run", "sound.ini", "-o", "new.h5", "--grid.gamma=0.1", "--grid.gamma=0.2"], "--grid.gamma"),
    (["run", "sound.ini", "-o", "new.h5", "--target.offset=high"], "--target.offset"),
    (["run", "sound.ini", "-o", "new.h5", "--ovewrite"], "--overwrite"),
    (["run", "sound.ini", "-o", "new.h5", "--threads", "0"], "--threads"),
    (["run", "sound.ini", "-o", "new.h5", "--threads", "two"], "--threads"),
    (["run", "sound.ini", "-o", "new.h5", "--time-limit", "5x"], "--time-limit"),
    (["run", "sound.ini", "-o", "new.h5", "--time-limit=-5m"], "--time-limit"),
    (["run", "sound.ini", "-o", "new.h5", "--deadline", "noon"], "Write --deadline $(date"),
    (["run", "sound.ini", "-o", "new.h5", "--deadline", "1764300000000"], "milliseconds"),
    (["run", "sound.ini", "-o", "new.h5", "--deadline", "1764300000000000"], "milliseconds"),
    (["run", "sound.ini", "-o", "new.h5", "--deadline", "1764300000000000000"], "milliseconds"),
    (["run", "sound.ini", "-o", "new.h5", "--deadline", "4102444800"], "30 years"),
    (["run", "sound.ini", "-o", "new.h5", "--where", "gamma>0.5\u00a0"], "U+00A0"),
    (["run", "sound.ini", "-o", "new.h5", "--grid.gamma=\u22120.5"], "U+2212"),
    (["run", "sound.ini", "-o", "new.h5", "--sync", "0"], "--sync"),
    (["run", "sound.ini", "-o", "new.h5", "--retry", "fialed"], "failed"),
    (["run", "sound.ini", "-o", "new.h5", "--retry", "solved"], "--retry"),
    (["run", "sound.ini", "-o", "new.h5", "--shard", "2"], "--shard"),
    (["run", "sound.ini", "-o", "new.h5", "--shard", "0/5"], "--shard"),
    (["run", "sound.ini", "-o", "new.h5", "--shard", "6/5"], "--shard"),
    (["run", "sound.ini", "-o", "new.h5", "--pilot", "0"], "--pilot"),
    (["run", "sound.ini", "-o", "new.h5", "--pilot", "some"], "--pilot"),
    (["run", "sound.ini", "-o", "new.h5", "--where", ""], "--where"),
    (["run", "sound.ini", "-o", "new.h5", "--where", "gamma"], "--where"),
    (["run", "sound.ini", "-o", "new.h5", "--where", "gama>0.5"], "gamma"),
    (["run", "sound.ini", "-o", "new.h5", "--where", "gamma>high"], "high"),
    (["run", "sound.ini", "-o", "new.h5", "--where", "gamma>0.8"], "0.2 0.8"),
    (["run", "sound.ini", "-o", "new.h5", "--where", "activation<relu"], "order"),
    (["run", "sound.ini", "-o", "new.h5", "--reuse", "absent.h5"], "--reuse"),
    (["run", "sound.ini", "-o", "new.h5", "--reuse", "other.h5"], "--reuse"),
    (["solve", "sound.ini", "-o", "new.h5"], "--id"),
    (["solve", "sound.ini", "--id", "0"], "--output"),
    (["solve", "sound.ini", "--id", "6", "-o", "new.h5"], "--id"),
    (["solve", "sound.ini", "--id", "first", "-o", "new.h5"], "--id"),
    (["solve", "sound.ini", "--id", "0", "--gamma", "0.2", "-o", "new.h5"], "--id"),
    (["solve", "sound.ini", "--gamma", "0.2", "-o", "new.h5"], "--seed"),
    (["solve", "sound.ini", "--gamma", "1.2", "--seed", "0", "-o", "new.h5"], "gamma"),
    (["solve", "sound.ini", "--id", "0", "-o", "other.h5"], "--overwrite"),
    (["solve", "sound.ini", "--id", "0", "-o", "other.h5", "--overwrite"], "another program"),
    (["solve", "sound.ini", "--id", "0", "-o", "sound.ini", "--overwrite"], "sound.ini"),
    (["solve", "--program", "other.h5", "-o", "other.h5", "--overwrite"], "other.h5"),
    (["solve", "--program", "absent.h5", "-o", "new.h5"], "absent.h5"),
    (["solve", "--program", "text.h5", "-o", "new.h5"], "text.h5"),
    (["solve", "--program", "other.h5", "-o", "new.h5"], "S"),
    (["status"], "FILE"),
    (["status", "absent.h5"], "absent.h5"),
    (["status", "text.h5"], "text.h5"),
    (["status", "other.h5"], "other.h5"),
    (["show"], "FILE"),
    (["show", "absent.h5"], "absent.h5"),
    (["verify"], "FILE"),
    (["verify", "absent.h5"], "absent.h5"),
    (["verify", "text.h5"], "text.h5"),
    (["verify", "other.h5", "--sample", "-1"], "--sample"),
    (["merge"], "SHARD"),
    (["merge", "-o", "new.h5"], "SHARD"),
    (["merge", "other.h5"], "--output"),
    (["merge", "other.h5", "-o", "new.h5"], "other.h5"),
    (["merge", "absent.h5", "text.h5", "-o", "new.h5"], "absent.h5"),
]


class BadInput(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "sound.ini").write_text(SOUND)
        (self.folder / ".sound.ini.flatsweep-tmp").write_text(SOUND)
        (self.folder / "link.h5").symlink_to("sound.ini")
        (self.folder / "text.h5").write_text("this is no HDF5 file\n")
        with h5py.File(self.folder / "other.h5", "w") as other:
            other["temperature"] = [1.0, 2.0]

    def state(self):
        """Every file with its content."""
        return {path.relative_to(self.folder): path.read_bytes() if path.is_file() else None
                for path in sorted(self.folder.rglob("*"))}

    def refusal(self, *arguments, ranks=None):
        """The message of a command that must be refused without a trace."""
        before = self.state()
        done = self.flatsweep(*arguments, ranks=ranks, expect=BAD_INPUT, timeout=60)
        self.assertEqual(before, self.state(), "something was written")
        self.assertEqual(done.stdout, "")
        message = done.stderr.strip()
        self.assertTrue(message.startswith("flatsweep: "), message)
        # where: problem (why). remedy
        self.assertRegex(message, r"(?s)^flatsweep: .+\. \S.*[.?]$")
        if ranks is None:
            self.assertEqual(len(message.splitlines()), 1, message)
        return message

    def test_the_sound_job_is_sound(self):
        self.flatsweep("run", "sound.ini", "-o", "sound.h5", "--quiet")

    def test_bad_jobs_are_refused_at_file_and_line(self):
        for line, instead_of, mention in BAD_LINES:
            with self.subTest(line=line):
                text, number = with_line(line, instead_of)
                (self.folder / "bad.ini").write_text(text)
                message = self.refusal("run", "bad.ini", "-o", "new.h5")
                place = re.match(r"flatsweep: bad\.ini:(\d+): ", message)
                self.assertTrue(place, message)
                self.assertIn(int(place[1]), range(number, number + line.count("\n") + 1), message)
                if mention:
                    self.assertIn(mention, message)

    def test_missing_axes_are_named(self):
        for axis in MISSING_AXES:
            with self.subTest(axis=axis):
                (self.folder / "bad.ini").write_text("".join(
                    line for line in SOUND.splitlines(keepends=True) if not line.startswith(axis + " ")))
                message = self.refusal("run", "bad.ini", "-o", "new.h5")
                self.assertIn("bad.ini", message)
                self.assertIn(axis, message)

    def test_bad_command_lines_are_refused_by_option(self):
        for arguments, mention in BAD_COMMANDS:
            with self.subTest(arguments=" ".join(arguments)):
                self.assertIn(mention, self.refusal(*arguments))

    def test_under_mpirun_one_rank_speaks(self):
        for arguments in (["run", "absent.ini", "-o", "new.h5"], ["run", "sound.ini", "-o", "absent/new.h5"],
                          ["run", "sound.ini", "-o", "new.h5", "--grid.gamma=2"], ["run", "--wrong"]):
            with self.subTest(arguments=" ".join(arguments)):
                before = self.state()
                done = self.flatsweep(*arguments, ranks=2, expect=BAD_INPUT, timeout=60)
                self.assertEqual(done.stderr.count("flatsweep: "), 1, done.stderr)
                self.assertEqual(before, self.state())

    def test_the_rank_that_speaks_may_begin_late(self):
        late = self.preload("late", LATE_RANK_0)
        done = self.flatsweep("run", "--wrong", ranks=2, expect=BAD_INPUT, timeout=60, env=late)
        self.assertEqual(done.stderr.count("flatsweep: "), 1, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
