"""Distribution of the stable-rank ratio for each quantizer, sorted by its median."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

MOST = 24


def make(results):
    rows = results.pairs()
    rows = rows[numpy.isfinite(rows["stable_rank_ratio"])] if "stable_rank_ratio" in rows else rows.iloc[:0]
    if rows.empty:
        raise NotDrawn("no quantized unit has a stable-rank ratio")
    table = summary(rows)
    left_out = max(0, len(table) - MOST)
    if left_out:  # evenly through the sorted list, ends kept
        table = table.iloc[numpy.unique(numpy.linspace(0, len(table) - 1, MOST).round().astype(int))]
    up = int((rows["stable_rank_ratio"] > 1).sum())

    def draw(layout):
        figure, (axis,) = layout.panels(1, columns=1, height=0.9 + 0.23 * len(table), narrow_height=0.9 + 0.23 * len(table))
        draw_strips(axis, rows, table, layout)
        return figure

    note = (
        f" {left_out} of {left_out + len(table)} quantizers are left out of the picture, evenly through the order; the table "
        "has all."
        if left_out
        else ""
    )
    return Picture(
        "stable-rank-ratio",
        "Does the stable rank rise?",
        f"How far the stable rank moves, for every quantized unit of the last steps ({style.whole(len(rows))} units). A dot is "
        f"a matrix, the bar spans the quartiles, the tick is the median; sorted by median. The first source says the "
        f"ratio always exceeds 1: it does in {style.whole(up)} units ({style.percent(up, len(rows))}). At the right, the "
        f"share of matrices that rise.{note}",
        draw,
        "Stable rank",
    )


def summary(rows):
    grouped = rows.groupby("quantizer")["stable_rank_ratio"]
    table = grouped.describe(percentiles=[0.25, 0.5, 0.75])
    table["up"] = grouped.apply(lambda v: int((v > 1).sum()))
    return table.sort_values(["50%", "mean"], kind="stable")


def draw_strips(axis, rows, table, layout):
    random = numpy.random.default_rng(0)
    low, high = (100 * (v - 1) for v in numpy.percentile(rows["stable_rank_ratio"], [0.2, 99.8]))
    for place, (quantizer, line) in enumerate(table.iterrows()):
        values = 100 * (rows.loc[rows["quantizer"] == quantizer, "stable_rank_ratio"].to_numpy() - 1)
        shown = values[numpy.linspace(0, len(values) - 1, min(len(values), 400)).astype(int)]
        colour = style.BLUE if line["50%"] > 1 else style.ORANGE
        axis.plot(
            shown,
            place + random.uniform(-0.26, 0.26, len(shown)),
            "o",
            color=colour,
            alpha=0.22,
            markersize=2.6,
            markeredgewidth=0,
            rasterized=len(rows) > 1500,
        )
        first, middle, third = (100 * (line[q] - 1) for q in ("25%", "50%", "75%"))
        axis.plot([first, third], [place, place], color=colour, linewidth=4, solid_capstyle="butt", alpha=0.85)
        axis.plot([middle, middle], [place - 0.32, place + 0.32], color=style.INK, linewidth=1.6)
        axis.annotate(
            f"{style.percent(line['up'], line['count'])}",
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL,
            color=style.MUTED,
            annotation_clip=False,
        )
    axis.axvline(0, color=style.INK, linewidth=0.9)
    axis.set_yticks(range(len(table)))
    axis.set_yticklabels(
        [
            selection.short_quantizer(q) if layout.wide else plotting.squeeze(selection.short_quantizer(q), 20)
            for q in table.index
        ],
        color=style.INK,
    )
    axis.set_ylim(-0.7, len(table) - 0.3)
    axis.set_xscale("symlog", linthresh=0.1, linscale=0.5)
    ticks = [-50, -10, -1, -0.1, 0, 0.1, 1, 10, 100, 1000]
    axis.set_xlim(min(low * 1.3, -0.1), max(high * 1.3, 0.1))
    axis.set_xticks([t for t in ticks if axis.get_xlim()[0] <= t <= axis.get_xlim()[1]])
    axis.xaxis.set_major_formatter(plotting.ticker.FuncFormatter(lambda v, _: f"{v:+g} %".replace("-", "−") if v else "0"))
    axis.xaxis.set_minor_locator(plotting.ticker.NullLocator())
    axis.grid(True, axis="x")
    axis.grid(False, axis="y")
    axis.set_xlabel(
        "change of the stable rank (linear within ±0.1 %, logarithmic beyond)" if layout.wide else "change of the stable rank"
    )
