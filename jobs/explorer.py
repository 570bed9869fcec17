"""The data of the page's interactive scatter plot: every solved row of a study."""
import base64
import html
import json
import pathlib
import re

import numpy

import labels
from panels import COLOURS, GAMMAS

SCRIPTS = ["jquery/jquery.min.js", "jquery-datatables/jquery.dataTables.min.js", "chart.js/chart.min.js"]
FOLDERS = ["/usr/share/javascript", "/usr/share/nodejs"]
PACKAGES = ["libjs-jquery-datatables", "libjs-chart.js"]
MOST_ROWS = 30000  # more make a browser slow
NO_MEASURES = {"checksum", "rank", "attempts", "solver_path", "status"}


def scripts():
    """Return the texts of the libraries; none if one is not installed."""
    found = [next((path for folder in FOLDERS if (path := pathlib.Path(folder, name)).exists()), None) for name in SCRIPTS]
    return [] if None in found else [path.read_text(encoding="utf-8").replace("</script", r"<\/script") for path in found]


def encoded(numbers, kind):
    return base64.b64encode(numpy.ascontiguousarray(numbers, dtype=kind).tobytes()).decode("ascii")


def job_name(file):
    """A name for the job's file that needs no quotes."""
    return re.sub(r"[^\w.-]+", "-", file.attrs["title"]).strip("-.") or "job"


class Rows:
    """The solved rows of a study. Attributes: files, places in the list of files; ids; chosen, a list of (file, flat positions
    among its selected rows); left_out, how many are too many."""

    def __init__(self, study):
        self.study = study
        solved = [(file, numpy.flatnonzero(file.rows("status").values.ravel() == 1)) for file in study.files]
        total = sum(len(rows) for _, rows in solved)
        step = -(-total // MOST_ROWS) if total else 1
        self.chosen = [(file, rows[::step]) for file, rows in solved]
        self.left_out = total - sum(len(rows) for _, rows in self.chosen)
        self.files = numpy.concatenate([numpy.full(len(rows), number) for number, (_, rows) in enumerate(self.chosen)])
        self.ids = numpy.concatenate([self.ids_in(file, rows) for file, rows in self.chosen])

    def ids_in(self, file, rows):
        along = numpy.unravel_index(rows, file.rows("status").shape)
        return numpy.ravel_multi_index([file.positions[axis][place] for axis, place in zip(file.axes, along)],
                                       [file.shape[axis] for axis in file.axes])

    def axis(self, name):
        """Values of an axis, and the code of each row; None where a file has no such axis."""
        found = []
        for file, rows in self.chosen:
            if name not in file.axes:
                found += [None] * len(rows)
                continue
            along = numpy.unravel_index(rows, file.rows("status").shape)[file.axes.index(name)]
            found += file.data[name].values[along].tolist()
        values = list(dict.fromkeys(found))
        if all(isinstance(value, (int, float)) for value in values):
            values.sort()
        codes = {value: code for code, value in enumerate(values)}
        return ["–" if value is None else value for value in values], [codes[value] for value in found]

    def axes(self):
        names = list(dict.fromkeys(axis for file in self.study.files for axis in file.axes))
        told = {name: self.axis(name) for name in names}
        if len(self.study.files) > 1:
            told["file"] = [file.name for file in self.study.files], self.files
        return [{"name": name, "symbol": labels.plain_symbol(name), "values": values, "codes": encoded(codes, "<u2")}
                for name, (values, codes) in told.items()]

    def measures(self):
        """Every variable with a number in each row that is told apart by it."""
        told = {}
        for file, rows in self.chosen:
            for name, variable in file.data.data_vars.items():
                extra = [axis for axis in variable.dims if axis not in file.axes]
                if name in NO_MEASURES or variable.dtype.kind not in "fiu" or extra not in ([], ["ridge"]):
                    continue
                numbers = file.rows(name).transpose(*file.axes, *extra).values.reshape(file.rows("status").size, -1)[rows]
                for column, ridge in enumerate(file.data["ridge"].values if extra else [None]):
                    label = name if ridge is None else f"{name} {ridge:g}"
                    told.setdefault(label, {})[file.name] = numbers[:, column]
        whole = {name: numpy.concatenate([parts.get(file.name, numpy.full(len(rows), numpy.nan)) for file, rows in self.chosen])
                 for name, parts in told.items()}
        return [{"name": name, "label": name.replace("_", " "), "values": encoded(values, "<f4")}
                for name, values in whole.items() if numpy.isfinite(values).any()]

    def json(self):
        measures = self.measures()
        names = [measure["name"] for measure in measures]
        loss = next((name for name in ("relative_loss", "population_loss_mc") if name in names), names[0])
        data = {"axes": self.axes(), "measures": measures, "ids": encoded(self.ids, "<u4"), "file": encoded(self.files, "<u2"),
                "jobs": [job_name(file) for file in self.study.files], "x": "flatness", "y": loss, "colour": "gamma",
                "colours": [hexadecimal(GAMMAS(share)) for share in numpy.linspace(0, 1, 32)], "discrete": COLOURS + ["#000000", "#999999"]}
        return json.dumps(data).replace("</", r"<\/")


def hexadecimal(colour):
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])


def section(study):
    """Return the text of the page's interactive part, without the libraries."""
    rows = Rows(study)
    left_out = f" Of the solved rows {rows.left_out} are left out, evenly." if rows.left_out else ""
    jobs = "".join(f' <a download="{job_name(file)}.ini" href="data:text/plain;base64,'
                   f'{base64.b64encode(file.attrs["resolved"].encode()).decode("ascii")}">{html.escape(job_name(file))}.ini</a>'
                   for file in study.files)
    return f"""<div id="explore-controls">
<label>x <select id="x"></select></label> <label><input type="checkbox" id="logx"> log</label>
<label>y <select id="y"></select></label> <label><input type="checkbox" id="logy"> log</label>
<label>colour <select id="colour"></select></label> <span id="explore-count" role="status"></span>
</div>
<div id="explore-filters"></div>
<div id="explore-key"></div>
<div id="explore-chart"><canvas id="explore-canvas" role="img" aria-label="Scatter plot of all solved rows"></canvas></div>
<p id="explore-point" aria-live="polite">Point at a row to see its configuration.</p>
<p>Click a row for the command that solves it alone, with every array: <code id="explore-command">–</code></p>
<p class="note">Every point is a solved row.{left_out} The command needs the job's settings:{jobs}.</p>
<script type="application/json" id="rows">{rows.json()}</script>"""
