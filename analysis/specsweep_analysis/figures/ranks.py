"""α, slopes and ranks: after against before."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

DIFFERENCES = {"powerlaw_alpha", "spectral_slope"}  # exponents: their difference, not their ratio
COLUMNS = {
    "powerlaw_alpha": "power-law α",
    "spectral_slope": "spectral slope",
    "stable_rank": "stable rank",
    "pr_energy": "participation ratio",
    "erank_energy": "entropy rank (energy)",
    "erank_sv": "entropy rank (σ)",
}


def make(results):
    rows = results.pairs()
    columns = [c for c in COLUMNS if results.has(c)]
    if rows.empty or not columns:
        raise NotDrawn("no quantized unit has a rank or an exponent")
    quantizers = selection.near_four_bits(rows, 3)
    rows = rows[rows["quantizer"].isin(quantizers)]
    data = {c: (results.before(c, rows), rows[c].to_numpy(dtype=float)) for c in columns}
    colours = dict(zip(quantizers, style.SERIES))
    names = rows["quantizer"].to_numpy()

    def draw(layout):
        entries = [(selection.short_quantizer(q), colours[q], style.MARKERS[i]) for i, q in enumerate(quantizers)]
        figure, axes = layout.panels(len(columns), columns=3, height=2.5, top=plotting.legend_height(entries, layout))
        for axis, column in zip(axes, columns):
            one(axis, column, data[column], names, quantizers, colours)
        plotting.legend(figure, entries, layout)
        return figure

    words = []
    for column in columns:
        x, y = data[column]
        fine = numpy.isfinite(x) & numpy.isfinite(y)
        if fine.any():
            words.append(
                f"{COLUMNS[column]} rises in {style.percent((y[fine] > x[fine]).sum(), fine.sum())} of {style.whole(fine.sum())}"
            )
    return Picture(
        "ranks",
        "Exponents and ranks, before and after",
        f"Each point is a matrix: change by quantization against the value before it; on the line nothing changes. Units: last steps, "
        f"quantizers {', '.join(selection.short_quantizer(q) for q in quantizers)}. {'; '.join(words)}. Values that are not "
        "defined are left out (the table of units says why).",
        draw,
        "Exponents and ranks",
    )


def one(axis, column, values, names, quantizers, colours):
    x, y = values
    difference = column in DIFFERENCES
    with numpy.errstate(divide="ignore", invalid="ignore"):
        change = y - x if difference else 100 * (y / x - 1)
    fine = numpy.isfinite(x) & numpy.isfinite(change)
    axis.set_title(COLUMNS[column])
    if not fine.any():
        axis.text(0.5, 0.5, "not defined for these units", transform=axis.transAxes, ha="center", color=style.MUTED)
        return
    axis.axhline(0, color=style.INK, linewidth=0.9, zorder=1)
    for place, quantizer in enumerate(quantizers):
        mask = fine & (names == quantizer)
        axis.plot(
            x[mask],
            change[mask],
            style.MARKERS[place],
            color=colours[quantizer],
            markersize=3.2,
            alpha=0.55,
            markeredgewidth=0,
            rasterized=mask.sum() > 1500,
        )
    low, high = numpy.percentile(change[fine], [0.5, 99.5])  # no single outlier sets the axis
    margin = 0.15 * (high - low) or 0.01
    outside = int(((change[fine] < low - margin) | (change[fine] > high + margin)).sum())
    axis.set_ylim(min(low - margin, -margin), max(high + margin, margin))
    if outside:
        axis.text(
            0.98,
            0.97,
            f"{outside} beyond the axis",
            transform=axis.transAxes,
            ha="right",
            va="top",
            fontsize=style.SMALL,
            color=style.MUTED,
        )
    if x[fine].min() > 0 and x[fine].max() / x[fine].min() > 30:
        plotting.log_axes(axis, x=True)
        plotting.few_decades(axis.xaxis, x[fine].min(), x[fine].max())
    axis.set(xlabel="before", ylabel="after − before" if difference else "change, %")
