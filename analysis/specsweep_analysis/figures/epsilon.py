"""ε_k = |σ̃_k − σ_k|/σ_k against 1/σ_k, its regression, and what that regression gives by chance."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

PERMUTATIONS = 200


def make(results):
    frame = selection.last_steps(results.frame)
    frame = frame[frame["model"] == selection.main_model(frame)]
    references = [r for r in selection.middle_matrices(frame)]
    quantizers = selection.near_four_bits(selection.quantized(frame), 1)
    if not references or not quantizers:
        raise NotDrawn("no quantized unit with a finished reference")
    quantizer = quantizers[0]
    panels = []
    for reference in references:
        unit = results.units_of_matrix(reference).get(quantizer)
        if unit is None:
            continue
        before, after = results.spectra([reference, unit])
        fit = regression(before, after, seed=reference)
        if fit:
            panels.append((results.frame.loc[reference], fit))
    if not panels:
        raise NotDrawn("fewer than ten resolved singular values in each matrix")

    def draw(layout):
        entries = [
            ("singular value", style.BLUE, "o"),
            ("least squares", style.ORANGE, "-"),
            ("5–95 % of the lines for permuted changes", style.RULE, "patch"),
        ]
        figure, axes = layout.panels(len(panels), columns=3, height=2.6, top=plotting.legend_height(entries, layout))
        for axis, (unit, fit) in zip(axes, panels):
            one(axis, unit, fit)
        plotting.legend(figure, entries, layout)
        return figure

    r2 = [fit["r2"] for _, fit in panels]
    above = sum(fit["r2"] > fit["null"][1] for _, fit in panels)
    return Picture(
        "epsilon",
        "Relative change against 1/σ",
        f"The first source says εₖ = |σ̃ₖ − σₖ|/σₖ grows in proportion to 1/σₖ with R² > 0.9. Units: "
        f"{selection.short_quantizer(quantizer)} on the matrices of the figure above. R² lies between "
        f"{style.number(min(r2), 2)} and {style.number(max(r2), 2)}; it passes 0.9 in {sum(r > 0.9 for r in r2)} of "
        f"{len(r2)} panels, and lies above the 95 % quantile of its null in {above}. The null permutes |σ̃ₖ − σₖ| over "
        f"k ({PERMUTATIONS} times, seeded): 1/σₖ stands on both axes, so a high R² alone is no evidence. "
        "Values below their certified error are left out. At most 300 points a panel are drawn, on logarithmic axes; fits use all, on linear ones.",
        draw,
        "The law of the relative change",
    )


def regression(before, after, seed=0):
    """Least squares of ε on 1/σ over resolved values, and R² and lines of seeded permutations of |Δσ|; None below ten values."""
    usable = (
        numpy.isfinite(after.sigma) & numpy.isfinite(before.sigma) & (before.sigma > 10 * before.error) & (before.sigma > 0)
    )
    if usable.sum() < 10:
        return None
    x = 1 / before.sigma[usable]
    change = numpy.abs(after.sigma - before.sigma)[usable]
    grid = numpy.geomspace(x.min(), x.max(), 40)
    slope, intercept, r2 = _fit(x, change * x)
    random = numpy.random.default_rng(seed)
    null = [_fit(x, random.permutation(change) * x) for _ in range(PERMUTATIONS)]
    lines = numpy.array([b + a * grid for a, b, _ in null])
    return {
        "x": x,
        "y": change * x,
        "slope": slope,
        "intercept": intercept,
        "r2": r2,
        "grid": grid,
        "null": tuple(numpy.nanpercentile([n[2] for n in null], [50, 95])),
        "band": numpy.percentile(lines, [5, 95], axis=0),
    }


def _fit(x, y):
    dx, dy = x - x.mean(), y - y.mean()
    sxx, syy = (dx * dx).sum(), (dy * dy).sum()
    slope = (dx * dy).sum() / sxx if sxx > 0 else 0.0
    r2 = (dx * dy).sum() ** 2 / (sxx * syy) if sxx > 0 and syy > 0 else numpy.nan
    return slope, y.mean() - slope * x.mean(), r2


def one(axis, unit, fit):
    keep = plotting.thin(len(fit["x"]), 300)
    keep = len(fit["x"]) - 1 - keep[::-1]  # dense where 1/σ is large
    x, y = fit["x"][keep], fit["y"][keep]
    low = numpy.percentile(fit["y"][fit["y"] > 0], 3) / 2 if (fit["y"] > 0).any() else 1e-6
    high = max(fit["y"].max() * 1.6, low * 10)
    axis.fill_between(fit["grid"], *numpy.maximum(fit["band"], low / 10), color=style.RULE, linewidth=0, zorder=1)
    axis.plot(x, numpy.maximum(y, low), "o", color=style.BLUE, markersize=2.4, alpha=0.6, markeredgewidth=0, zorder=2)
    line = fit["intercept"] + fit["slope"] * fit["grid"]
    axis.plot(fit["grid"][line > 0], line[line > 0], color=style.ORANGE, zorder=3)
    plotting.log_axes(axis, x=True, y=True)
    plotting.few_decades(axis.xaxis, fit["x"].min(), fit["x"].max())
    axis.set_ylim(low, high)
    axis.set_title(unit["role"].replace("_", " "))
    axis.annotate(
        f"R² {style.number(fit['r2'], 2)} · null {style.number(fit['null'][0], 2)}, 95 %: {style.number(fit['null'][1], 2)}",
        (1, 1),
        xytext=(0, 6),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        fontsize=style.SMALL,
        color=style.MUTED,
    )
    axis.set_xlabel("1/σₖ")
    axis.set_ylabel("εₖ")
