"""Density of cos·√d over pairs of rows of embeddings, raw and centred, before and after, against directions at random."""

import math

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

MOST = 6


def make(results):
    frame = selection.last_steps(results.frame)
    references = frame[(frame["quantizer"] == "reference") & (frame["state"] == "done") & (frame["rows"] >= selection.FEWEST_ROWS)]
    held = results.cosine_histograms()
    references = references[references.index.isin(list(held))]
    if references.empty:
        raise NotDrawn("the file has no histograms of embeddings")
    quantizer = next(iter(selection.spanning(selection.quantized(frame[frame["reference"].isin(references.index)]))), None)
    panels = []
    for label, reference in list(references.iterrows())[:MOST]:
        after = results.units_of_matrix(label).get(quantizer)
        panels.append((reference, held[label], held.get(after)))

    def draw(layout):
        entries = [("before", style.INK, "-"), ("before, centred", style.BLUE, "-")]
        if quantizer:
            entries += [
                (f"after {selection.short_quantizer(quantizer)}", style.INK, ":"),
                ("after, centred", style.BLUE, ":"),
            ]
        entries.append(("directions at random", style.ORANGE, "-"))
        figure, axes = layout.panels(len(panels), columns=3, height=2.7, top=plotting.legend_height(entries, layout))
        for axis, panel in zip(axes, panels):
            one(axis, *panel)
        plotting.legend(figure, entries, layout)
        return figure

    words = [
        f"{r['model']} {r['role'].replace('_', ' ')}: {spread(h.edges, h.raw)} raw, {spread(h.edges, h.centred)} centred"
        for r, h, _ in panels
    ]
    pairs = sorted({int(h.raw.sum()) for _, h, _ in panels})
    left_out = f" {len(references) - MOST} more are in the result file." if len(references) > MOST else ""
    return Picture(
        "cosine-histogram",
        "Angles of embeddings, pair by pair",
        f"Density of z = cos·√d over pairs of rows ({', '.join(style.whole(p) for p in pairs)} pairs a matrix, counted in 104 fixed "
        "bins), the rows as they are and after the mean row was taken off, before and after quantization. Orange: the density of "
        "directions at random in d dimensions, (1 − z²/d)^{(d−3)/2}, nearly N(0, 1). Pairs with |z| > 4, of which random directions have 0.006 %: "
        + "; ".join(words)
        + "."
        + left_out,
        draw,
        "Embeddings",
    )


def spread(edges, counts):
    """Share of the pairs beyond |z| = 4."""
    inside = (edges[:-1] >= -4) & (edges[1:] <= 4)
    return style.percent(int(counts[~inside].sum()), int(counts.sum()))


def random_density(z, d):
    """Of cos·√d for two directions at random in d dimensions."""
    inside = numpy.clip(1 - z**2 / d, 0, None)
    scale = math.exp(math.lgamma(d / 2) - math.lgamma((d - 1) / 2)) / math.sqrt(math.pi * d)
    return scale * inside ** ((d - 3) / 2)


def one(axis, reference, before, after):
    d = float(reference["cols"])
    shown = numpy.zeros(len(before.raw), dtype=bool)
    for histogram, line in ((before, "-"), (after, ":")):
        if histogram is None:
            continue
        for counts, colour in ((histogram.raw, style.INK), (histogram.centred, style.BLUE)):
            shown |= counts > 0
            edges = numpy.clip(histogram.edges, -math.sqrt(d), math.sqrt(d))  # no cosine lies beyond
            density = numpy.full(len(counts), numpy.nan)
            numpy.divide(counts / counts.sum(), numpy.diff(edges), out=density, where=counts > 0)
            axis.stairs(density, edges, color=colour, linestyle=line, linewidth=1.3, baseline=None)
    left, right = before.edges[:-1][shown].min(), before.edges[1:][shown].max()
    z = numpy.linspace(max(-5, -math.sqrt(d)), min(5, math.sqrt(d)), 400)
    axis.plot(z, random_density(z, d), color=style.ORANGE, linewidth=1.6, zorder=1)
    axis.set_yscale("log")
    axis.set_ylim(1e-5, 2)
    plotting.log_axes(axis, y=True)
    axis.set_xlim(max(left, -math.sqrt(d)), min(right, math.sqrt(d)))
    axis.set_title(f"{plotting.shorten(reference['model'], 24)}, {reference['role'].replace('_', ' ')}")
    axis.set_xlabel("cos·√d")
    axis.set_ylabel("density")
