"""Angles between the rows of embeddings, against directions at random."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

RANDOM = [0.6827, 0.9545, 0.9973]  # P(|N(0, 1)| < 1, 2, 3): cos·√d of random directions
BINS = ["0–1", "1–2", "2–3", "> 3"]
MOST = 6


def make(results):
    frame = selection.last_steps(results.frame)
    if "cosine_share_1" not in frame:
        raise NotDrawn("the file has no angles of embeddings")
    rows = frame[(frame["state"] == "done") & numpy.isfinite(frame["cosine_share_1"])]
    references = rows[(rows["quantizer"] == "reference") & (rows["rows"] >= selection.FEWEST_ROWS)]
    if references.empty:
        raise NotDrawn("no embedding is done")
    quantizers = selection.spanning(selection.quantized(rows))[:2]
    panels = [(reference, bars_of(rows, label, quantizers)) for label, reference in list(references.iterrows())[:MOST]]
    colours = [style.INK, style.SKY, style.GREEN, style.PURPLE]

    def draw(layout):
        names = ["before", "before, centred", *(selection.short_quantizer(q) for q in quantizers)]
        entries = [(name, colour, "patch") for name, colour in zip(names, colours)] + [
            ("directions at random", style.ORANGE, "-")
        ]
        figure, axes = layout.panels(len(panels), columns=3, height=2.5, top=plotting.legend_height(entries, layout))
        for axis, (reference, bars) in zip(axes, panels):
            one(axis, reference, bars, colours, len(names))
        plotting.legend(figure, entries, layout)
        return figure

    words = [
        f"{r['model']} {r['role'].replace('_', ' ')}: {style.number(100 * r['cosine_share_1'], 3)} % raw, "
        f"{style.number(100 * r['centred_cosine_share_1'], 3)} % centred"
        for r, _ in panels
    ]
    left_out = f" {len(references) - MOST} more are in the table of units." if len(references) > MOST else ""
    return Picture(
        "embeddings",
        "Are embeddings quasi-orthogonal?",
        "Share of seeded pairs of rows by |cos|·√d (100,000 pairs of a matrix). Directions at random have 68.3 % within 1, 95.4 % "
        "within 2, 99.7 % within 3, so the first source's check, 95 % of the pairs below 1/√d, is out of reach even for them. Within 1: "
        + "; ".join(words)
        + "."
        + left_out,
        draw,
        "Embeddings",
    )


def bars_of(rows, label, quantizers):
    """[four shares] for before, before centred, and each quantizer after; None where there is no such unit."""
    units = rows[rows["reference"] == label].drop_duplicates("quantizer").set_index("quantizer")
    found = [shares(units.loc["reference"], "cosine_share"), shares(units.loc["reference"], "centred_cosine_share")]
    return found + [shares(units.loc[q], "cosine_share") if q in units.index else None for q in quantizers]


def shares(unit, name):
    within = [unit[f"{name}_{t}"] for t in (1, 2, 3)]
    return numpy.diff([0, *within, 1])


def one(axis, reference, bars, colours, count):
    width = 0.8 / count
    for place, (values, colour) in enumerate(zip(bars, colours)):
        if values is not None:
            axis.bar(numpy.arange(4) - 0.4 + width * (place + 0.5), 100 * values, width=width * 0.92, color=colour, linewidth=0)
    for place, value in enumerate(numpy.diff([0, *RANDOM, 1])):
        axis.plot([place - 0.44, place + 0.44], [100 * value] * 2, color=style.ORANGE, linewidth=1.8)
    axis.set_xticks(range(4))
    axis.set_xticklabels(BINS)
    axis.set_ylim(0, 100)
    axis.set_title(f"{plotting.shorten(reference['model'], 24)}, {reference['role'].replace('_', ' ')}")
    axis.set_xlabel("|cos|·√d")
    axis.set_ylabel("pairs of rows, %")
