"""R² of every unit beside the null of the same unit."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture


def make(results):
    if not results.has("epsilon_r2", "epsilon_r2_null_95"):
        raise NotDrawn("the file has no regressions of ε on 1/σ (columns epsilon_r2, epsilon_r2_null_95)")
    rows = results.pairs()
    rows = rows[numpy.isfinite(rows["epsilon_r2"]) & numpy.isfinite(rows["epsilon_r2_null_95"])]
    if rows.empty:
        raise NotDrawn("no unit of the last steps has a regression of ε on 1/σ")
    r2, null = rows["epsilon_r2"].to_numpy(), rows["epsilon_r2_null_95"].to_numpy()
    both = int(((r2 > 0.9) & (r2 > null)).sum())

    def draw(layout):
        figure, (axis,) = layout.panels(1, columns=1, height=3.6, narrow_height=3.6)
        groups = [
            ("R² > 0.9 and above its null", (r2 > 0.9) & (r2 > null), style.GREEN, "^"),
            ("R² > 0.9, not above its null", (r2 > 0.9) & (r2 <= null), style.ORANGE, "s"),
            ("R² ≤ 0.9", r2 <= 0.9, style.MUTED, "o"),
        ]
        for label, mask, colour, marker in groups:
            axis.plot(
                null[mask],
                r2[mask],
                marker,
                color=colour,
                markersize=3,
                alpha=0.5,
                markeredgewidth=0,
                rasterized=len(r2) > 1500,
                label=f"{label}: {style.whole(mask.sum())}",
            )
        axis.plot([0, 1], [0, 1], color=style.INK, linewidth=0.8)
        axis.axhline(0.9, color=style.INK, linewidth=0.8, linestyle="--")
        axis.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="95 % quantile of R² for permuted changes", ylabel="R² of the unit")
        axis.legend(loc="upper left", bbox_to_anchor=(0, 1.0) if not layout.wide else (1.01, 1), markerscale=1.6)
        if not layout.wide:
            axis.get_legend().remove()
            axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), markerscale=1.6)
        return figure

    return Picture(
        "epsilon-r2",
        "R² of all units and of chance",
        f"For each of the {style.whole(len(rows))} quantized units (last steps) the R² of ε on 1/σ, against the 95 % quantile "
        f"of R² when |σ̃ₖ − σₖ| is permuted over k. Only points above both lines support the law: "
        f"{style.whole(both)} ({style.percent(both, len(rows))}). R² > 0.9 alone: {style.whole((r2 > 0.9).sum())}.",
        draw,
        "The law of the relative change",
    )
