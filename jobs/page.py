"""One self-contained HTML page of a study: verdicts, every row to explore, figures, provenance. Nothing is loaded."""
import base64
import html
import math
import os
import pathlib

import numpy

import explorer
import labels
from study import short

HERE = pathlib.Path(__file__).resolve().parent / "page"
TABLE_LINES = 2000
SCREEN_DPI = 120
PROVENANCE = ["title", "digest", "version", "commit", "compiler", "flags", "mpi", "hdf5", "blas"]
TABLE_NOTE = ("Does the flattest γ generalise? Small flatness is flat. The flattest γ and the best one (least mean flatness and loss among "
              "the γ whose finished seeds are all solved), the mean loss at both, and what the flattest costs over the best, seed by seed. "
              "A loss of 1 is that of predicting the mean. Best possible: the least loss of any outer weights with these features, at its "
              "best γ, if it was measured. Spearman: correlation over these γ of the means of flatness and loss, with its 95 % interval "
              "over seeds. Click a heading to sort.")


def page(study, folder, pictures, kinds, dpi, refresh=None):
    """Return the text of the page. folder: where it will stand; pictures: (Plan, bytes of its PNG) pairs; kinds: endings of the
    files beside it; dpi: of the PNGs; refresh: seconds after which a browser loads it again, or None."""
    title, libraries = html.escape(study.title), explorer.scripts()
    again = f'<meta http-equiv="refresh" content="{refresh:g}">\n' if refresh else ""
    explored = explorer.section(study) if libraries else (
        f'<p class="note">Not here: its libraries are missing. Type: apt-get install {" ".join(explorer.PACKAGES)}; then draw again.</p>')
    scripts = "".join(f"<script>{text}</script>\n" for text in [*libraries, (HERE / "page.js").read_text(encoding="utf-8")])
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{again}<title>{title}: flatness and generalisation</title>
<link rel="icon" href="data:,">
<style>{(HERE / "page.css").read_text(encoding="utf-8")}</style>
</head>
<body>
<h1>{title}: flatness and generalisation</h1>
{head(study, folder)}
{contents(pictures)}
<h2 id="verdicts-head">Verdicts</h2>
{table(study)}
<h2 id="explore">Every row</h2>
{explored}
<h2 id="figures">Figures</h2>
{"".join(figure(picture, png, kinds, dpi) for picture, png in pictures)}
<h2 id="provenance">Provenance</h2>
{"".join(provenance(file) for file in study.files)}
<dialog id="large"><img alt="the figure, larger"></dialog>
{scripts}</body>
</html>
"""


def head(study, folder):
    counts = study.statuses()
    parts = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    files = ", ".join(html.escape(os.path.relpath(file.path.resolve(), folder.resolve())) for file in study.files)
    where = ", ".join(study.files[0].conditions)
    chosen = f" Only rows with {html.escape(where)}." if where else ""
    return (f"<p>{html.escape(labels.plain(labels.head(study)))}.</p>\n"
            f"<p>{sum(counts.values())} configurations: {parts}. Means over solved seeds. From {files}.{chosen}</p>")


def contents(pictures):
    figures = "".join(f'<li><a href="#{picture.name}">{html.escape(picture.title)}</a></li>' for picture, _ in pictures)
    return ('<nav aria-label="Contents"><ul><li><a href="#verdicts-head">Verdicts</a></li><li><a href="#explore">Every row</a></li>'
            f'{figures}<li><a href="#provenance">Provenance</a></li></ul></nav>')


def figure(picture, png, kinds, dpi):
    image = base64.b64encode(png).decode("ascii")
    title, caption = html.escape(picture.title), html.escape(picture.caption)
    links = ", ".join(f'<a href="{picture.name}.{kind}">{kind.upper()}</a>' for kind in kinds)
    return (f'<figure id="{picture.name}">\n<h3>{title}</h3>\n'
            f'<img width="{int.from_bytes(png[16:20], "big") * SCREEN_DPI // dpi}" src="data:image/png;base64,{image}" '
            f'alt="{title}. {caption}">\n'
            f"<figcaption>{caption} {links}</figcaption>\n</figure>\n")


def table(study):
    axes = list(dict.fromkeys(axis for curve in study.curves for axis in curve.others))
    words = ["activation", "link", *axes, "verdict"]
    numbers = ["solved", "flattest γ", "its flatness", "its loss", "best γ", "least loss", "cost of the flattest", "best possible", "Spearman"]
    lines = "".join(f"<tr>{line(curve, axes)}</tr>\n" for curve in study.curves[:TABLE_LINES])
    left_out = len(study.curves) - TABLE_LINES
    more = f" {left_out} further lines are left out; flatsweep show has them." if left_out > 0 else ""
    return (f'<p class="note">{TABLE_NOTE}{more}</p>\n<div class="table" tabindex="0" role="region" aria-label="Verdicts">'
            '<table id="verdicts">\n<thead><tr>'
            + "".join(f'<th scope="col" class="text">{name}</th>' for name in words)
            + "".join(f'<th scope="col">{name}</th>' for name in numbers)
            + f'</tr></thead>\n<tbody>\n{lines}</tbody>\n</table></div>')


def line(curve, axes):
    """A line of the table; cells of numbers sort by their attribute."""
    texts = [curve.activation, curve.link, *(curve.others[axis] for axis in axes)]
    cells = [f'<td class="text">{html.escape(short(text))}</td>' for text in texts]
    cells.append(f'<td class="text">{html.escape(curve.verdict)}</td>')
    cells += [f'<td data-order="{"" if value is None or math.isnan(value) else repr(float(value))}">{text}</td>' for text, value in numbers_of(curve)]
    return "".join(cells)


def numbers_of(curve):
    """Return the numbers of the table, as text and value."""
    solved = (f"{curve.solved.sum()} of {curve.rows}", curve.solved.sum())
    if curve.flattest is None:
        return [solved] + [("–", None)] * 8
    flatness, loss, correlation = curve.mean("flatness"), curve.mean("loss"), curve.spearman("flatness")
    cost, error = (float(curve.lines[f"cost_of_flattest_{what}"].iloc[0]) for what in ("mean", "standard_error"))
    possible = curve.mean("best_loss")
    least = numpy.nanmin(possible) if numpy.isfinite(possible).any() else numpy.nan
    interval = curve.spearman_interval("flatness")
    between = f" [{interval[0]:.2f}, {interval[1]:.2f}]" if numpy.isfinite(interval).all() else ""
    best = curve.best if curve.best is not None else curve.flattest
    return [solved, told(curve.gamma[curve.flattest], 6), told(flatness[curve.flattest], 4), told(loss[curve.flattest], 4),
            told(curve.gamma[best], 6), told(loss[best], 4),
            (told(cost, 2)[0] + (f" ± {error:.1g}" if error > 0 else ""), cost), told(least, 3),
            ("–" if numpy.isnan(correlation) else f"{correlation:.3f}{between}", correlation)]


def told(number, digits):
    return ("–" if numpy.isnan(number) else f"{number:.{digits}g}"), number


def provenance(file):
    entries = "".join(f"<dt>{name}</dt><dd>{html.escape(str(file.attrs.get(name, '')))}</dd>\n" for name in PROVENANCE)
    resolved = html.escape(str(file.attrs.get("resolved", "")))
    return (f"<h3>{html.escape(file.path.name)}</h3>\n<dl>\n{entries}</dl>\n"
            f"<details><summary>All settings of the job</summary><pre>{resolved}</pre></details>")
