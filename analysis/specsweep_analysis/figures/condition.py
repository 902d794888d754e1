"""Does a high condition number mean a large error? Measured error against log2 κ."""

import numpy

from .. import plotting, quantizer_text, selection, style
from ..plotting import NotDrawn, Picture


def make(results):
    rows = results.pairs()
    if rows.empty or not results.has("condition_number"):
        raise NotDrawn("no condition number is resolved")
    quantizers = selection.near_four_bits(rows, 3)
    rows = rows[rows["quantizer"].isin(quantizers)]
    kappa = results.before("condition_number", rows)
    known = numpy.isfinite(kappa) & (kappa >= 1) & numpy.isfinite(rows["relative_error"].to_numpy())
    if known.sum() < 3:
        raise NotDrawn("fewer than three units have a resolved condition number")
    rows, kappa = rows[known], kappa[known]
    colours = dict(zip(quantizers, style.SERIES))
    quantizers = [q for q in quantizers if (rows["quantizer"] == q).any()]
    bits = {q: quantizer_text.code_bits(q) for q in quantizers}
    ranks = {q: spearman(kappa[rows["quantizer"] == q], rows.loc[rows["quantizer"] == q, "relative_error"]) for q in quantizers}

    def draw(layout):
        figure, axes = layout.panels(len(quantizers), columns=3, height=2.7, sharey=True)
        for place, (axis, quantizer) in enumerate(zip(axes, quantizers)):
            mask = (rows["quantizer"] == quantizer).to_numpy()
            axis.plot(
                numpy.log2(kappa[mask]),
                rows.loc[mask, "relative_error"],
                style.MARKERS[place],
                color=colours[quantizer],
                markersize=3.4,
                alpha=0.6,
                markeredgewidth=0,
                rasterized=mask.sum() > 1500,
            )
            if bits[quantizer]:
                axis.axvline(bits[quantizer], color=style.INK, linewidth=0.8, linestyle="--")
            axis.set_title(selection.short_quantizer(quantizer))
            axis.set_xlabel(f"log₂ κ   (dashed: b = {bits[quantizer]})" if bits[quantizer] else "log₂ κ")
            axis.text(
                0.97,
                0.96,
                f"rank correlation {style.number(ranks[quantizer], 2)}",
                transform=axis.transAxes,
                ha="right",
                va="top",
                fontsize=style.SMALL,
                color=style.MUTED,
            )
            axis.set_ylim(0, rows["relative_error"].max() * 1.2)
        axes[0].set_ylabel("relative error ‖E‖/‖W‖")
        return figure

    beyond = kappa > 2.0 ** rows["quantizer"].map(bits).to_numpy(dtype=float)
    return Picture(
        "condition",
        "Condition number and error",
        f"The second source says quantization to b bits fails where κ = σ₁/σₙ exceeds 2ᵇ. Relative error of every matrix against log₂ κ "
        f"(last steps, {style.whole(len(rows))} units with a resolved κ). κ exceeds 2ᵇ in {style.whole(beyond.sum())} of them; their "
        f"median error is {style.number(float(numpy.median(rows['relative_error'][beyond])) if beyond.any() else numpy.nan, 2)}, that of "
        f"the others {style.number(float(numpy.median(rows['relative_error'][~beyond])) if (~beyond).any() else numpy.nan, 2)}.",
        draw,
        "Error",
    )


def spearman(x, y):
    """Rank correlation without ties' correction beyond mean ranks; NaN below three values."""
    import pandas

    x, y = pandas.Series(numpy.asarray(x, dtype=float)).rank(), pandas.Series(numpy.asarray(y, dtype=float)).rank()
    return float(x.corr(y)) if len(x) >= 3 and x.nunique() > 1 and y.nunique() > 1 else numpy.nan
