"""The program flatsweep as a child process."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

# Folders of the program, seen from this one: a build's, those of the source tree, a prefix's.
BESIDE = ["../..", "../../../build/release", "../../../build/dev", "../../../../bin"]


def find() -> list[str]:
    """Return the command of the program: what the environment variable FLATSWEEP says, the program built or installed beside this
    module, or the one on PATH. Raises RuntimeError if there is none."""
    if words := shlex.split(os.environ.get("FLATSWEEP", "")):
        if shutil.which(words[0]):
            return words
        raise RuntimeError(f"FLATSWEEP={words[0]} is no program that can be run. Set it to the path of flatsweep.")
    folders = [os.path.normpath(pathlib.Path(__file__).absolute().parent / folder) for folder in BESIDE]
    for place in [*(os.path.join(folder, "flatsweep") for folder in folders), "flatsweep"]:
        if found := shutil.which(place):
            return [found]
    raise RuntimeError(f"the program flatsweep is missing (neither in {', '.join(folders)} nor on PATH). "
                       "Build or install it, or name it: FLATSWEEP=PROGRAM in the environment.")


def call(*words: str) -> str:
    """Run the program on these words and return what it prints."""
    done = subprocess.run([*find(), *words], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        fail(done.returncode, done.stderr)
    sys.stderr.write(done.stderr)
    return done.stdout


def fail(code: int, said: str) -> NoReturn:
    """Raise what an exit code of the program stands for, with its message."""
    message = "\n".join(line.removeprefix("flatsweep: ") for line in said.strip().splitlines()) or f"flatsweep ended with exit code {code}"
    if code == 2:
        raise ValueError(message)
    if code == 76:
        raise BlockingIOError(message)
    raise RuntimeError(message)


def options(command: str, settings: Mapping[str, Any]) -> list[str]:
    """Return keyword arguments as options of a command: `gamma`, `test_samples`, `time_limit` are --gamma, or --grid.gamma if the
    command has no such option or an id picks the row, --measure.test_samples and --time-limit. The program refuses other names."""
    known = re.findall(r"--([\w.-]+)", call(command, "--help"))
    words = []
    for name, value in settings.items():
        plain = [option for option in known if option in (name, name.replace("_", "-"))]
        of_job = [option for option in known if option.endswith(f".{name}")]
        option = [*(of_job + plain if "id" in settings else plain + of_job), name][0]
        if value is True and "." not in option:
            words.append(f"--{option}")
        elif value is not None and value is not False or "." in option:
            words.append(f"--{option}={text(value)}")
    return words


def text(value: Any) -> str:
    """Return a value as job files have it: numbers in full, several with spaces between."""
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if hasattr(value, "tolist"):  # of NumPy
        value = value.tolist()
    return repr(value) if isinstance(value, (int, float)) else " ".join(map(text, value))
