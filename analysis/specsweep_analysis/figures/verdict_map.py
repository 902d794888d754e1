"""Claims against layers: how far the left side is from the right one."""

import numpy

from matplotlib import colors

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

HOLDS, VIOLATED = "#3b82b8", "#d9692f"


def make(results):
    if results.verdicts.empty:
        raise NotDrawn("the file has no verdicts")
    rows = results.single_verdicts()
    if rows.empty:
        raise NotDrawn("no verdict belongs to a single unit")
    claims = order(rows)
    columns = selection.roles_of(rows)
    grid, text = cells(rows, claims, columns)

    def draw(layout):
        figure, (axis,) = layout.panels(1, columns=1, height=1.0 + 0.31 * len(claims), narrow_height=1.5 + 0.31 * len(claims))
        paint(axis, grid, text, claims, columns, layout)
        return figure

    counts = rows["verdict"].value_counts()
    return Picture(
        "verdicts",
        "Where the claims hold",
        "Share of units on which a claim (row; statements stand in the table below) holds, for each role (column): blue where it "
        "holds in most, orange where it is violated in most. A vacuous bound counts as holding. Hatched: not testable on any "
        f"unit; never counted as either. Sorted by share. Last steps, {style.whole(len(rows))} verdicts: "
        + ", ".join(f"{style.whole(n)} {v}" for v, n in counts.items())
        + ".",
        draw,
        "Verdicts",
    )


def order(rows):
    """Claims by the share of testable units where they hold, best first."""
    tested = rows[rows["verdict"].isin(["holds", "violated", "vacuous"])]
    share = tested["verdict"].isin(["holds", "vacuous"]).groupby(tested["claim"]).mean()
    return sorted(dict.fromkeys(rows["claim"]), key=lambda c: (-share.get(c, -1.0), c))


def cells(rows, claims, columns):
    """Share that holds, NaN where nothing could be tested."""
    grid = numpy.full((len(claims), len(columns)), numpy.nan)
    text = numpy.full(grid.shape, "", dtype=object)
    for (claim, role), part in rows.groupby(["claim", "role"])["verdict"]:
        tested = part.isin(["holds", "violated", "vacuous"]).sum()
        at = claims.index(claim), columns.index(role)
        if tested:
            grid[at] = part.isin(["holds", "vacuous"]).sum() / tested
            text[at] = style.percent(part.isin(["holds", "vacuous"]).sum(), tested)
    return grid, text


def paint(axis, grid, text, claims, columns, layout):
    shades = colors.LinearSegmentedColormap.from_list("verdict", [VIOLATED, "#efece6", HOLDS])
    for row, column in numpy.ndindex(grid.shape):
        value = grid[row, column]
        if numpy.isfinite(value):
            axis.add_patch(plotting.pyplot.Rectangle((column, row), 1, 1, facecolor=shades(value), edgecolor="none"))
            axis.text(
                column + 0.5,
                row + 0.5,
                text[row, column].replace(" %", "") if not layout.wide else text[row, column],
                ha="center",
                va="center",
                fontsize=style.SMALL,
                color="#ffffff" if abs(value - 0.5) > 0.42 else "#1b1e22",
            )
        else:
            axis.add_patch(
                plotting.pyplot.Rectangle(
                    (column, row), 1, 1, facecolor="none", edgecolor=style.MUTED, hatch="////", linewidth=0
                )
            )
    axis.set_xlim(0, len(columns))
    axis.set_ylim(len(claims), 0)
    axis.grid(False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.tick_params(length=0)
    axis.xaxis.tick_top()
    axis.set_xticks(numpy.arange(len(columns)) + 0.5)
    axis.set_xticklabels(
        [c.replace("attention_", "attn ").replace("_", " ") for c in columns],
        rotation=0 if layout.wide and len(columns) < 9 else 60,
        ha="center" if layout.wide and len(columns) < 9 else "left",
    )
    axis.set_yticks(numpy.arange(len(claims)) + 0.5)
    axis.set_yticklabels([c if layout.wide else plotting.shorten(c, 22) for c in claims], color=style.INK)
