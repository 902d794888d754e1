"""What the data say, in sentences with numbers: the three that come first stand on the first screen."""

import numpy

from . import selection, style, tables

RULES = {"alpha": "1/α", "stable-rank": "the stable rank"}


def findings(results, most=3):
    """What only some sweeps can show comes first: token counts, training steps, layers at several widths, embeddings."""
    made = []
    special = (zipf, training, allocation, angles)
    for function in (*special, stable_rank, epsilon_law, broken_claims, condition, mechanism, best_format, spectra_alone):
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
    down = int((rows["stable_rank_ratio"] < 1).sum())
    if down:
        text += f" It does not always rise: {style.whole(down)} units contradict the claim."
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


def zipf(results):
    rows = results.single_verdicts()
    tested = rows[(rows["claim"] == "zipf-slope") & (rows["verdict"] != "not testable")]
    if tested.empty:
        return None
    near = int((tested["verdict"] == "holds").sum())
    return (
        f"The spectrum of the embedded corpus follows Zipf's law of its tokens within a factor 1.25 in {style.whole(near)} of "
        f"{style.whole(len(tested))} units ({style.percent(near, len(tested))}): the exponent of the spectrum is "
        f"{style.number(tables.finite_median(tested['ratio']), 2)} times that of the tokens in the median."
    )


def training(results):
    """First against last step of the first trajectory."""
    frame = selection.of_weights(selection.done(results.frame))
    steps = frame.groupby("model")["step"].agg(["min", "max"])
    models = [m for m in selection.models_of(frame) if steps.at[m, "min"] < steps.at[m, "max"]]
    if not models or "stable_rank" not in frame:
        return None
    model = models[0]
    first, last = steps.loc[model]
    rows = frame[frame["model"] == model]
    references = rows[rows["quantizer"] == "reference"].pivot_table(index="matrix", columns="step", values="stable_rank")
    both = references[[first, last]].dropna() if {first, last} <= set(references) else references.iloc[:0]
    if both.empty:
        return None
    falls = int((both[last] < both[first]).sum())
    text = (
        f"From step {first:g} to {last:g} of {model} the stable rank of the weights falls in {falls} of {len(both)} matrices, median "
        f"{style.number(both[first].median(), 3)} → {style.number(both[last].median(), 3)}."
    )
    pairs = selection.quantized(rows)
    pairs = pairs[numpy.isfinite(pairs["stable_rank_ratio"])] if "stable_rank_ratio" in pairs else pairs.iloc[:0]
    ends = [pairs.loc[pairs["step"] == step, "stable_rank_ratio"] > 1 for step in (first, last)]
    if all(len(e) for e in ends):
        text += (
            f" Quantization raises it in {style.percent(ends[0].sum(), len(ends[0]))} of the units of step {first:g} and in "
            f"{style.percent(ends[1].sum(), len(ends[1]))} of step {last:g}."
        )
    return text


def allocation(results):
    """Of sweeps over nothing but the width of one format; at the budget nearest to 4.5 bits."""
    table = results.distributed()
    if table.empty or results.pairs()["family"].map(lambda f: f.partition(":")[0]).nunique() != 1:
        return None
    part = table[table["checkpoint"] == table["checkpoint"].iloc[0]]
    budget = part["budget"].iloc[(part["budget"] - 4.5).abs().argmin()]
    times = part[part["budget"] == budget].set_index("rule")["times_bound"].dropna()
    if "condition" not in times:
        return None
    return (
        f"At {budget:g} bits a weight, distributing them over the layers of {part['checkpoint'].iloc[0]} by ⌈log₂ κ⌉ + b_base leaves "
        f"{style.number(times['condition'], 3)} times the least total error that is possible"
        + "".join(f", by {words} {style.number(times[r], 3)} times" for r, words in RULES.items() if r in times)
        + "."
    )


def angles(results):
    """Of sweeps over embeddings and heads alone, or over nothing but references."""
    frame = selection.done(selection.last_steps(results.frame))
    references = frame["quantizer"] == "reference"
    if "cosine_share_1" not in frame or not (frame["role"].isin(["embedding", "lm_head"]).all() or references.all()):
        return None
    rows = frame[references & numpy.isfinite(frame["cosine_share_1"]) & (frame["rows"] >= selection.FEWEST_ROWS)]
    if rows.empty:
        return None
    raw, centred = (100 * rows[column] for column in ("cosine_share_1", "centred_cosine_share_1"))
    return (
        f"The first source asks for 95 % of the pairs of token vectors with |cos| < 1/√d; directions at random reach 68.3 %. The "
        f"{'embedding reaches' if len(rows) == 1 else f'{len(rows)} embeddings reach'} {_range(raw)} %, {_range(centred)} % after the mean is taken off."
    )


def _range(values):
    low, high = style.number(values.min(), 3), style.number(values.max(), 3)
    return low if low == high else f"{low} to {high}"


def spectra_alone(results):
    """Of sweeps that quantize nothing."""
    frame = selection.of_weights(selection.done(results.frame))
    if "stable_rank" not in frame or (results.frame["quantizer"] != "reference").any():
        return None
    rows = frame[numpy.isfinite(frame["stable_rank"])]
    if rows.empty:
        return None
    if len(rows) == 1:
        return f"Nothing was quantized. The stable rank of {rows['matrix'].iloc[0]} is {style.number(rows['stable_rank'].iloc[0], 3)}."
    low, high = rows.loc[rows["stable_rank"].idxmin()], rows.loc[rows["stable_rank"].idxmax()]
    return (
        f"Nothing was quantized. The stable rank of {style.whole(len(rows))} matrices lies between {style.number(low['stable_rank'], 3)} "
        f"({low['matrix']}) and {style.number(high['stable_rank'], 3)} ({high['matrix']}), median {style.number(rows['stable_rank'].median(), 3)}."
    )
