#!/usr/bin/python3
"""Draws the figures of a results file of flatsweep: flatness against loss, both over gamma, the ratio of a bad
interpolator's flatness to the flattest's over d, soft rank against loss, what orders the interpolators, a map of
statuses. Writes each as PNG and PDF, and index.html, one self-contained page with all of them. The numbers are those of
`flatsweep show`: the program is the one that the environment variable FLATSWEEP names, or the one built beside this
script, or the one on PATH."""
import argparse
import io
import os
import pathlib
import sys

PACKAGES = ["python3-xarray", "python3-h5netcdf", "python3-matplotlib"]


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", metavar="FILE", help="a results file, also of a sweep that still runs")
    parser.add_argument("-o", "--output", metavar="DIR", required=True, type=pathlib.Path,
                        help="directory of the figures; made if it is absent; files of the same names are replaced")
    parser.add_argument("--select", metavar="AXIS=VALUES", action="append", default=[],
                        help="keep only these values of an axis, with commas between; may be repeated")
    parser.add_argument("--dpi", type=int, default=110, help="resolution of the PNGs (default 110)")
    return parser.parse_args(arguments)


def selection(options):
    chosen = {}
    for option in options.select:
        axis, equals, values = option.partition("=")
        if not equals or not values:
            raise study.BadInput(f"--select {option}: not understood. Write --select activation=relu,quadratic.")
        chosen[axis.strip()] = values.split(",")
    return chosen


def write(path, content):
    """Write the whole content or nothing."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def rendered(figure, kind, dpi):
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=dpi, metadata={"CreationDate": None} if kind == "pdf" else None)
    return buffer.getvalue()


def make_figures(options):
    """Return the path of the page."""
    results = study.read_study(options.file, selection(options))
    options.output.mkdir(parents=True, exist_ok=True)
    drawn = []
    for picture in plots.all_pictures(results):
        png = rendered(picture.figure, "png", options.dpi)
        picture.figure.set_layout_engine("none")  # laid out once, for both
        write(options.output / f"{picture.name}.png", png)
        write(options.output / f"{picture.name}.pdf", rendered(picture.figure, "pdf", options.dpi))
        plots.plt.close(picture.figure)
        drawn.append((picture, png))
    target = options.output / "index.html"
    write(target, page.page(results, options.file, drawn).encode("utf-8"))
    return target


def main(arguments=None):
    """Return the exit code. arguments: None for those of the command line."""
    options = read_arguments(arguments)
    try:
        print(f"The figures are in {make_figures(options)}")
        return 0
    except study.BadInput as error:
        return complain(error)
    except OSError as error:
        return complain(f"cannot write to {options.output} ({error.strerror}). Name a directory that is writable and "
                        "has room.")


def complain(problem):
    print(f"figures.py: {problem}", file=sys.stderr)
    return 2


try:
    import page
    import plots
    import study
except ImportError as absent:
    sys.exit(complain(f"the Python module {absent.name} is missing (this is {sys.executable}). "
                      f"Type: apt-get install {' '.join(PACKAGES)}; then run jobs/figures.py with /usr/bin/python3."))

if __name__ == "__main__":
    sys.exit(main())
