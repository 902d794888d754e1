"""Over training steps: stable rank before quantization, and the ratio."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture


def make(results):
    frame = selection.of_weights(results.frame[results.frame["step"].notna()])
    steps = frame.groupby("model")["step"].nunique()
    models = [m for m in selection.models_of(frame) if steps[m] >= 2][:3]
    if not models or "stable_rank" not in frame:
        raise NotDrawn("no checkpoint comes with two training steps")
    pairs = results.pairs(last=False)
    quantizers = selection.near_four_bits(pairs[pairs["model"].isin(models)], 4)
    lines = []
    for model in models:
        part = frame[(frame["model"] == model) & (frame["state"] == "done")]
        references = part[(part["quantizer"] == "reference") & ~part["role"].isin(["position_embedding"])]
        lines.append(
            (
                model,
                references.groupby(["role", "step"])["stable_rank"].median(),
                pairs[pairs["model"] == model]
                .groupby(["quantizer", "step"])["stable_rank_ratio"]
                .quantile([0.25, 0.5, 0.75])
                .unstack(),
            )
        )

    def draw(layout):
        figure, axes = layout.panels(2 * len(models), columns=2, height=2.9)
        for (model, before, ratio), left, right in zip(lines, axes[::2], axes[1::2]):
            labels = []
            roles = selection.roles_of(before.reset_index())
            for place, role in enumerate(roles):
                values = before[role]
                colour = style.BLUE if role.startswith("attention") else style.ORANGE if role in selection.MLP else style.GREEN
                left.plot(values.index, values, marker=style.MARKERS[place % 6], markersize=3.5, color=colour)
                labels.append((values.index[-1], values.iloc[-1], role.replace("attention_", "").replace("_", " "), colour))
            finish(
                left, f"{model}: before quantization", "stable rank (median of a role)", before.index.get_level_values("step")
            )
            left.set_ylim(bottom=0)
            plotting.end_labels(left, labels)
            labels = []
            for colour, quantizer in zip(style.SERIES, quantizers):
                if quantizer not in ratio.index.get_level_values(0):
                    continue
                table = ratio.loc[quantizer]
                right.fill_between(table.index, table[0.25], table[0.75], color=colour, alpha=0.14, linewidth=0)
                right.plot(table.index, table[0.5], marker="o", markersize=3.5, color=colour)
                labels.append((table.index[-1], table[0.5].iloc[-1], selection.short_quantizer(quantizer), colour))
            right.axhline(1, color=style.INK, linewidth=0.9)
            finish(right, f"{model}: after / before", "stable-rank ratio", before.index.get_level_values("step"))
            plotting.end_labels(right, labels)
        return figure

    counts = ", ".join(
        f"{m}: {', '.join(f'{s:g}' for s in sorted(set(frame.loc[frame['model'] == m, 'step'])))}" for m in models
    )
    return Picture(
        "training",
        "Over training steps",
        f"Left: median stable rank of each role before quantization, by training step. Right: stable rank after/before, median and "
        f"quartiles over all matrices of a step. Steps: {counts}. {reading(lines)} Each step is quantized after training.",
        draw,
        "Training",
    )


def reading(lines):
    model, before, _ = lines[0]
    steps = before.index.get_level_values("step")
    change = before.xs(steps.max(), level="step") / before.xs(steps.min(), level="step")
    change = change[numpy.isfinite(change)]
    if change.empty:
        return ""
    falls = int((change < 1).sum())
    return (
        f"From step {steps.min():g} to {steps.max():g} of {model} the stable rank falls in {falls} of {len(change)} roles, "
        f"most in {change.idxmin().replace('_', ' ')} (×{style.number(change.min(), 2)})."
    )


def finish(axis, title, label, steps):
    axis.set_xscale("symlog", linthresh=10, linscale=0.6)
    steps = sorted(set(steps))
    axis.set_xticks(spaced(steps))
    axis.set_xticklabels([f"{s:g}" for s in spaced(steps)])
    axis.set_xlim(left=min(steps) - 0.5 if min(steps) == 0 else None)
    axis.set_title(title)
    axis.set_ylabel(label)
    axis.set_xlabel("training step")


def spaced(steps):
    """Steps that lie far enough apart on the symmetric logarithmic axis to carry a label."""
    kept = []
    for step in steps:
        place = numpy.arcsinh(step / 10)
        if not kept or place - numpy.arcsinh(kept[-1] / 10) > 0.65:
            kept.append(step)
    return kept
