"""Figures of two result files side by side: make(pair) → Picture."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

MOST = 20


def scatter(pair):
    """B against A, a panel for each measure."""
    labels = {"stable_rank_ratio": "stable-rank ratio", "relative_error": "relative error", "stable_rank": "stable rank"}
    data = []
    for measure in labels:
        if measure in pair.measures:
            a, b = (pair.shared[f"{measure}_{s}"].to_numpy(dtype=float) for s in "ab")
            fine = numpy.isfinite(a) & numpy.isfinite(b)
            if fine.any():
                data.append((labels[measure], a[fine], b[fine]))
    if not data:
        raise NotDrawn("no unit is done in both files")

    def draw(layout):
        figure, axes = layout.panels(len(data), columns=3, height=3.0)
        for axis, (title, a, b) in zip(axes, data):
            low, high = min(a.min(), b.min()), max(a.max(), b.max())
            logarithmic = low > 0 and high / low > 30
            if logarithmic:
                plotting.log_axes(axis, x=True, y=True)
            margin = 0.05 * (high - low) or 0.05
            span = (low / 1.2, high * 1.2) if logarithmic else (low - margin, high + margin)
            axis.plot(span, span, color=style.INK, linewidth=0.8)
            axis.plot(a, b, "o", color=style.BLUE, markersize=2.8, alpha=0.4, markeredgewidth=0, rasterized=len(a) > 1500)
            axis.set(xlim=span, ylim=span, title=title, xlabel="A", ylabel="B")
            axis.set_aspect("equal")
        return figure

    equal = ", ".join(f"{t}: {style.whole((a == b).sum())} of {style.whole(len(a))}" for t, a, b in data)
    return Picture(
        "shared-units",
        "Shared units, B against A",
        f"Each point is a unit (checkpoint, step, matrix, quantizer) that is done in both files; on the line both are equal. Bit for bit "
        f"equal: {equal}.",
        draw,
        "Side by side",
    )


def legend_of(pair):
    return [
        ("A: " + plotting.shorten(pair.names[0], 40), style.BLUE, "o"),
        ("B: " + plotting.shorten(pair.names[1], 40), style.ORANGE, "s"),
    ]


def distributions(pair):
    """Quartiles of the stable-rank ratio of each quantizer, A and B beside each other."""
    return _bars(pair, "stable_rank_ratio", "ratios", "Stable-rank ratio in both", "stable rank after / before", 1)


def errors(pair):
    return _bars(pair, "relative_error", "errors", "Relative error in both", "relative error ‖E‖/‖W‖", None)


def _bars(pair, column, name, title, label, line):
    parts = []
    for results in (pair.a, pair.b):
        rows = results.pairs(last=False)
        if column not in rows or not numpy.isfinite(rows[column]).any():
            raise NotDrawn(f"a file has no column {column}")
        rows = rows[numpy.isfinite(rows[column])]
        parts.append(rows.groupby("quantizer")[column].quantile([0.25, 0.5, 0.75]).unstack())
    both = parts[0].join(parts[1], how="outer", lsuffix="a", rsuffix="b")
    both = both.reindex(both[["0.5a", "0.5b"]].mean(axis=1).sort_values(kind="stable").index)
    left_out = max(0, len(both) - MOST)
    if left_out:
        both = both.iloc[numpy.unique(numpy.linspace(0, len(both) - 1, MOST).round().astype(int))]

    def draw(layout):
        entries = legend_of(pair)
        top = plotting.legend_height(entries, layout)
        figure, (axis,) = layout.panels(1, columns=1, height=0.9 + 0.3 * len(both), top=top)
        for place, (_, row) in enumerate(both.iterrows()):
            for mark, colour, shift, sign in (("a", style.BLUE, 0.15, "o"), ("b", style.ORANGE, -0.15, "s")):
                if numpy.isfinite(row[f"0.5{mark}"]):
                    axis.plot(
                        [row[f"0.25{mark}"], row[f"0.75{mark}"]], [place + shift] * 2, color=colour, linewidth=2.4, alpha=0.6
                    )
                    axis.plot(row[f"0.5{mark}"], place + shift, sign, color=colour, markersize=4.5)
                else:
                    axis.annotate(
                        f"not in {mark.upper()}",
                        (1, place + shift),
                        xycoords=("axes fraction", "data"),
                        ha="right",
                        va="center",
                        fontsize=style.SMALL - 1,
                        color=style.MUTED,
                    )
        if line is not None:
            axis.axvline(line, color=style.INK, linewidth=0.9)
        axis.set_yticks(range(len(both)))
        axis.set_yticklabels(
            [plotting.shorten(selection.short_quantizer(q), 40 if layout.wide else 20) for q in both.index], color=style.INK
        )
        axis.set_ylim(-0.7, len(both) - 0.3)
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.set_xlabel(label)
        plotting.legend(figure, entries, layout)
        return figure

    note = f" {left_out} quantizers are left out, evenly through the order." if left_out else ""
    return Picture(
        name,
        title,
        f"Median and quartiles over all done quantized units of each file, sorted by the mean of both medians. Units need not be "
        f"the same in both.{note}",
        draw,
        "Side by side",
    )


def claims(pair):
    """Share of units on which each claim holds, a line from A to B."""
    shares = []
    for results in (pair.a, pair.b):
        rows = results.verdicts[(results.verdicts["scope"] == "unit") & (results.verdicts["verdict"] != "not testable")]
        shares.append(rows["verdict"].isin(["holds", "vacuous"]).groupby(rows["claim"]).mean())
    both = shares[0].to_frame("a").join(shares[1].to_frame("b"), how="outer").dropna()
    if both.empty:
        raise NotDrawn("the files share no claim that could be tested")
    both = both.loc[both.mean(axis=1).sort_values(kind="stable").index]

    def draw(layout):
        entries = legend_of(pair)
        figure, (axis,) = layout.panels(
            1, columns=1, height=0.9 + 0.27 * len(both), top=plotting.legend_height(entries, layout)
        )
        for place, (_, row) in enumerate(both.iterrows()):
            axis.plot([100 * row["a"], 100 * row["b"]], [place, place], color=style.RULE, linewidth=2.4, zorder=1)
            axis.plot(100 * row["a"], place, "o", color=style.BLUE, markersize=6, zorder=2)
            axis.plot(100 * row["b"], place, "s", color=style.ORANGE, markersize=4, zorder=3)
        axis.set_yticks(range(len(both)))
        axis.set_yticklabels(both.index, color=style.INK)
        axis.set_xlim(-3, 103)
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.set_xlabel("units on which the claim holds, %")
        plotting.legend(figure, entries, layout)
        return figure

    return Picture(
        "claims", "Claims in both", "Share of testable units on which each claim holds, in A and in B.", draw, "Side by side"
    )


ALL = {"ratios": distributions, "errors": errors, "shared-units": scatter, "claims": claims}
