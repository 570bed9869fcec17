#!/usr/bin/env python3
"""Draws the figures of results files of flatsweep: flatness against loss, both over gamma, the ratio of a bad
interpolator's flatness to the flattest's over d, soft rank against loss, what orders the interpolators, a map of
statuses; of several files, their comparison. Writes each as PNG and PDF, and index.html, one page with all of them that
needs no other file and no network. The numbers are those of `flatsweep show`: the program is the one that the
environment variable FLATSWEEP names, or the one built beside this script, or the one on PATH."""
import argparse
import contextlib
import io
import multiprocessing
import os
import pathlib
import re
import shlex
import sys
import tempfile
import time

PACKAGES = ["python3-xarray", "python3-h5netcdf", "python3-matplotlib"]
MODULES = ["xarray", "h5netcdf", "matplotlib", "pandas"]  # for pip and conda
SYSTEM_PYTHON = "/usr/bin/python3"
FORMATS = ["png", "pdf", "svg"]
INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72.27}


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", metavar="FILE", nargs="+", help="results files, also of sweeps that still run; several are compared")
    parser.add_argument("-o", "--output", metavar="DIR", required=True, type=pathlib.Path,
                        help="directory of the figures; made if it is absent; files of the same names are replaced")
    parser.add_argument("--where", metavar="CONDITIONS", action="append", default=[],
                        help="only rows that fulfil them, as in flatsweep show, e.g. 'gamma>0.5,activation=relu'")
    parser.add_argument("--select", metavar="AXIS=VALUES", action="append", default=[],
                        help="keep only these values of an axis, with commas between; may be repeated")
    parser.add_argument("--pairs", metavar="SIGMA/LINK", nargs="+", default=[],
                        help="only these pairs of activation and link, e.g. relu/matched quadratic/tanh")
    parser.add_argument("--only", metavar="KINDS", help="only these kinds of figures, with commas between, e.g. scatter,paper")
    parser.add_argument("--width", metavar="WIDTH", help="width of every figure, e.g. 3.3in or 84mm (default: by its panels)")
    parser.add_argument("--dpi", type=int, default=200, help="resolution of the PNGs (default 200)")
    parser.add_argument("--format", metavar="FORMATS", default="png,pdf", help="of png, pdf and svg, with commas between (default png,pdf)")
    parser.add_argument("--watch", metavar="SECONDS", nargs="?", type=float, const=30.0,
                        help="draw again every so often (default 30) until no row is pending")
    return parser.parse_args(arguments)


def conditions_of(options):
    """The conditions of --where and --select, in the grammar of --where."""
    conditions = [part for text in options.where for part in text.split(",")]
    for option in options.select:
        axis, equals, values = option.partition("=")
        if not equals or not values:
            raise study.BadInput(f"--select {option}: not understood. Write --select activation=relu,quadratic.")
        conditions.append(f"{axis.strip()}={' '.join(values.split(','))}")
    return conditions


def chosen(option, text, known):
    """The names of a list with commas between, all of which must be known."""
    names = [name.strip() for name in text.split(",")] if text else []
    unknown = [name for name in names if name not in known]
    if unknown:
        raise study.BadInput(f"{option} {unknown[0]}: there is no such one. Name some of {', '.join(known)}.")
    return names


def width_of(text):
    """Inches; None for no text."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+\.?\d*)(in|cm|mm|pt)", text)
    if not match or not 1 <= float(match[1]) * INCHES[match[2]] <= 50:
        raise study.BadInput(f"--width {text}: not understood. Write a width of 1in to 50in, in in, cm, mm or pt, e.g. 3.3in.")
    return float(match[1]) * INCHES[match[2]]


def keep_pairs(results, texts):
    pairs = [tuple(text.partition("/")[::2]) for text in texts]
    known = dict.fromkeys((curve.activation, curve.link) for curve in results.curves)
    for text, pair in zip(texts, pairs):
        if pair not in known:
            raise study.BadInput(f"--pairs {text}: no solved row is of it. Name some of {', '.join(map('/'.join, known))}.")
    results.curves = [curve for curve in results.curves if not pairs or (curve.activation, curve.link) in pairs]


def write(path, content):
    """Write the whole content or nothing, by a file of a name that nobody else has."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(temporary)
        raise


def provenance(results, plan):
    """Where a figure comes from: title, and a line for each file."""
    lines = [f"{file.path.name}: job {file.attrs['title']}, digest {file.attrs['digest']}, flatsweep {file.attrs['version']} "
             f"({file.attrs['commit']})" for file in results.files]
    where = results.files[0].conditions
    return f"{results.title}: {plan.title}", "; ".join(lines + ([f"rows: {', '.join(where)}"] if where else []))


def metadata_of(results, plan, kind):
    title, source = provenance(results, plan)
    command = shlex.join(["jobs/figures.py", *(str(file.path) for file in results.files), "--only", plan.kind])
    if kind == "pdf":
        return {"Title": title, "Subject": source, "Keywords": command, "Creator": "flatsweep jobs/figures.py", "CreationDate": None}
    if kind == "svg":
        return {"Title": title, "Description": source, "Source": command, "Creator": "flatsweep jobs/figures.py", "Date": None}
    return {"Title": title, "Description": source, "Source": command, "Software": "flatsweep jobs/figures.py"}


class Drawing:
    """Draws a plan; its study and options reach the processes that draw by their birth."""
    results = plans = kinds = dpi = None

    @classmethod
    def draw(cls, number):
        """Return the number, the figure in every format, and the seconds that it took."""
        start, plan = time.monotonic(), cls.plans[number]
        figure, rendered = plan.draw(), {}
        for kind in cls.kinds:
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, dpi=cls.dpi, metadata=metadata_of(cls.results, plan, kind))
            rendered[kind] = buffer.getvalue()
        plots.base.plt.close(figure)
        return number, rendered, time.monotonic() - start


def draw_all(results, plans, options, kinds):
    """Draw on all cores, write each figure as soon as it is there, and return the PNGs in the order of the plans."""
    Drawing.results, Drawing.plans, Drawing.kinds, Drawing.dpi = results, plans, list({"png": None, **dict.fromkeys(kinds)}), options.dpi
    pngs = {}
    with multiprocessing.get_context("fork").Pool(min(len(os.sched_getaffinity(0)), max(1, len(plans)))) as pool:
        for number, rendered, seconds in pool.imap_unordered(Drawing.draw, range(len(plans))):
            for kind in kinds:
                write(options.output / f"{plans[number].name}.{kind}", rendered[kind])
            pngs[number] = rendered["png"]
            print(f"{plans[number].name} ({seconds:.1f} s)", flush=True)
    return [pngs[number] for number in range(len(plans))]


def draw_runs(options, runs, kinds):
    """Draw single trainings over their steps; return the path of the figure, and that no row is pending."""
    options.output.mkdir(parents=True, exist_ok=True)
    figure = plots.training_plots.draw_runs(runs)
    for kind in kinds:
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=options.dpi)
        write(options.output / f"training.{kind}", buffer.getvalue())
    return options.output / f"training.{kinds[0]}", 0


def make_figures(options):
    """Return the path of the page, and how many rows are pending."""
    conditions, kinds = conditions_of(options), chosen("--format", options.format, FORMATS)
    only, plots.base.asked_width = chosen("--only", options.only, list(plots.KINDS)), width_of(options.width)
    if runs := plots.training_plots.read_runs(options.files):
        return draw_runs(options, runs, kinds)
    results = study.read_study(options.files, conditions)
    keep_pairs(results, options.pairs)
    options.output.mkdir(parents=True, exist_ok=True)
    plans = plots.plans(results, only)
    pngs = draw_all(results, plans, options, kinds)
    pending = results.statuses()["pending"]
    target = options.output / "index.html"
    refresh = options.watch if pending else None
    write(target, page.page(results, options.output, list(zip(plans, pngs)), kinds, options.dpi, refresh).encode("utf-8"))
    return target, pending


def main(arguments=None):
    """Return the exit code. arguments: None for those of the command line."""
    options = read_arguments(arguments)
    try:
        while True:
            target, pending = make_figures(options)
            print(f"The figures are in {target}", flush=True)
            if options.watch is None or pending == 0:
                return 0
            time.sleep(options.watch)
    except study.BadInput as error:
        return complain(error)
    except OSError as error:
        return complain(f"cannot write to {options.output} ({error.strerror}). Name a directory that is writable and "
                        "has room.")
    except KeyboardInterrupt:
        return 130


def complain(problem):
    print(f"figures.py: {problem}", file=sys.stderr)
    return 2


try:
    import h5netcdf  # noqa: F401, what reads
    import xarray  # noqa: F401

    import page
    import plots
    import study
except ImportError as absent:
    if sys.executable != SYSTEM_PYTHON and os.access(SYSTEM_PYTHON, os.X_OK) and __name__ == "__main__" and not sys.flags.no_site:
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])
    sys.exit(complain(f"the Python module {absent.name} is missing (this is {sys.executable}). "
                      f"Type: apt-get install {' '.join(PACKAGES)}; or pip install {' '.join(MODULES)}; "
                      f"or conda install -c conda-forge {' '.join(MODULES)}."))

if __name__ == "__main__":
    sys.exit(main())
