"""Bounds against single layers: log10 of left over right side."""

import numpy
from matplotlib import colors

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture
from .verdict_map import HOLDS, VIOLATED

MOST = 72
SPAN = 2.0  # decades to either side of 1 that the colours tell apart


def make(results):
    rows = results.single_verdicts() if not results.verdicts.empty else results.verdicts
    if rows.empty:
        raise NotDrawn("the file has no verdicts on single units")
    frame = selection.last_steps(results.frame)
    model = selection.main_model(frame)
    quantizers = selection.near_four_bits(selection.quantized(frame[frame["model"] == model]), 1)
    if not quantizers:
        raise NotDrawn("no quantized unit is done")
    rows = rows[(rows["model"] == model) & (rows["quantizer"] == quantizers[0])]
    rows = rows.assign(log=_log(rows))
    claims = [c for c in dict.fromkeys(rows["claim"]) if numpy.isfinite(rows.loc[rows["claim"] == c, "log"]).any()]
    roles = selection.roles_of(rows)
    order = (
        rows.drop_duplicates("matrix")
        .assign(place=lambda r: r["role"].map(roles.index))
        .sort_values(["place", "block_index"], kind="stable")
    )
    matrices = list(order["matrix"])[:MOST]
    if not claims or not matrices:
        raise NotDrawn("no claim compares two sizes on these units")
    grid = rows.pivot_table(index="claim", columns="matrix", values="log", aggfunc="first", dropna=False)
    grid = grid.reindex(index=claims, columns=matrices)
    marks = order[order["matrix"].isin(matrices)].groupby("role", sort=False).size()

    def draw(layout):
        rotated = not layout.wide or (marks / marks.sum()).min() < 0.09  # a column of text is wider than the column of cells
        height = (1.9 if rotated else 1.2) + 0.3 * len(claims)
        figure, (axis,) = layout.panels(1, columns=1, height=height)
        paint(figure, axis, grid.to_numpy(), claims, marks, layout, rotated, height)
        return figure

    left_out = f" The first {MOST} matrices are shown." if len(order) > MOST else ""
    return Picture(
        "verdict-layers",
        "How far each side is from the other",
        f"log₁₀ of left over right side of every claim that compares two sizes (row), on every matrix (column; by role, then block) of {model}, "
        f"last step, with {selection.short_quantizer(quantizers[0])}. White: the sides are equal; blue: the left side is smaller, orange: "
        f"larger. A bound is violated where it is orange; a claim that the left side exceeds the right one holds there. Hatched: not testable on this matrix.{left_out}",
        draw,
        "Verdicts",
    )


def _log(rows):
    with numpy.errstate(divide="ignore", invalid="ignore"):
        logs = numpy.log10(rows["ratio"].to_numpy(dtype=float))
    return numpy.where(rows["verdict"] == "not testable", numpy.nan, numpy.clip(logs, -9, 9))


def paint(figure, axis, grid, claims, marks, layout, rotated, height):
    shades = colors.LinearSegmentedColormap.from_list("ratio", [HOLDS, "#efece6", VIOLATED])
    axis.patch.set(hatch="////", edgecolor=style.MUTED)
    mesh = axis.pcolormesh(
        numpy.arange(grid.shape[1] + 1),
        numpy.arange(grid.shape[0] + 1),
        numpy.ma.masked_invalid(grid),
        cmap=shades,
        vmin=-SPAN,
        vmax=SPAN,
        edgecolors="none",
        linewidth=0,
    )
    axis.set_ylim(len(claims), 0)
    axis.grid(False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.tick_params(length=0)
    ends = numpy.cumsum(marks.to_numpy())
    for end in ends[:-1]:
        axis.axvline(end, color=style.MUTED, linewidth=0.8)
    axis.set_xticks(ends - marks.to_numpy() / 2)
    axis.set_xticklabels(
        [r.replace("attention_", "attn ").replace("_", " ") for r in marks.index],
        rotation=60 if rotated else 0,
        ha="right" if rotated else "center",
        rotation_mode="anchor" if rotated else "default",
    )
    axis.set_yticks(numpy.arange(len(claims)) + 0.5)
    axis.set_yticklabels([c if layout.wide else plotting.shorten(c, 22) for c in claims], color=style.INK)
    bar = figure.colorbar(
        mesh,
        ax=axis,
        orientation="horizontal",
        fraction=0.2 / height,
        aspect=34,
        pad=0.1 / height,
        shrink=0.5 if layout.wide else 1.0,
        anchor=(0.0, 0.5),
    )
    bar.outline.set_visible(False)
    bar.set_ticks([-2, -1, 0, 1, 2])
    bar.set_ticklabels(["≤ 1/100", "1/10", "equal", "10", "≥ 100"])
