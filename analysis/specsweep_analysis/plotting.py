"""What the figures share: a grid of panels for wide and for narrow pages, axes, labels at lines' ends."""

import dataclasses
import math
import typing
import warnings

import matplotlib

matplotlib.use("Agg")
from matplotlib import font_manager, pyplot, ticker  # noqa: E402  (after the backend is chosen)

from . import style  # noqa: E402

matplotlib.rcdefaults()
matplotlib.use("Agg")
_here = {entry.name for entry in font_manager.fontManager.ttflist}
matplotlib.rcParams.update(style.RC)
matplotlib.rcParams["font.family"] = [name for name in style.FONTS if name in _here]
# Names in scripts that none of these fonts has: words of an SVG are shown by the reader's fonts, PNG files show boxes.
warnings.filterwarnings("ignore", message="Glyph .* missing from")


@dataclasses.dataclass
class Layout:
    """Where a figure will stand: on a wide page (and in the files) or in one column of a telephone."""

    wide: bool = True

    @property
    def width(self):
        return style.WIDE if self.wide else style.NARROW

    def panels(self, count, columns=3, height=2.5, narrow_columns=1, narrow_height=None, top=0.0, **options):
        """A grid of `count` panels of that height in inches; (figure, list of axes). `top`: inches kept for a legend."""
        columns = max(1, min(columns if self.wide else narrow_columns, count))
        rows = math.ceil(count / columns)
        each = height if self.wide else (narrow_height or height)
        figure, axes = pyplot.subplots(rows, columns, figsize=(self.width, rows * each + top), squeeze=False, **options)
        if top:
            figure.get_layout_engine().set(rect=(0, 0, 1, 1 - top / (rows * each + top)))
        axes = list(axes.flat)
        for unused in axes[count:]:
            unused.remove()
        return figure, axes[:count]


@dataclasses.dataclass
class Picture:
    """One figure of the report. `draw(layout)` gives a matplotlib figure; texts are plain (escaped where they are shown)."""

    name: str
    title: str
    caption: str
    draw: typing.Callable
    section: str = ""


class NotDrawn(Exception):
    """The data do not hold what a figure shows; the reason is shown instead of it."""


def log_axes(axes, x=False, y=False):
    for wanted, axis, scale in ((x, axes.xaxis, axes.set_xscale), (y, axes.yaxis, axes.set_yscale)):
        if wanted:
            scale("log")
            axis.set_major_formatter(ticker.FuncFormatter(style.power_of_ten))
            axis.set_minor_locator(ticker.NullLocator())


def few_decades(axis, low, high):
    """Ticks 1, 2, 5 on a logarithmic axis that spans less than two decades."""
    if high / low < 100:
        axis.set_major_locator(ticker.LogLocator(10, subs=(1, 2, 5)))
        axis.set_major_formatter(ticker.FuncFormatter(lambda v, _: f"{v:.3g}" if 1e-4 <= v < 1e6 else style.number(v, 1)))


def _legend_columns(entries, layout):
    if layout.wide:
        return min(len(entries), 6)
    return 2 if max((len(e[0]) for e in entries), default=0) < 24 else 1


def legend(figure, entries, layout):
    """Coloured words in a line above the panels. entries: (label, colour, kind) with kind a marker, '-' , ':' or 'patch'."""
    handles = []
    for label, colour, kind in entries:
        if kind == "patch":
            handle = matplotlib.patches.Patch(facecolor=colour, edgecolor="none", label=label)
        elif kind in ("-", ":", "--"):
            handle = matplotlib.lines.Line2D([], [], color=colour, linestyle=kind, label=label)
        else:
            handle = matplotlib.lines.Line2D([], [], color=colour, marker=kind, linestyle="none", markersize=5, label=label)
        handles.append(handle)
    made = figure.legend(
        handles=handles,
        loc="upper left",
        ncol=_legend_columns(entries, layout),
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
        handlelength=1.4,
        columnspacing=1.6,
    )
    made.set_in_layout(False)


def legend_height(entries, layout):
    """Inches that legend() takes."""
    return 0.18 * math.ceil(len(entries) / _legend_columns(entries, layout)) + 0.12


def end_labels(axes, labels, gap=9.6, offset=5):
    """Words at the right ends of lines, moved apart so that none covers another. labels: (x, y, text, colour)."""
    axes.figure.draw_without_rendering()
    transform = axes.transData
    placed = sorted(
        ((transform.transform((x, y))[1], x, y, text, colour) for x, y, text, colour in labels if math.isfinite(y)),
        key=lambda item: item[0],
    )
    gap = gap * axes.figure.dpi / 72
    heights = [item[0] for item in placed]
    bottom, top = axes.bbox.y0 + gap / 3, axes.bbox.y1
    for _ in range(200):
        moved = False
        if heights and heights[-1] - heights[0] < top - bottom:
            heights[0], heights[-1] = max(heights[0], bottom), min(heights[-1], top)
        for i in range(len(heights) - 1):
            overlap = gap - (heights[i + 1] - heights[i])
            if overlap > 0.5:
                heights[i] -= overlap / 2
                heights[i + 1] += overlap / 2
                moved = True
        if not moved:
            break
    for height, (at, x, y, text, colour) in zip(heights, placed):
        axes.annotate(
            text,
            (x, y),
            xytext=(offset, (height - at) * 72 / axes.figure.dpi),
            textcoords="offset points",
            va="center",
            ha="left",
            color=colour,
            fontsize=style.SMALL,
            annotation_clip=False,
        )


def thin(count, most):
    """Indices of at most `most` of `count` values, evenly on a logarithmic scale, ends included."""
    import numpy

    if count <= most:
        return numpy.arange(count)
    return numpy.unique(numpy.round(numpy.geomspace(1, count, most)).astype(int) - 1)


def shorten(text, most):
    """Keeps the end of a long name, which tells matrices apart."""
    return text if len(text) <= most else "…" + text[-(most - 1) :]


def squeeze(text, most):
    """Keeps both ends of a long name: format and bits of a quantizer stand first, its variant last."""
    return text if len(text) <= most else text[: most // 2] + "…" + text[-(most - most // 2 - 1) :]
