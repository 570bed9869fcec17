#!/usr/bin/python3
"""Which module may include which: the arrows of the module map in CONTRIBUTING.md, followed and never reversed; and how
long a file may be."""
import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

ARROWS = {
    "core": set(),
    "model": {"core"},
    "job": {"core", "model"},
    "sample": {"core", "model"},
    "solve": {"core"},
    "train": {"core", "model", "sample"},
    "mpi": {"core"},
    "measure": {"core", "model", "sample", "solve"},
    "experiment": {"core", "model", "job", "sample", "solve", "train", "measure"},
    "schedule": {"core", "model", "job", "mpi"},
    "record": {"core", "model", "job", "mpi", "experiment", "solve"},
    "report": {"core", "model", "job", "record", "experiment"},
    "sweep": {"core", "model", "job", "experiment", "mpi", "schedule", "record"},
    "doctor": {"core", "job", "mpi", "record"},
    "python": {"core", "solve"},
    "cli": {"core", "model", "job", "sample", "solve", "train", "measure", "experiment", "mpi", "schedule", "record", "report",
            "sweep", "doctor"},
}
# What a sweep's rows and their readers may see of an experiment: plain numbers. Only the file of
# `flatsweep solve` holds a whole one, and an answer of the solver.
WHOLE_EXPERIMENT = {"read_program", "solve_files"}
OUTCOME = {"flatsweep/experiment/outcome.hpp"}
# Modules of the program that are not installed: they have no public headers, and the command line calls them.
SERVICES = {"sweep", "doctor"}

LIBRARIES = {
    "mpi.h": lambda file: module_of(file) in ("mpi", "record"),
    "hdf5.h": lambda file: module_of(file) == "record",
    "hdf5_hl.h": lambda file: module_of(file) == "record",
    "boost/program_options": lambda file: (module_of(file), file.name) == ("cli", "options.cpp"),
    "Random123/": lambda file: module_of(file) == "sample",
}


def module_of(file):
    relative = file.relative_to(SOURCE).parts
    if relative[:2] == ("include", "flatsweep"):
        return relative[2]
    if relative[0] == "src" and len(relative) > 2 and relative[1] in ARROWS:
        return relative[1]
    return None


def sources():
    files = [f for top in ("include", "src") for f in (SOURCE / top).rglob("*") if f.suffix in (".hpp", ".cpp")]
    assert len(files) > 40, "the sources are not where this test looks for them"
    return sorted(files)


def includes(file):
    for number, line in enumerate(file.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield number, found[1] == '"', found[2]


def included_module(file, own, name):
    """The module of an include, or None where it is of none."""
    if name.startswith("flatsweep/"):
        return name.split("/")[1]
    if own and "/" in name and name.split("/")[0] in ARROWS:
        return name.split("/")[0]
    return None


class Layering(unittest.TestCase):
    def test_the_map_for_contributors_has_these_arrows(self):
        map_ = (SOURCE / ".github/CONTRIBUTING.md").read_text()
        rows = re.findall(r"^\| `(\w+)` \| .* \| ([^|]*) \|$", map_, re.MULTILINE)
        told = {name: set(re.findall(r"\w+", uses)) & set(ARROWS) for name, uses in rows if name in ARROWS}
        everywhere = {"core", "model"}  # said of the modules below these only
        self.assertEqual({name: uses - everywhere for name, uses in told.items() if name != "cli"},
                         {name: uses - everywhere for name, uses in ARROWS.items() if name != "cli"})
        self.assertEqual(ARROWS["cli"], set(ARROWS) - {"cli", "python"})

    def test_modules_include_only_what_their_arrows_reach(self):
        wrong = []
        for file in sources():
            module = module_of(file)
            if module is None:
                continue
            for number, own, name in includes(file):
                other = included_module(file, own, name)
                if other is not None and other != module and other not in ARROWS[module]:
                    wrong.append(f"{file.relative_to(SOURCE)}:{number}: {module} may not include {name}")
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_record_and_report_see_only_the_outcome_of_an_experiment(self):
        wrong = [f"{file.relative_to(SOURCE)}:{number}: {name}"
                 for file in sources() if module_of(file) in ("record", "report") and file.stem not in WHOLE_EXPERIMENT
                 for number, own, name in includes(file)
                 if included_module(file, own, name) in ("experiment", "solve") and name not in OUTCOME]
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_private_headers_stay_in_their_module(self):
        readers = {"cli": SERVICES, None: {"cli"}}  # None: main.cpp
        wrong = [f"{file.relative_to(SOURCE)}:{number}: {name}"
                 for file in sources()
                 for number, own, name in includes(file)
                 if own and not name.startswith("flatsweep/")
                 and included_module(file, own, name) not in {None, module_of(file)} | readers.get(module_of(file), set())]
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_libraries_stay_behind_their_module(self):
        wrong = []
        for file in sources():
            for number, _, name in includes(file):
                for library, allowed in LIBRARIES.items():
                    if name.startswith(library) and not allowed(file):
                        wrong.append(f"{file.relative_to(SOURCE)}:{number}: {name}")
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_public_headers_include_no_private_ones(self):
        wrong = [f"{file.relative_to(SOURCE)}:{number}: {name}"
                 for file in sources() if file.relative_to(SOURCE).parts[0] == "include"
                 for number, own, name in includes(file) if own and not name.startswith("flatsweep/")]
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_no_file_is_long(self):
        longest = 300
        wrong = [f"{file.relative_to(SOURCE)} has {lines} lines" for file in sources()
                 if (lines := len(file.read_text().splitlines())) > longest]
        self.assertEqual(wrong, [], "\nSplit by what the file is about, not by counting lines:\n" + "\n".join(wrong))

    def test_the_arrows_have_no_cycle(self):
        for module, below in ARROWS.items():
            for other in below:
                self.assertNotIn(module, ARROWS[other])


if __name__ == "__main__":
    unittest.main(verbosity=2, argv=sys.argv)
