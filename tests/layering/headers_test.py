#!/usr/bin/python3
"""Every public header compiles alone. usage: headers_test.py COMPILER [INCLUDE FOLDER]..."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def trouble(header):
    compiler, *folders = sys.argv[1:]
    name = header.relative_to(SOURCE / "include")
    done = subprocess.run(
        [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", f"-I{SOURCE / 'include'}",
         *(f"-isystem{folder}" for folder in folders), "-x", "c++", "-"],
        input=f'#include "{name}"\n', capture_output=True, text=True)
    return done.stderr if done.returncode != 0 or done.stderr else ""


if __name__ == "__main__":
    headers = sorted((SOURCE / "include" / "flatsweep").rglob("*.hpp"))
    assert len(headers) > 20, "the headers are not where this test looks for them"
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        troubles = [text for text in pool.map(trouble, headers) if text]
    print("\n".join(troubles))
    print(f"{len(headers)} headers, {len(troubles)} of them do not compile alone")
    sys.exit(bool(troubles))
