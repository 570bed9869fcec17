#!/usr/bin/python3
"""What README.md tells a user to type works as it stands there."""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

import xarray

from support import ENVIRONMENT, FEW_ROWS, LONG, PROGRAM, QUICK, SOURCE, ProgramTest

# What the README itself tells to set: its commands must do without the test's own.
TOLD = ("OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe",
        "OMPI_MCA_hwloc_base_binding_policy")
README = (SOURCE / "README.md").read_text(encoding="utf-8")


def snippets(language):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", README)


class Readme(ProgramTest):
    def setUp(self):
        """A folder that looks like the repository after jobs/quick.sh."""
        super().setUp()
        (self.folder / "build/release").mkdir(parents=True)
        (self.folder / "build/release/flatsweep").symlink_to(PROGRAM)
        self.module = pathlib.Path(PROGRAM).parent / "python"
        (self.folder / "build/release/python").symlink_to(self.module)
        for name in ("jobs", "slurm"):
            (self.folder / name).symlink_to(SOURCE / name)
        self.flatsweep("run", QUICK, "-o", "build/quick.h5", "--quiet", *FEW_ROWS)

    def shell(self, script):
        environment = {name: value for name, value in ENVIRONMENT.items() if name not in TOLD}
        done = subprocess.run(["bash", "-euc", script], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, f"{script}\n{done.stdout}\n{done.stderr}")

    def test_the_quick_start_names_scripts_that_exist(self):
        commands = [line.split()[0] for line in snippets("sh")[0].splitlines()]
        self.assertEqual(commands, ["jobs/quick.sh", "tests/run.sh"])
        for script in commands:
            self.assertTrue(os.access(SOURCE / script, os.X_OK))

    @unittest.skipUnless(LONG, "builds the release")
    def test_the_quick_start_sweeps_shows_and_draws(self):
        file = self.folder / "results.h5"
        done = subprocess.run([SOURCE / "jobs/quick.sh", file], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=3000)
        self.assertEqual(done.returncode, 0, done.stderr)
        page = self.folder / "results-figures/index.html"
        self.assertIn(str(page), done.stdout.splitlines()[-1])
        self.assertTrue(page.exists())
        with xarray.open_dataset(file) as results:
            means = results.where(results.status == 1)[["flatness", "population_loss_mc"]].mean("seed").squeeze(drop=True)
            for activation in means.activation.values:
                curve = means.sel(activation=activation, indices=4, drop=True).to_dataframe()
                self.assertGreaterEqual(curve.corr("spearman").flatness.population_loss_mc, 0.8, activation)

    def test_the_first_own_job_runs(self):
        (self.folder / "mine.ini").write_text(snippets("ini")[0])
        self.shell("".join(snippets("sh")[1:]))  # one terminal: settings hold for what follows
        counts = json.loads(self.flatsweep("status", "mine.h5", "--json").stdout)
        self.assertEqual(counts["solved"], counts["total"], "a first job with gaps in its tables")
        for made in ("mine.h5", "figures/index.html", "mine.csv", "tables.csv"):
            self.assertTrue((self.folder / made).exists(), made)

    def test_every_command_of_the_table_exists_with_its_options(self):
        rows = re.findall(r"(?m)^\| `flatsweep (\w+)(.*)$", README)
        self.assertGreater(len(rows), 4)
        for name, rest in rows:
            page = self.flatsweep(name, "--help").stdout
            for option in re.findall(r"--[\w-]+", rest):
                self.assertIn(option, page, name)

    def test_the_python_example_runs(self):
        if not self.module.exists():
            self.skipTest("the Python module was not built")
        example = snippets("python")[0]
        self.assertLessEqual(len(example.splitlines()), 12)
        done = subprocess.run([sys.executable, "-c", example], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("gamma", done.stdout)
        self.assertIn("solved [0. 0. 1.]", done.stdout)

    def test_every_file_it_links_to_exists(self):
        for page in ("README.md", "jobs/README.md", "slurm/README.md", ".github/INSTALL.md", ".github/CONTRIBUTING.md"):
            text = (SOURCE / page).read_text(encoding="utf-8")
            for target in re.findall(r"\]\((?!http)([^)#]+)\)", re.sub(r"(?ms)^```.*?^```", "", text)):
                self.assertTrue((SOURCE / page).parent.joinpath(target).exists(), f"{page}: {target}")

    def test_it_stays_short(self):
        self.assertLessEqual(len(README.splitlines()), 200)
        self.assertLessEqual(len((SOURCE / ".github/CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()), 150)


if __name__ == "__main__":
    unittest.main(verbosity=2)
