"""Four ways to distribute bits over layers: total error and rank correlation against the budget."""

import numpy

from .. import frames, plotting, style
from ..plotting import NotDrawn, Picture

RULES = {  # rule → colour, marker, words
    "error": (style.BLUE, "o", "least measured error"),
    "condition": (style.ORANGE, "s", "⌈log₂ κ⌉ + base (second source)"),
    "alpha": (style.GREEN, "^", "1/α"),
    "stable-rank": (style.PURPLE, "D", "stable rank"),
}
MOST = 2


def make(results):
    table = last_steps(results.distributed())
    if table.empty:
        raise NotDrawn("no checkpoint with three matrices was measured at several numbers of bits, or `allocate --curve` was not given")
    names = list(dict.fromkeys(table["checkpoint"]))
    shown = names[:MOST]

    def draw(layout):
        entries = [(words, colour, marker) for colour, marker, words in RULES.values()] + [
            ("no choice is below", style.MUTED, ":")
        ]
        figure, axes = layout.panels(
            2 * len(shown), columns=2, height=2.8, top=plotting.legend_height(entries, layout)
        )
        for place, name in enumerate(shown):
            part = table[table["checkpoint"] == name]
            errors(axes[2 * place], part, name)
            correlations(axes[2 * place + 1], part, name)
        plotting.legend(figure, entries, layout)
        return figure

    words = [sentence(table[table["checkpoint"] == name], name) for name in shown]
    left_out = f" {len(names) - MOST} more checkpoints are in the table." if len(names) > MOST else ""
    return Picture(
        "allocation",
        "Which layers should get the bits?",
        "Left: total error (mean of ‖E‖²/‖W‖² over all weights) of what each rule of `specsweep allocate` chooses within a budget of bits "
        "per weight, scales included; dotted: proven lower bound of every choice. Right: rank correlation of the bits that a rule gives with "
        "the error that a common quantizer has on the same layers: positive where bits go to the layers that suffer. "
        + " ".join(words)
        + left_out,
        draw,
        "Mixed precision",
    )


def last_steps(table):
    """Of each trajectory the last step."""
    if table.empty:
        return table
    model = table["checkpoint"].map(frames.model_of)
    last = table["step"].groupby(model).transform("max")
    return table[table["step"].isna() | (table["step"] == last)]


def lines(axis, part, column):
    for rule, (colour, marker, _) in RULES.items():
        rows = part[(part["rule"] == rule) & numpy.isfinite(part[column])]
        axis.plot(rows["budget"], rows[column], color=colour, marker=marker, markersize=4)


def errors(axis, part, name):
    bound = part[(part["rule"] == "error") & (part["error_bound"] > 0)]
    axis.plot(bound["budget"], bound["error_bound"], color=style.MUTED, linestyle=":")
    lines(axis, part, "error")
    plotting.log_axes(axis, y=True)
    known = part["error"][part["error"] > 0]
    if len(known):
        plotting.few_decades(axis.yaxis, known.min(), known.max())
    axis.set_title(plotting.shorten(name, 40))
    axis.set_xlabel("budget, bits per weight")
    axis.set_ylabel("total error")


def correlations(axis, part, name):
    axis.axhline(0, color=style.MUTED, linewidth=0.8)
    lines(axis, part, "correlation")
    axis.set_ylim(-1.05, 1.05)
    axis.set_title(plotting.shorten(name, 40))
    axis.set_xlabel("budget, bits per weight")
    axis.set_ylabel("rank correlation of bits with error")


def sentence(part, name):
    """At the budget nearest to 4.5: how far each rule is from the bound."""
    budget = part["budget"].iloc[(part["budget"] - 4.5).abs().argmin()]
    rows = part[(part["budget"] == budget) & numpy.isfinite(part["times_bound"])].set_index("rule")["times_bound"]
    said = ", ".join(f"{rule} ×{style.number(rows[rule], 3)}" for rule in RULES if rule in rows)
    return f"{name} at {budget:g} bits, error over that bound: {said or 'no rule finds a choice'}."
