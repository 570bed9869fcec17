"""Puts what a figure says around its panels: head, labels of axes, legend; and makes every text fit."""
import numpy
from matplotlib.ticker import FixedLocator

from panels import LEAST_FONT, label_powers

PAD = 0.03  # inches around texts


def finish(figure, panels, head, x_label="", y_label="", handles=()):
    """Lay the figure out: head above, one label for all x axes and one for all y axes, legend below. panels: the panels that
    these labels are of."""
    panels = list(panels)
    for panel in panels:
        for axis in (panel.xaxis, panel.yaxis):
            if axis.get_scale() == "log" and not isinstance(axis.get_major_locator(), FixedLocator):
                label_powers(axis)
    head_text, legend_height = head_of(figure, head), add_legend(figure, handles)
    x_text = figure.text(0.5, 0, x_label, ha="center", va="bottom")
    y_text = figure.text(0, 0.5, y_label, ha="left", va="center", rotation="vertical")
    above = size(head_text)[1] + 2 * PAD
    below = legend_height + (size(x_text)[1] + PAD if x_label else 0)
    left = size(y_text)[0] + 2 * PAD if y_label else 0
    width, height = figure.get_size_inches() + numpy.array([0, above + below])
    figure.set_size_inches(width, height)  # what stands around the panels takes nothing from them
    head_text.set_position((PAD / width, 1 - PAD / height))
    x_text.set_y(legend_height / height)
    y_text.set_x(PAD / width)
    figure.get_layout_engine().set(rect=(left / width, below / height, 1 - left / width, 1 - (above + below) / height),
                                   w_pad=0.06, h_pad=0.03)
    columns = 1 + max(panel.get_subplotspec().colspan.start for panel in panels)
    fit_titles(panels, lambda _: (width - left) / columns - 0.35)  # about: a wide title would push its panel aside
    figure.get_layout_engine().execute(figure)
    fit_titles(panels, lambda panel: panel.get_window_extent().width / figure.dpi + 0.05)
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")  # laid out once, for all formats
    fit_notes(panels)
    thin_ticks(figure, panels)
    boxes = [panel.get_position() for panel in panels]
    x_text.set_x((min(box.x0 for box in boxes) + max(box.x1 for box in boxes)) / 2)
    y_text.set_y((min(box.y0 for box in boxes) + max(box.y1 for box in boxes)) / 2)
    shrink(x_text, lambda: size(x_text)[0] <= width)
    shrink(y_text, lambda: size(y_text)[1] <= height - above - below)
    x_text.set_x(clipped(x_text.get_position()[0] * width, size(x_text)[0], 0, width) / width)
    y_text.set_y(clipped(y_text.get_position()[1] * height, size(y_text)[1], below, height - above) / height)


def size(artist):
    """Width and height in inches."""
    box = artist.get_window_extent(artist.figure.canvas.get_renderer())
    return box.width / artist.figure.dpi, box.height / artist.figure.dpi


def head_of(figure, head):
    """Return the head as a text of as many lines as it takes."""
    room = figure.get_figwidth() - 2 * PAD
    text = figure.text(0, 1, "", ha="left", va="top", fontsize=6.5, color="#444444")
    lines = [""]
    for piece in head.split(", "):
        longer = f"{lines[-1]}, {piece}" if lines[-1] else piece
        text.set_text(longer)
        if size(text)[0] > room and lines[-1]:
            lines[-1] += ","
            lines.append(piece)
        else:
            lines[-1] = longer
    text.set_text("\n".join(lines))
    shrink(text, lambda: size(text)[0] <= room)
    return text


def add_legend(figure, handles):
    """Put a legend below the panels, with as many columns as fit; return its height in inches."""
    handles = list(handles)
    if not handles:
        return PAD
    width = figure.get_figwidth()
    for columns in range(min(6, len(handles)), 0, -1):
        legend = figure.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 0.0), ncols=columns, frameon=False,
                               borderpad=0.2, columnspacing=1.0, handletextpad=0.4, borderaxespad=0.1, labelspacing=0.3)
        if size(legend)[0] <= width or columns == 1:
            for text in legend.get_texts():
                shrink(text, lambda: size(legend)[0] <= width)
            return size(legend)[1] + PAD
        legend.remove()


def fit_titles(panels, room_of):
    """Break titles that are wider than the room of their panels, in inches, and then make them smaller."""
    for panel in panels:
        room = room_of(panel)
        if size(panel.title)[0] > room:
            panel.set_title(panel.get_title().replace(", ", "\n", 1))
        if size(panel.title)[0] > room:
            panel.set_title(panel.get_title().replace(" and ", "\nand "))
        shrink(panel.title, lambda: size(panel.title)[0] <= room)  # noqa: B023, called at once


def fit_notes(panels):
    """Make the note of a panel narrower than it, or leave it out."""
    for panel in panels:
        if not (note := panel.get_legend()):
            continue
        room = panel.get_window_extent().width / panel.figure.dpi
        for text in note.get_texts():
            shrink(text, lambda: size(note)[0] <= room)  # noqa: B023, called at once
        if size(note)[0] > room:
            note.remove()


def thin_ticks(figure, panels):
    """Leave out labels of ticks that would touch others."""
    figure.draw_without_rendering()
    kept = [panel.title.get_window_extent() for panel in panels]
    for panel in panels:
        for axis in (panel.yaxis, panel.xaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not (tick.label1.get_visible() and tick.label1.get_text() and low <= tick.get_loc() <= high):
                    continue
                box = tick.label1.get_window_extent()
                if any(box.overlaps(other) for other in kept):
                    tick.label1.set_visible(False)
                else:
                    kept.append(box)


def shrink(text, fits):
    while not fits() and text.get_fontsize() > LEAST_FONT:
        text.set_fontsize(text.get_fontsize() - 0.25)


def clipped(middle, length, low, high):
    """The middle of something of this length, moved so that it lies between low and high."""
    return max(low + length / 2, min(middle, high - length / 2))
