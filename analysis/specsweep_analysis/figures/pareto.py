"""Error against bits per weight, and the formats that no other beats in both."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture


def make(results):
    rows = results.pairs()
    rows = rows[numpy.isfinite(rows["relative_error"]) & (rows["relative_error"] > 0) & numpy.isfinite(rows["bits_per_weight"])]
    if rows["quantizer"].nunique() < 2:
        raise NotDrawn("fewer than two quantizers have an error")
    table = (
        rows.groupby("quantizer")
        .agg(bits=("bits_per_weight", "median"), error=("relative_error", "median"), format=("format", "first"))
        .sort_values(["bits", "error"], kind="stable")
    )
    best = front(table)
    formats = list(dict.fromkeys(rows["format"].value_counts().index))
    colours = {f: style.SERIES[i % 6] for i, f in enumerate(formats)}
    markers = {f: style.MARKERS[(i + i // 6) % 6] for i, f in enumerate(formats)}  # 36 pairs of colour and marker

    def draw(layout):
        entries = [(f, colours[f], markers[f]) for f in formats]
        figure, (axis,) = layout.panels(
            1, columns=1, height=4.2, narrow_height=4.4, top=plotting.legend_height(entries, layout)
        )
        axis.plot(best["bits"], best["error"], color=style.RULE, linewidth=2.2, drawstyle="steps-post", zorder=1)
        for name in formats:
            part = table[table["format"] == name]
            axis.plot(part["bits"], part["error"], markers[name], color=colours[name], markersize=5.5, zorder=3)
        plotting.log_axes(axis, y=True)
        plotting.few_decades(axis.yaxis, table["error"].min(), table["error"].max())
        axis.set(xlabel="bits per weight, scales included", ylabel="relative error ‖E‖ / ‖W‖ (Frobenius, median)")
        axis.margins(x=0.09, y=0.08)
        label_points(axis, table, best, layout)
        plotting.legend(figure, entries, layout)
        return figure

    names = [selection.short_quantizer(q) for q in best.index]
    return Picture(
        "pareto",
        "Error against bits",
        f"Median over matrices of ‖E‖_F/‖W‖_F against bits per weight, for {len(table)} quantizers "
        f"({style.whole(len(rows))} units, last steps). The grey stairs join the quantizers that no other beats in both "
        "(named in ink; others in grey where there is room): "
        f"{', '.join(names[:8])}{' …' if len(names) > 8 else ''}.",
        draw,
        "Error",
    )


def front(table):
    """Rows that have a smaller error than every row with as few bits (table sorted by bits, then error)."""
    keep, least = [], numpy.inf
    for quantizer, line in table.iterrows():
        if line["error"] < least:
            keep.append(quantizer)
            least = line["error"]
    return table.loc[keep]


def label_points(axis, table, best, layout):
    """Names of points, those on the front first, at the first of four places that covers no point and no other name; else left out."""
    axis.figure.draw_without_rendering()
    scale = axis.figure.dpi / 72
    points = [axis.transData.transform(p) for p in zip(table["bits"], table["error"])]
    taken = [(x - 3 * scale, y - 3 * scale, x + 3 * scale, y + 3 * scale) for x, y in points]
    for quantizer in [*best.index, *table.index.difference(best.index, sort=False)]:
        line = table.loc[quantizer]
        x, y = axis.transData.transform((line["bits"], line["error"]))
        text = selection.short_quantizer(quantizer)
        width, height = 4.4 * len(text) * scale, 9 * scale
        for dx, dy, align in ((6, 3, "left"), (6, -11, "left"), (-6, -11, "right"), (-6, 3, "right")):
            left = x + dx * scale - (width if align == "right" else 0)
            box = (left, y + dy * scale, left + width, y + dy * scale + height)
            if (
                box[0] > axis.bbox.x0
                and box[2] < axis.figure.bbox.width
                and not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken)
            ):
                taken.append(box)
                axis.annotate(
                    text,
                    (line["bits"], line["error"]),
                    xytext=(dx, dy),
                    textcoords="offset points",
                    ha=align,
                    va="bottom",
                    fontsize=style.SMALL,
                    color=style.INK if quantizer in best.index else style.MUTED,
                    annotation_clip=False,
                )
                break
