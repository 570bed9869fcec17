"""One self-contained HTML page of a study: figures, a table, provenance. No script, nothing loaded."""
import base64
import html

import numpy

from study import short

TABLE_LINES = 200
PROVENANCE = ["title", "digest", "version", "commit", "compiler", "flags", "mpi", "hdf5", "blas"]

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1a1a1a; }
h1, h2 { line-height: 1.2; }
h2 { margin-top: 2.5rem; }
figure { margin: 1.5rem 0 2.5rem; }
figure img { max-width: 100%; height: auto; }
figcaption { color: #444; max-width: 50rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #444; padding-bottom: 0.5rem; }
th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap; }
th { border-bottom-color: #888; }
.text { text-align: left; }
dl { display: grid; grid-template-columns: max-content auto; gap: 0.1rem 1rem; font-size: 0.85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: #f4f4f4; padding: 1rem; overflow-x: auto; font-size: 0.8rem; }
"""


def page(study, source, pictures):
    """Return the text of the page. pictures: (Picture, bytes of its PNG) pairs."""
    title = html.escape(study.title)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: flatness and generalisation</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<h1>{title}: flatness and generalisation</h1>
<p>{html.escape(counts_text(study))} From {html.escape(str(source))}.</p>
<h2>Table</h2>
{table(study)}
<h2>Figures</h2>
{"".join(figure(picture, png) for picture, png in pictures)}
<h2>Provenance</h2>
{provenance(study)}
</body>
</html>
"""


def counts_text(study):
    counts = study.statuses()
    parts = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"{sum(counts.values())} configurations: {parts}. Means over {study.seeds} seeds."


def figure(picture, png):
    image = base64.b64encode(png).decode("ascii")
    title, caption = html.escape(picture.title), html.escape(picture.caption)
    return (f'<figure id="{picture.name}">\n<h3>{title}</h3>\n'
            f'<img src="data:image/png;base64,{image}" alt="{title}. {caption}">\n'
            f'<figcaption>{caption} <a href="{picture.name}.pdf">PDF</a>, <a href="{picture.name}.png">PNG</a></figcaption>\n'
            "</figure>\n")


def table(study):
    axes = list(dict.fromkeys(axis for curve in study.curves for axis in curve.others))
    head = ["activation", "link", *axes]
    numbers = ["solved", "flattest γ", "its flatness", "its loss", "best γ", "least loss", "ratio of losses", "Spearman"]
    lines = "".join(f"<tr>{line(curve, axes)}</tr>\n" for curve in study.curves[:TABLE_LINES])
    left_out = len(study.curves) - TABLE_LINES
    more = f" {left_out} further lines are left out; flatsweep show has them." if left_out > 0 else ""
    return (f'<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n'
            "<caption>Does the flattest γ generalise? The flattest and the best γ (least mean flatness and loss among the γ "
            "whose finished seeds are all solved), and the Spearman correlation over these γ of the means of flatness and loss."
            f"{more}</caption>\n<thead><tr>"
            + "".join(f'<th scope="col" class="text">{name}</th>' for name in head)
            + "".join(f'<th scope="col">{name}</th>' for name in numbers)
            + f"</tr></thead>\n<tbody>\n{lines}</tbody>\n</table></div>")


def line(curve, axes):
    texts = [curve.activation, curve.link, *(short(curve.others[axis]) for axis in axes)]
    cells = [f'<td class="text">{html.escape(text)}</td>' for text in texts]
    return "".join(cells + [f"<td>{text}</td>" for text in verdict(curve)])


def verdict(curve):
    """Return the numbers of the table, as texts."""
    solved = f"{curve.solved.sum()} of {curve.rows}"
    if curve.flattest is None:
        return [solved] + ["–"] * 7
    flatness, loss, correlation = curve.mean("flatness"), curve.mean("loss"), curve.spearman("flatness")
    return [solved, f"{curve.gamma[curve.flattest]:.3g}", f"{flatness[curve.flattest]:.4g}",
            f"{loss[curve.flattest]:.3g}", f"{curve.gamma[curve.best]:.3g}", f"{loss[curve.best]:.3g}",
            f"{loss[curve.flattest] / loss[curve.best]:.3g}" if loss[curve.best] > 0 else "–",
            "–" if numpy.isnan(correlation) else f"{correlation:.3f}"]


def provenance(study):
    attributes = study.results.attrs
    entries = "".join(f"<dt>{name}</dt><dd>{html.escape(str(attributes.get(name, '')))}</dd>\n" for name in PROVENANCE)
    resolved = html.escape(str(attributes.get("resolved", "")))
    return f"<dl>\n{entries}</dl>\n<details><summary>All settings of the job</summary><pre>{resolved}</pre></details>"
