"""What the data say, in sentences with numbers: the three that come first stand on the first screen."""

import numpy

from . import selection, style, tables


def findings(results, most=3):
    made = []
    for function in (stable_rank, epsilon_law, broken_claims, condition, mechanism, best_format):
        text = function(results)
        if text:
            made.append(text)
    return made[:most]


def stable_rank(results):
    rows = results.pairs()
    if "stable_rank_ratio" not in rows:
        return None
    rows = rows[numpy.isfinite(rows["stable_rank_ratio"])]
    if rows.empty:
        return None
    up = int((rows["stable_rank_ratio"] > 1).sum())
    medians = rows.groupby("quantizer")["stable_rank_ratio"].median().sort_values()
    text = (
        f"The stable rank rises in {style.whole(up)} of {style.whole(len(rows))} quantized matrices ({style.percent(up, len(rows))}); the "
        f"median ratio is {style.number(rows['stable_rank_ratio'].median(), 4)}."
    )
    if len(medians) > 1:
        text += (
            f" Medians go from ×{style.number(medians.iloc[0], 4)} ({selection.short_quantizer(medians.index[0])}) to "
            f"×{style.number(medians.iloc[-1], 4)} ({selection.short_quantizer(medians.index[-1])})."
        )
    if up < len(rows):
        text += f" It does not always rise: {style.whole(len(rows) - up)} units contradict the claim."
    return text


def epsilon_law(results):
    rows = results.pairs()
    if not {"epsilon_r2", "epsilon_r2_null_95"} <= set(rows):
        return None
    rows = rows[numpy.isfinite(rows["epsilon_r2"]) & numpy.isfinite(rows["epsilon_r2_null_95"])]
    if rows.empty:
        return None
    high = rows["epsilon_r2"] > 0.9
    real = high & (rows["epsilon_r2"] > rows["epsilon_r2_null_95"])
    return (
        f"ε ∝ 1/σ with R² > 0.9 is seen in {style.whole(high.sum())} of {style.whole(len(rows))} units ({style.percent(high.sum(), len(rows))}); in "
        f"{style.whole(real.sum())} of them R² lies above what permuted changes give in 95 % of cases. The median R² is "
        f"{style.number(rows['epsilon_r2'].median(), 2)}."
    )


def broken_claims(results):
    rows = results.single_verdicts()
    tested = rows[rows["verdict"] != "not testable"]
    if tested.empty:
        return None
    broken = tested[tested["verdict"] == "violated"].groupby("claim").size() / tested.groupby("claim").size()
    often = tested.groupby("claim").size()
    broken = broken.dropna()
    broken = broken.loc[sorted(broken.index, key=lambda claim: (-broken[claim], -often[claim]))]
    number = tested["claim"].nunique()
    if broken.empty:
        return f"All {number} claims that single units can test hold on every unit ({style.whole(len(tested))} verdicts)."
    of = tested[tested["claim"] == broken.index[0]]
    violated = int((of["verdict"] == "violated").sum())
    return (
        f"Of {number} claims that single units can test, {len(broken)} are violated somewhere. Most often: “{of['statement'].iloc[0]}”, in "
        f"{style.whole(violated)} of {style.whole(len(of))} units ({style.percent(violated, len(of))})."
    )


def condition(results):
    rows = results.pairs()
    if rows.empty or "condition_number" not in rows:
        return None
    kappa = results.before("condition_number", rows)
    high = numpy.isfinite(kappa) & (kappa > 2**8) & (rows["bits_per_weight"].to_numpy() >= 8)
    if not high.any():
        return None
    return (
        f"κ exceeds 2⁸ in {style.whole(high.sum())} units of 8 bits and more, whose median relative error is "
        f"{style.number(tables.finite_median(rows['relative_error'][high]), 2)}: a large condition number does not make quantization fail."
    )


def mechanism(results):
    rows = results.pairs()
    if not {"frobenius_ratio", "sigma_max_ratio"} <= set(rows):
        return None
    rows = rows[numpy.isfinite(rows["frobenius_ratio"]) & numpy.isfinite(rows["sigma_max_ratio"])]
    if rows.empty:
        return None
    up = rows[rows["frobenius_ratio"] > rows["sigma_max_ratio"]]
    if up.empty:
        return None
    head = int((up["frobenius_ratio"] <= 1).sum())
    return (
        f"Where the stable rank rises, the energy does not in {style.whole(head)} of {style.whole(len(up))} cases "
        f"({style.percent(head, len(up))}): there the largest singular value shrank."
    )


def best_format(results):
    rows = results.pairs()
    rows = rows[numpy.isfinite(rows["relative_error"]) & (rows["bits_per_weight"] <= 5)]
    if rows["quantizer"].nunique() < 2:
        return None
    medians = rows.groupby("quantizer")["relative_error"].median().sort_values()
    bits = rows[rows["quantizer"] == medians.index[0]]["bits_per_weight"].median()
    return (
        f"Of {len(medians)} quantizers with at most 5 bits a weight, {selection.short_quantizer(medians.index[0])} has the smallest median error "
        f"({style.number(medians.iloc[0], 3)} at {style.number(bits, 3)} bits), {selection.short_quantizer(medians.index[-1])} the largest "
        f"({style.number(medians.iloc[-1], 3)})."
    )
