#!/usr/bin/python3
"""What every command says and writes when all is well."""
import csv
import json
import pathlib
import subprocess
import unittest

import h5py
import numpy

from support import BAD_INPUT, ENVIRONMENT, FEW_ROWS, QUICK, ProgramTest, command

ARRAYS = ["features", "index_directions", "inner_weights", "labels", "outer_weights", "dual", "kappa",
          "trace_weights", "coefficients", "ridge", "offset", "hessian_eigenvalues"]


class Help(ProgramTest):
    def test_help_and_version_are_everywhere(self):
        self.assertRegex(self.flatsweep("--version").stdout, r"^flatsweep \d+\.\d+\.\d+ ")
        page = self.flatsweep("--help").stdout
        for name in ("run", "solve", "status", "show", "export", "verify", "merge"):
            self.assertRegex(page, rf"(?m)^  {name} +\w")
            self.assertTrue(self.flatsweep(name, "--help").stdout.startswith(f"usage: flatsweep {name} "))
        for key in ("--grid.gamma", "--measure.ridge", "--time-limit", "--retry"):
            self.assertIn(key, self.flatsweep("run", "--help").stdout)

    def test_a_closed_stdout_ends_nothing(self):
        self.flatsweep("run", QUICK, "-o", "few.h5", "--quiet", *FEW_ROWS)
        for arguments in (["--help"], ["status", "few.h5"], ["show", "few.h5"], ["export", "few.h5", "-o", "-"]):
            done = subprocess.run(["bash", "-c", '"$@" | true; exit ${PIPESTATUS[0]}', "-", *command(*arguments)],
                                  cwd=self.folder, env=ENVIRONMENT, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0)


class OneRank(ProgramTest):
    def test_under_mpirun_rank_0_does_what_no_other_rank_can_help_with(self):
        self.flatsweep("run", QUICK, "-o", "few.h5", "--quiet", *FEW_ROWS)
        for arguments in (["status", "few.h5"], ["show", "few.h5"], ["--help"], ["run", "--help"], ["--version"]):
            with self.subTest(arguments=arguments):
                alone, together = self.flatsweep(*arguments), self.flatsweep(*arguments, ranks=2)
                self.assertEqual(alone.stdout, together.stdout)
        said = self.flatsweep("solve", QUICK, *FEW_ROWS, "--id", 0, "-o", "one.h5", ranks=2).stdout
        self.assertEqual(said.count("written to"), 1, said)
        self.assertIn("--overwrite", self.flatsweep("solve", QUICK, *FEW_ROWS, "--id", 0, "-o", "one.h5", ranks=2,
                                                    expect=BAD_INPUT).stderr)


class Solve(ProgramTest):
    def columns(self, file):
        with h5py.File(self.folder / file) as opened:
            return {name: dataset[()] for name, dataset in opened.items() if isinstance(dataset, h5py.Dataset)}

    def test_an_id_and_its_axis_values_give_the_same_arrays(self):
        few = [QUICK, *FEW_ROWS, "--grid.activation=relu", "--grid.link=matched", "--grid.indices=2"]
        self.flatsweep("run", *few, "-o", "sweep.h5", "--quiet")
        said = self.flatsweep("solve", *few, "--id", 4, "-o", "id.h5").stdout
        self.assertIn("solved", said)
        self.flatsweep("solve", *few, "--seed", 1, "--gamma", 0.5, "-o", "values.h5")
        one, other, sweep = self.columns("id.h5"), self.columns("values.h5"), self.columns("sweep.h5")
        volatile = self.volatile("sweep.h5")
        self.assertEqual(one.keys(), other.keys())
        self.assertLessEqual(set(ARRAYS), one.keys())
        for name in one:
            if name not in volatile:
                numpy.testing.assert_array_equal(one[name], other[name], name)
        for name in ("flatness", "objective", "residual", "gap", "population_loss_mc", "status", "iterations"):
            self.assertEqual(one[name], sweep[name].ravel()[4], name)
        for file in ("id.h5", "values.h5"):
            with h5py.File(self.folder / file) as opened:
                self.assertEqual((opened.attrs["gamma"], opened.attrs["seed"], opened.attrs["id"]), (0.5, 1, 4))

    def test_a_point_off_the_grid_says_so(self):
        one = [QUICK, *FEW_ROWS, "--activation", "relu", "--indices", 1, "--seed", 0]
        said = self.flatsweep("solve", *one, "--gamma", 0.4, "-o", "off.h5").stdout
        self.assertIn("off the grid", said)
        with h5py.File(self.folder / "off.h5") as opened:
            self.assertEqual((opened.attrs["gamma"], opened.attrs["id"]), (0.4, -1))
        on = self.flatsweep("solve", *one, "--gamma", "0.50", "-o", "on.h5").stdout
        self.assertNotIn("off the grid", on)
        self.assertIn("configuration 1:", on)

    def test_an_existing_file_is_replaced_only_where_asked(self):
        few = ["solve", QUICK, *FEW_ROWS, "--id", 0, "-o", "one.h5"]
        self.flatsweep(*few)
        before = (self.folder / "one.h5").read_bytes()
        self.assertIn("--overwrite", self.flatsweep(*few, expect=BAD_INPUT).stderr)
        self.assertEqual(before, (self.folder / "one.h5").read_bytes())
        self.flatsweep(*few, "--overwrite")

    def test_an_infeasible_configuration_is_a_result(self):
        infeasible = ["--grid.activation=linear", "--grid.link=tanh", "--grid.noise=1"]
        said = self.flatsweep("solve", QUICK, *FEW_ROWS, *infeasible, "--id", 0, "-o", "none.h5").stdout
        self.assertIn("infeasible", said)
        self.assertNotIn("nan", said)
        self.assertEqual(self.columns("none.h5")["status"], 2)

    def test_a_program_of_ones_own_is_solved(self):
        random = numpy.random.default_rng(3)
        activations, labels = random.standard_normal((5, 12)), random.standard_normal(5)
        for q, kappa in ((1.0, None), (4 / 3, random.uniform(0.5, 2, 12))):
            with self.subTest(q=q):
                with h5py.File(self.folder / "in.h5", "w") as program:
                    program["S"], program["y"] = activations, labels
                    program.attrs["q"] = q
                    if kappa is not None:
                        program["kappa"] = kappa
                self.flatsweep("solve", "--program", "in.h5", "-o", "out.h5", "--overwrite")
                answer = self.columns("out.h5")
                self.assertEqual((answer["status"], answer["rank"]), (1, 5))
                weights, dual = answer["outer_weights"], answer["dual"]
                numpy.testing.assert_allclose(activations @ weights, labels, atol=1e-9)
                costs = numpy.ones(12) if kappa is None else kappa
                self.assertAlmostEqual(answer["objective"], (costs * abs(weights) ** q).sum(), places=12)
                if q == 1:
                    self.assertLessEqual(abs(activations.T @ dual).max(), 1 + 1e-12)
                    self.assertAlmostEqual(labels @ dual, answer["objective"], places=8)


class Tables(ProgramTest):
    def setUp(self):
        super().setUp()
        self.flatsweep("run", QUICK, "-o", "few.h5", "--quiet", *FEW_ROWS)
        with h5py.File(self.folder / "few.h5") as opened:
            self.results = {name: opened[name][...] for name in ("flatness", "relative_loss", "status", "checksum",
                                                                 "gamma", "soft_rank", "solve_seconds")}

    def rows_of(self, text):
        return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))

    def test_the_tables_hold_what_numpy_finds_in_the_file(self):
        rows = self.rows_of(self.flatsweep("show", "few.h5", "--csv").stdout)
        flatness = self.results["flatness"].reshape(-1, 2, 3)  # tables, seeds, gammas
        self.assertEqual(len(rows), flatness.shape[0] * flatness.shape[2])
        for name, expected in (("mean", flatness.mean(axis=1)), ("standard_error", flatness.std(axis=1, ddof=1) / 2**0.5)):
            found = [float(row[f"flatness_{name}"]) for row in rows]
            numpy.testing.assert_allclose(found, expected.ravel(), rtol=1e-12)
        for row in rows:
            self.assertEqual((row["solved"], row["loss_name"]), ("2", "relative_loss"))
            self.assertLessEqual(abs(float(row["spearman_over_rows_soft_rank_0.1"])), 1)

    def test_a_part_of_the_rows_is_shown_alone(self):
        rows = self.rows_of(self.flatsweep("show", "few.h5", "--csv", "--where", "activation=relu,seed=1,gamma=0.1 0.5").stdout)
        self.assertEqual([(row["activation"], row["gamma"], row["solved"]) for row in rows],
                         [("relu", "0.1", "1"), ("relu", "0.5", "1")] * 2)  # indices
        numpy.testing.assert_array_equal([float(row["flatness_mean"]) for row in rows[:2]],
                                         self.results["flatness"].reshape(4, 2, 3)[0, 1, :2])
        self.assertIn("--where", self.flatsweep("show", "few.h5", "--where", "gamma=2", expect=BAD_INPUT).stderr)

    def test_the_tables_fit_a_terminal(self):
        for line in self.flatsweep("show", "few.h5").stdout.splitlines():
            self.assertLessEqual(len(line), 100, line)

    def test_the_exported_table_is_the_results_file_number_for_number(self):
        self.flatsweep("export", "few.h5", "-o", "table.csv")
        text = (self.folder / "table.csv").read_text(encoding="utf-8")
        rows = self.rows_of(text)
        for name in ("flatness", "relative_loss", "checksum", "solve_seconds"):
            numpy.testing.assert_array_equal([float(row[name]) for row in rows], self.results[name].ravel(), name)
        soft_rank = [[float(row[f"soft_rank_{ridge}"]) for ridge in ("0.001", "0.1", "10")] for row in rows]
        numpy.testing.assert_array_equal(soft_rank, self.results["soft_rank"].reshape(-1, 3))
        numpy.testing.assert_array_equal([float(row["gamma"]) for row in rows[:3]], self.results["gamma"])
        self.assertEqual({row["status"] for row in rows}, {"solved"})
        self.assertIn("# solve_seconds [s]: ", text)
        self.assertEqual(text, self.flatsweep("export", "few.h5", "-o", "-").stdout)

    def test_an_existing_table_is_replaced_only_where_asked(self):
        self.flatsweep("export", "few.h5", "-o", "table.csv")
        self.assertIn("--overwrite", self.flatsweep("export", "few.h5", "-o", "table.csv", expect=BAD_INPUT).stderr)
        self.flatsweep("export", "few.h5", "-o", "table.csv", "--overwrite")
        self.flatsweep("export", "few.h5", "-o", "absent/table.csv", expect=BAD_INPUT)
        self.flatsweep("export", "few.h5", expect=BAD_INPUT)

    def test_no_table_takes_the_place_of_results(self):
        (self.folder / "other.h5").write_bytes((self.folder / "few.h5").read_bytes())
        for table in ("few.h5", "other.h5"):
            before = (self.folder / table).read_bytes()
            self.flatsweep("export", "few.h5", "-o", table, "--overwrite", expect=BAD_INPUT)
            self.assertEqual((self.folder / table).read_bytes(), before)

    @unittest.skipUnless(pathlib.Path("/dev/full").exists(), "no device that is always full")
    def test_a_full_disk_is_no_success(self):
        done = subprocess.run(["bash", "-c", '"$@" > /dev/full', "-", *command("export", "few.h5", "-o", "-")],
                              cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, BAD_INPUT, done.stderr)
        self.assertIn("stdout", done.stderr)


class Status(ProgramTest):
    def test_status_and_show_read_a_results_file(self):
        self.flatsweep("run", QUICK, "-o", "few.h5", "--quiet", *FEW_ROWS)
        with h5py.File(self.folder / "few.h5") as opened:
            rows, solved = opened["status"].size, int((opened["status"][...] == 1).sum())
        document = json.loads(self.flatsweep("status", "few.h5", "--json").stdout)
        self.assertIn(rows, document.values())
        self.assertIn(f"{solved}", self.flatsweep("status", "few.h5").stdout)
        self.flatsweep("status", "few.h5", "--failed")
        table = self.flatsweep("show", "few.h5").stdout
        for word in ("relu", "matched", "gamma", "flatness"):
            self.assertIn(word, table)


if __name__ == "__main__":
    unittest.main(verbosity=2)
