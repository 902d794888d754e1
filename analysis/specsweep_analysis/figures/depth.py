"""Stable rank by depth and role, before and after."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture


def make(results):
    frame = selection.last_steps(results.frame)
    model = selection.main_model(frame)
    frame = frame[(frame["model"] == model) & (frame["block_index"] >= 0) & (frame["state"] == "done")]
    if "stable_rank" not in frame or frame["block_index"].nunique() < 2:
        raise NotDrawn("the matrices lie in fewer than two blocks")
    references = frame[frame["quantizer"] == "reference"]
    roles = selection.roles_of(references)
    quantizers = selection.spanning(selection.quantized(frame))
    if not roles:
        raise NotDrawn("no reference inside a block is done")
    colours = dict(zip(quantizers, style.SERIES))

    def draw(layout):
        entries = [("reference", style.INK, "-"), *((selection.short_quantizer(q), colours[q], "-") for q in quantizers)]
        figure, axes = layout.panels(len(roles), columns=3, height=2.2, top=plotting.legend_height(entries, layout))
        for axis, role in zip(axes, roles):
            for quantizer in ["reference", *quantizers]:
                rows = frame[(frame["role"] == role) & (frame["quantizer"] == quantizer)]
                means = rows.groupby("block_index")["stable_rank"].median()
                blocks = numpy.arange(int(means.index.min()), int(means.index.max()) + 1) if len(means) else []
                values = means.reindex(blocks)  # a block without a value leaves a gap
                ink = quantizer == "reference"
                axis.plot(
                    values.index,
                    values.to_numpy(),
                    marker="o",
                    markersize=4 if ink else 3,
                    linewidth=2 if ink else 1.1,
                    color=style.INK if ink else colours[quantizer],
                    zorder=2 if ink else 3,
                )
            axis.set_title(role.replace("_", " "))
            axis.set_xlabel("block")
            axis.set_ylabel("stable rank")
            axis.set_ylim(bottom=0)
            shown = references.loc[references["role"] == role, "block_index"]
            axis.set_xlim(shown.min() - 0.3, shown.max() + 0.3)
            axis.xaxis.set_major_locator(plotting.ticker.MaxNLocator(integer=True, nbins=6))
        plotting.legend(figure, entries, layout)
        return figure

    spread = references.groupby("role")["stable_rank"].median()
    return Picture(
        "stable-rank-depth",
        "Stable rank by depth and role",
        f"Stable rank ‖W‖_F²/σ₁² of every matrix against its block (median where a block has several of a role), before (ink) and after "
        f"quantization. Units: {references['checkpoint'].iloc[0]}, its last step, {style.whole(len(references))} matrices. "
        f"Medians go from {style.number(spread.min())} ({spread.idxmin().replace('_', ' ')}) to {style.number(spread.max())} "
        f"({spread.idxmax().replace('_', ' ')})." + moved(frame, quantizers),
        draw,
        "Stable rank",
    )


def moved(frame, quantizers):
    """How far the formats shown move the median of a role, in words."""
    rows = selection.quantized(frame)
    rows = rows[rows["quantizer"].isin(quantizers) & numpy.isfinite(rows["stable_rank_ratio"])] if "stable_rank_ratio" in rows else rows.iloc[:0]
    if rows.empty:
        return ""
    changes = 100 * (rows.groupby("quantizer")["stable_rank_ratio"].median() - 1)
    return " Median change: " + ", ".join(
        f"{style.number(changes[q], 2)} % by {selection.short_quantizer(q)}" for q in quantizers if q in changes
    ) + "."
