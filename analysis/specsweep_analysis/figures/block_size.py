"""Stable-rank ratio and error against the block size of each format."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture


def make(results):
    rows = results.pairs()
    rows = rows[numpy.isfinite(rows["block"])]
    if "stable_rank_ratio" not in rows:
        raise NotDrawn("the file has no stable-rank ratios")
    rows = rows[numpy.isfinite(rows["stable_rank_ratio"])]
    sizes = rows.groupby("family")["block"].nunique()
    families = sorted(sizes[sizes >= 2].index, key=lambda f: (rows.loc[rows["family"] == f, "bits_per_weight"].median(), f))[:9]
    if not families:
        raise NotDrawn("no format comes with two block sizes in this sweep")
    rows = rows[rows["family"].isin(families)]
    groups = [
        ("MLP", rows["role"].isin(selection.MLP), style.BLUE, "o"),
        ("attention", rows["role"].str.startswith("attention"), style.ORANGE, "s"),
        (
            "embedding, head, other",
            ~(rows["role"].isin(selection.MLP) | rows["role"].str.startswith("attention")),
            style.GREEN,
            "^",
        ),
    ]
    groups = [g for g in groups if g[1].any()]

    def draw(layout):
        entries = [(label, colour, marker) for label, _, colour, marker in groups]
        figure, axes = layout.panels(len(families), columns=3, height=2.3, top=plotting.legend_height(entries, layout))
        for axis, family in zip(axes, families):
            for label, mask, colour, marker in groups:
                part = rows[mask & (rows["family"] == family)]
                table = part.groupby("block")["stable_rank_ratio"].quantile([0.25, 0.5, 0.75]).unstack()
                if table.empty:
                    continue
                axis.fill_between(table.index, table[0.25], table[0.75], color=colour, alpha=0.16, linewidth=0)
                axis.plot(table.index, table[0.5], color=colour, marker=marker, markersize=4)
            axis.axhline(1, color=style.INK, linewidth=0.9)
            axis.set_xscale("log", base=2)
            blocks = sorted(set(rows.loc[rows["family"] == family, "block"]))
            axis.set_xticks(blocks)
            axis.set_xticklabels([f"{b:g}" for b in blocks])
            axis.set_title(selection.short_quantizer(family))
            axis.set_xlabel("block size")
            axis.set_ylabel("ratio")
        plotting.legend(figure, entries, layout)
        return figure

    return Picture(
        "block-size",
        "Stable-rank ratio against block size",
        f"Median (line) and quartiles (band) of stable rank after/before against the number of weights that share a scale, for every "
        f"format with several block sizes. Units: last steps, {style.whole(len(rows))} units. {reading(rows, families)} Vertical "
        "scales differ between panels.",
        draw,
        "Stable rank",
    )


def reading(rows, families):
    grows = 0
    for family in families:
        medians = rows[rows["family"] == family].groupby("block")["stable_rank_ratio"].median()
        grows += abs(medians.iloc[-1] - 1) > abs(medians.iloc[0] - 1)
    return f"The largest block moves the median further from 1 than the smallest in {grows} of {len(families)} formats."
