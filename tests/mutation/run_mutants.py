#!/usr/bin/python3
"""Applies the mutants one at a time to a work tree of the last commit, and runs the tests that should catch them.

usage: run_mutants.py [NAME-PATTERN]"""
import collections
import os
import pathlib
import re
import subprocess
import sys

from mutants import MUTANTS

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TREE = SOURCE / "build" / "mutation" / "source"
BUILD = SOURCE / "build" / "mutation" / "build"


def run(*command, cwd=None, check=True):
    """Its output; the end of the script, with the output, where it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    if check and done.returncode:
        sys.exit(f"{done.stdout}\nmutation: failed: {' '.join(done.args)}")
    return done


def check_out():
    commit = run("git", "-C", SOURCE, "rev-parse", "HEAD").stdout.strip()
    if TREE.exists():
        run("git", "-C", TREE, "checkout", "--quiet", "--force", "--detach", commit)
    else:
        run("git", "-C", SOURCE, "worktree", "prune")
        run("git", "-C", SOURCE, "worktree", "add", "--quiet", "--detach", TREE, commit)
    run("cmake", "--preset", "dev", "-S", TREE, "-B", BUILD, cwd=TREE)


def targets_of_tests():
    """What each test runs of what is built, as targets of ninja."""
    targets = collections.defaultdict(set)
    for file in BUILD.rglob("CTestTestfile.cmake"):
        for name, rest in re.findall(r"^(?:add_test|set_tests_properties)\(\[=\[(.+?)\]=\] (.*)$", file.read_text(), re.M):
            targets[name].update(re.findall(rf"{re.escape(str(BUILD))}/([\w/]+)", rest))
    return targets


def build(tests, targets, check):
    wanted = set().union(*(targets[name] for name in targets if re.fullmatch(tests, name)))
    return run("cmake", "--build", BUILD, "--parallel", os.cpu_count(), "--target", *sorted(wanted), check=check)


def failure_of(tests, tries=1):
    """The first case that fails so often, if one does."""
    done = run("ctest", "-R", f"^({tests})$", "--no-tests=error", "--output-on-failure", "--repeat", f"until-pass:{tries}",
               cwd=BUILD, check=False)
    if done.returncode == 0:
        return None
    output = re.sub(r"\x1b\[[\d;]*m|\r", "", done.stdout)  # mpirun has a terminal for ranks
    test, how = re.search(r"^\s+\d+ - (\S+) \((.*?)\)", output, re.M).groups()
    case = re.search(r"^-{79}\n(.+?)\n-{79}$|^(?:FAIL|ERROR): (\w+)", output, re.M | re.S)
    name = " ".join((case[1] or case[2].replace("_", " ")).split()) if case else how
    return f"{test}: {name}"


def verdict_on(mutant, targets):
    file = TREE / mutant.file
    sound = file.read_text(encoding="utf-8")
    if sound.count(mutant.old) != 1:
        return "STALE", "its old text does not stand once in its file"
    file.write_text(sound.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        built = build(mutant.tests, targets, check=False)
        if built.returncode:
            return "NO BUILD", built.stdout[-2000:]
        failure = failure_of(mutant.tests)
    finally:
        file.write_text(sound, encoding="utf-8")
    return ("caught", failure) if failure else ("SURVIVED", mutant.tests)


def main():
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [mutant for mutant in MUTANTS if re.search(pattern, mutant.name)]
    if not chosen:
        sys.exit(f"mutation: no mutant is named like {pattern}")
    check_out()
    targets = targets_of_tests()
    tests = "|".join(sorted({mutant.tests for mutant in chosen}))
    print(f"mutation: building the tests of {len(chosen)} mutants and running them on the sound program", flush=True)
    build(tests, targets, check=True)
    if failure := failure_of(tests, tries=3):  # of which some are random, or hurried by others
        sys.exit(f"mutation: the sound program fails {failure}")
    verdicts = collections.Counter()
    for mutant in chosen:
        verdict, by = verdict_on(mutant, targets)
        verdicts[verdict] += 1
        print(f"{verdict:9} {mutant.name} ({mutant.file}) | {by}", flush=True)
    print("mutation: " + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items()))
    sys.exit(0 if set(verdicts) == {"caught"} else 1)


if __name__ == "__main__":
    main()
