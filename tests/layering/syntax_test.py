#!/usr/bin/python3
"""Every source of a build compiles. usage: syntax_test.py compile_commands.json"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys


def errors_of(entry):
    words = shlex.split(entry["command"])
    at = words.index("-o")
    done = subprocess.run(words[:at] + words[at + 2:] + ["-fsyntax-only"], cwd=entry["directory"], capture_output=True,
                          text=True)
    return done.stderr if done.returncode != 0 or done.stderr else ""


if __name__ == "__main__":
    entries = [entry for entry in json.loads(pathlib.Path(sys.argv[1]).read_text()) if entry["file"].endswith(".cpp")]
    assert len(entries) > 20, "the sources are not where this test looks for them"
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        errors = [text for text in pool.map(errors_of, entries) if text]
    print("\n".join(errors))
    print(f"{len(entries)} sources, {len(errors)} of them do not compile without a warning")
    sys.exit(bool(errors))
