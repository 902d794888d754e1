"""The stable-rank ratio taken apart: energy gained or lost (f), head grown or shrunk (g)."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

MOST = 24


def make(results):
    rows = results.pairs()
    needed = ["frobenius_ratio", "sigma_max_ratio", "stable_rank_ratio"]
    if not results.has(*needed):
        raise NotDrawn("the file has no ratios of energy and largest singular value")
    rows = rows[numpy.isfinite(rows[needed]).all(axis=1) & (rows[needed] > 0).all(axis=1)]
    if rows.empty:
        raise NotDrawn("no quantized unit has both ratios")
    logs = numpy.log(rows[needed]).assign(quantizer=rows["quantizer"])
    table = logs.groupby("quantizer").mean().sort_values("stable_rank_ratio", kind="stable")
    if len(table) > MOST:
        table = table.iloc[numpy.unique(numpy.linspace(0, len(table) - 1, MOST).round().astype(int))]
    falls = int((rows["frobenius_ratio"] < 1).sum())

    size = table[["frobenius_ratio", "sigma_max_ratio"]].abs().max(axis=1)
    parts = [part for part in (table[size >= size.max() / 8], table[size < size.max() / 8]) if len(part)]

    def draw(layout):
        entries = [
            ("energy: ln f", style.BLUE, "patch"),
            ("head: −ln g", style.YELLOW, "patch"),
            ("sum: ln of the ratio", style.INK, "D"),
        ]
        columns = len(parts) if layout.wide else 1
        longest = max(len(p) for p in parts)
        figure, axes = layout.panels(
            len(parts), columns=columns, height=0.9 + 0.23 * longest, top=plotting.legend_height(entries, layout)
        )
        for axis, part in zip(axes, parts):
            bars(axis, part, longest, layout)
        if len(parts) == 2:
            axes[0].set_title("large changes")
            axes[1].set_title("small changes, another scale")
        plotting.legend(figure, entries, layout)
        return figure

    return Picture(
        "factors",
        "Why the stable rank moves",
        "The stable-rank ratio is f/g, with f the ratio of energies ‖W̃‖_F²/‖W‖_F² and g that of the largest σ². Mean logarithms "
        f"over all quantized units of the last steps ({style.whole(len(rows))}), sorted by their sum. Energy rises only where "
        f"the blue bar points right; it falls in {style.whole(falls)} units ({style.percent(falls, len(rows))}). Where the "
        "yellow bar points right, the stable rank rises because the head shrank, not because the tail gained.",
        draw,
        "Stable rank",
    )


def bars(axis, table, rows, layout):
    for place, (quantizer, line) in enumerate(table.iterrows()):
        f, head = line["frobenius_ratio"], -line["sigma_max_ratio"]
        second = f if numpy.sign(f) == numpy.sign(head) else 0.0
        axis.barh(place, f, height=0.62, color=style.BLUE, linewidth=0)
        axis.barh(place, head, left=second, height=0.62, color=style.YELLOW, linewidth=0)
        axis.plot(f + head, place, "D", color=style.INK, markersize=4)
    axis.axvline(0, color=style.INK, linewidth=0.9)
    axis.set_yticks(range(len(table)))
    axis.set_yticklabels(
        [plotting.squeeze(selection.short_quantizer(q), 36 if layout.wide else 20) for q in table.index], color=style.INK
    )
    axis.set_ylim(len(table) - rows - 0.7, len(table) - 0.3)  # the same thickness of bars in both panels
    axis.xaxis.set_major_locator(plotting.ticker.MaxNLocator(5))
    axis.grid(True, axis="x")
    axis.grid(False, axis="y")
    axis.set_xlabel(
        "mean contribution to ln(stable rank after / before)" if layout.wide else "contribution to ln(after / before)"
    )
