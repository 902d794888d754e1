"""Models beside each other: median stable-rank ratio of each quantizer."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture


def make(results):
    rows = results.pairs()
    models = selection.models_of(rows)
    if len(models) < 2:
        raise NotDrawn("the sweep has one model")
    if "stable_rank_ratio" not in rows or not numpy.isfinite(rows["stable_rank_ratio"]).any():
        raise NotDrawn("no quantized unit has a stable-rank ratio")
    shared = rows.groupby("quantizer")["model"].nunique()
    quantizers = selection.near_four_bits(rows[rows["quantizer"].isin(shared[shared == shared.max()].index)], 4)
    table = (
        rows[rows["quantizer"].isin(quantizers)]
        .groupby(["model", "quantizer"])["stable_rank_ratio"]
        .quantile([0.25, 0.5, 0.75])
        .unstack()
    )
    order = (
        rows[rows["quantizer"].isin(quantizers)]
        .groupby("model")["stable_rank_ratio"]
        .median()
        .reindex(models)
        .sort_values()
        .index
    )
    colours = dict(zip(quantizers, style.SERIES))

    def draw(layout):
        entries = [(selection.short_quantizer(q), colours[q], style.MARKERS[i]) for i, q in enumerate(quantizers)]
        height = 0.8 + (0.16 + 0.15 * len(quantizers)) * len(order)
        figure, (axis,) = layout.panels(1, columns=1, height=height, top=plotting.legend_height(entries, layout))
        for row, model in enumerate(order):
            for place, quantizer in enumerate(quantizers):
                y = row + (place - (len(quantizers) - 1) / 2) * 0.17
                if (model, quantizer) not in table.index or not numpy.isfinite(table.loc[(model, quantizer), 0.5]):
                    axis.text(1, y, "NA", color=colours[quantizer], fontsize=style.SMALL, va="center", ha="center")
                    continue
                line = table.loc[(model, quantizer)]
                axis.plot([line[0.25], line[0.75]], [y, y], color=colours[quantizer], linewidth=2, alpha=0.6)
                axis.plot(line[0.5], y, style.MARKERS[place], color=colours[quantizer], markersize=5)
            if row:
                axis.axhline(row - 0.5, color=style.RULE, linewidth=0.6)
        axis.axvline(1, color=style.INK, linewidth=0.9)
        counts = rows.groupby("model")["matrix"].nunique()
        axis.set_yticks(range(len(order)))
        axis.set_yticklabels(
            [f"{m if layout.wide else plotting.shorten(m, 18)}\n{counts[m]} {'matrix' if counts[m] == 1 else 'matrices'}" for m in order], color=style.INK
        )
        axis.set_ylim(-0.6, len(order) - 0.4)
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.set_xlabel("stable rank after / before: median and quartiles over the model's matrices")
        if not layout.wide:
            axis.set_xlabel("stable rank after / before")
        plotting.legend(figure, entries, layout)
        return figure

    medians = rows[rows["quantizer"] == quantizers[0]].groupby("model")["stable_rank_ratio"].median()
    return Picture(
        "models",
        "Across architectures",
        f"Median and quartiles of the stable-rank ratio for each model (last steps), sorted by median over the quantizers shown. With "
        f"{selection.short_quantizer(quantizers[0])} the medians run from {style.number(medians.min(), 4)} ({medians.idxmin()}) to "
        f"{style.number(medians.max(), 4)} ({medians.idxmax()}).",
        draw,
        "Architectures",
    )
