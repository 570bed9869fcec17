#!/usr/bin/python3
"""The page of jobs/figures.py in a browser: every row can be found, filtered, sorted and solved again, without any network."""
import base64
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import numpy
import xarray

from support import ENVIRONMENT, PROGRAM, QUICK, SOURCE, ProgramTest, command

try:
    from selenium import webdriver
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select
except ImportError:
    webdriver = None

os.environ["FLATSWEEP"] = PROGRAM  # for jobs/figures.py
sys.path.insert(0, str(SOURCE / "jobs"))
import explorer  # noqa: E402

JOB = ["--grid.d=12", "--grid.seed=0..1", "--grid.gamma=0.1 0.3 0.5 0.7 0.9", "--measure.test_samples=100", "--measure.best_loss=on"]
MISSING = [name for name, there in (("python3-selenium", webdriver), ("chromium-driver", pathlib.Path("/usr/bin/chromedriver").exists()),
                                    ("libjs-chart.js", explorer.scripts())) if not there]
# The place of a row on the screen, measured from the middle of the canvas.
PLACE = """
const {chart, rows, ids} = window.explored, at = rows().findIndex((row) => ids[row] === arguments[0]);
const point = chart.getDatasetMeta(0).data[at], box = chart.canvas.getBoundingClientRect();
return [point.x - box.width / 2, point.y - box.height / 2];
"""


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class Page(ProgramTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="flatsweep.")
        cls.addClassCleanup(folder.cleanup)
        cls.sweep_folder = pathlib.Path(folder.name)
        for arguments in (command("run", QUICK, "-o", "few.h5", "--quiet", *JOB),
                          [sys.executable, SOURCE / "jobs/figures.py", "few.h5", "-o", "out", "--only", "scatter,loss-over-gamma"]):
            subprocess.run(arguments, cwd=folder.name, env=ENVIRONMENT, check=True, timeout=240, stdout=subprocess.DEVNULL)
        cls.page = cls.sweep_folder / "out/index.html"
        options = webdriver.ChromeOptions()
        for switch in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars"):
            options.add_argument(f"--{switch}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        cls.browser = webdriver.Chrome(options=options)
        cls.addClassCleanup(cls.browser.quit)

    def open(self, width, page=None):
        """Show the page that wide, and forget what was logged before."""
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                     {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        self.browser.get("about:blank")
        for log in ("browser", "performance"):
            self.browser.get_log(log)
        self.browser.get((page or self.page).as_uri())

    def run_script(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def text(self, id_):
        return self.browser.find_element(By.ID, id_).text

    def point_at(self, row):
        """Move the mouse to a row; return the action, to go on with."""
        canvas = self.browser.find_element(By.ID, "explore-canvas")
        self.run_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
        x, y = self.run_script(PLACE, row)
        return ActionChains(self.browser).move_to_element_with_offset(canvas, round(x), round(y))

    def results(self):
        with xarray.open_dataset(self.sweep_folder / "few.h5") as results:
            return results.load()

    def requests(self):
        entries = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        return [entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"]

    def test_nothing_is_said_on_the_console_and_nothing_is_loaded(self):
        for width in (1280, 400):
            self.open(width)
            self.point_at(3).click().perform()
            self.assertEqual(self.browser.get_log("browser"), [])
            self.assertEqual([url for url in self.requests() if not url.startswith("data:")], [self.page.as_uri()])

    def test_what_would_be_said_and_loaded_is_noticed(self):
        planted = self.folder / "planted.html"
        planted.write_text("<script>console.error('planted')</script><img src='http://127.0.0.1:9/absent.png'>")
        self.open(1280, planted)
        self.assertIn("planted", str(self.browser.get_log("browser")))
        self.assertIn("http://127.0.0.1:9/absent.png", self.requests())

    def test_nothing_is_wider_than_the_screen(self):
        for width in (1280, 400):
            self.open(width)
            self.assertLessEqual(self.run_script("return document.documentElement.scrollWidth"), width)
            for element in self.browser.find_elements(By.CSS_SELECTOR, "figure img, canvas, h1, p"):
                self.assertLessEqual(element.rect["x"] + element.rect["width"], width + 1, element.text)
            size = self.run_script("return parseFloat(getComputedStyle(document.body).fontSize)")
            self.assertGreaterEqual(size, 14)

    def test_pointing_at_a_row_shows_its_configuration_and_a_click_its_command(self):
        results = self.results()
        for width in (1280, 400):
            self.open(width)
            self.point_at(37).click().perform()
            told = self.text("explore-point")
            along = dict(zip(results.status.dims, map(int, numpy.unravel_index(37, results.status.shape))))
            row = results.isel(along)
            for words in (f"γ = {row.gamma.item():g}", f"r = {row.indices.item()}", f"activation = {row.activation.item()}", "id 37"):
                self.assertIn(words, told)
            self.assertAlmostEqual(float(re.search(r"flatness = ([\d.e+-]+)", told)[1]) / row.flatness.item(), 1, places=5)
            self.assertEqual(self.text("explore-command"), "flatsweep solve quick.ini --id 37 -o quick-37.h5")
            self.assertEqual(self.run_script("return window.explored.chart.tooltip.opacity"), 1)

    def test_the_command_solves_that_row(self):
        self.open(1280)
        self.point_at(11).click().perform()
        link = self.browser.find_element(By.CSS_SELECTOR, "a[download='quick.ini']").get_attribute("href")
        (self.folder / "quick.ini").write_bytes(base64.b64decode(link.partition(",")[2]))
        words = shlex.split(self.text("explore-command"))
        self.assertEqual(words[0], "flatsweep")
        self.flatsweep(*words[1:])
        with xarray.open_dataset(self.folder / "quick-11.h5", engine="h5netcdf", phony_dims="sort") as one:
            self.assertEqual(one.flatness.item(), self.results().flatness.values.ravel()[11])

    def test_rows_are_filtered_by_axes(self):
        self.open(1280)
        self.assertEqual(self.text("explore-count"), "40 of 40 rows")
        box = self.browser.find_element(By.CSS_SELECTOR, "details[data-axis='gamma']")
        box.find_element(By.TAG_NAME, "summary").click()
        box.find_element(By.TAG_NAME, "button").click()
        self.assertEqual(self.text("explore-count"), "0 of 40 rows")
        box.find_element(By.CSS_SELECTOR, "input[value='0.7']").click()
        self.assertEqual(self.text("explore-count"), "8 of 40 rows")
        shown = self.run_script("const {rows, ids} = window.explored; return rows().map((row) => ids[row])")
        gammas = self.results().gamma.values
        self.assertEqual({round(float(gammas[row % len(gammas)]), 6) for row in shown}, {0.7})

    def test_axes_and_colour_are_chosen(self):
        self.open(1280)
        for id_, value in (("x", "gamma"), ("y", "excess_loss"), ("colour", "activation")):
            Select(self.browser.find_element(By.ID, id_)).select_by_value(value)
        points = self.run_script("return window.explored.chart.data.datasets[0].data")
        results = self.results()
        self.assertEqual(len(points), 40)
        expected = results.excess_loss.values.ravel()
        for row, point in enumerate(points):
            self.assertAlmostEqual(point["y"] / expected[row], 1, places=5)
            self.assertAlmostEqual(point["x"], results.gamma.values[row % 5], places=6)
        self.assertEqual(self.text("explore-key").split(), ["relu", "quadratic"])
        colours = self.run_script("return window.explored.chart.data.datasets[0].pointBackgroundColor")
        self.assertEqual([len(set(colours[:20])), len(set(colours[20:])), len(set(colours))], [1, 1, 2])

    def test_the_table_sorts_and_filters(self):
        self.open(1280)
        heading = next(cell for cell in self.browser.find_elements(By.CSS_SELECTOR, "#verdicts th") if cell.text == "least loss")
        column = self.run_script("return arguments[0].cellIndex", heading)
        for order in (1, -1):
            heading.click()
            losses = [float(row.find_elements(By.TAG_NAME, "td")[column].text) for row in self.table_rows()]
            self.assertEqual(losses, sorted(losses, reverse=order < 0))
            self.assertEqual(len(set(losses)), 4)
        self.browser.find_element(By.CSS_SELECTOR, ".dataTables_filter input").send_keys("quadratic")
        self.assertEqual([row.find_element(By.TAG_NAME, "td").text for row in self.table_rows()], ["quadratic"] * 2)

    def table_rows(self):
        return self.browser.find_elements(By.CSS_SELECTOR, "#verdicts tbody tr")

    def test_a_figure_grows_when_it_is_clicked(self):
        self.open(400)
        image = self.browser.find_element(By.CSS_SELECTOR, "#scatter img")
        image.click()
        large = self.browser.find_element(By.CSS_SELECTOR, "#large img")
        self.assertGreater(large.size["width"], 1.5 * image.size["width"])
        self.run_script("arguments[0].click()", large)
        self.assertFalse(self.run_script("return document.getElementById('large').open"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
