"""Why a claim fails on these data: one sentence of mathematics and one with numbers from the file."""

import numpy

from . import style
from .tables import TableOf, finite_median


def table(results):
    """Claims that are violated somewhere, with the mechanism; None where there are none."""
    import pandas

    rows = results.own_verdicts()
    if rows.empty:
        return None
    counts = rows.groupby(["claim", "verdict"]).size().unstack(fill_value=0)
    made = []
    for claim in results.claims["name"]:
        violated = int(counts.at[claim, "violated"]) if claim in counts.index and "violated" in counts else 0
        if violated and claim in MECHANISMS:
            why, numbers = MECHANISMS[claim]
            tested = int(counts.loc[claim].drop("not testable", errors="ignore").sum())
            shown = numbers(results, rows[(rows["claim"] == claim) & (rows["verdict"] != "not testable")])
            made.append((claim, violated, tested, f"{why} {shown}".strip()))
    if not made:
        return None
    frame = pandas.DataFrame(made, columns=["claim", "violated", "of", "mechanism"])
    return TableOf(
        "mechanisms",
        "Why claims fail",
        "Each claim that is violated somewhere, and what in the data does it.",
        frame,
        {"claim": "text", "violated": "int", "of": "int", "mechanism": "text"},
        80,
    )


def median_of(column, words):
    def numbers(results, _):
        rows = results.pairs(last=False)
        if column not in rows or not numpy.isfinite(rows[column].astype(float)).any():
            return ""
        return words.format(style.number(finite_median(rows[column]), 3))

    return numbers


def sides(words):
    """`words` with the median and the largest left/right of the claim."""

    def numbers(_, rows):
        ratio = rows["ratio"].to_numpy(dtype=float)
        ratio = ratio[numpy.isfinite(ratio)]
        return (
            words.format(style.number(float(numpy.median(ratio)), 3), style.number(float(ratio.max()), 3)) if len(ratio) else ""
        )

    return numbers


def factors(results, _):
    rows = results.pairs(last=False)
    if not {"frobenius_ratio", "sigma_max_ratio", "stable_rank_ratio"} <= set(rows):
        return ""
    down = rows[rows["stable_rank_ratio"] < 1]
    lost = int((down["frobenius_ratio"] < 1).sum())
    return (
        (
            f"Of {style.whole(len(down))} units that fall, {style.whole(lost)} lose energy (f < 1) and "
            f"{style.whole(len(down) - lost)} gain it but gain more in the head (g > f)."
        )
        if len(down)
        else ""
    )


def nothing(_results, _rows):
    return ""


SIDES = sides("Left over right side: median {}, largest {}.")
MECHANISMS = {
    "stable-rank-increases": (
        "The ratio is f/g: energy after over before, and largest σ² after over before. It falls where the head gains more, "
        "or loses less, than the whole.",
        factors,
    ),
    "energy-added": (
        "f − 1 = (2c + 1)·‖E‖_F²/‖W‖_F² exactly, with c = ⟨W, E⟩/‖E‖_F²: energy falls where the error points against the weights, "
        "c < −1/2, as it does where levels are centroids or the largest level lies inside the data.",
        median_of("noise_alignment", "Median c: {}."),
    ),
    "tail-energy-added": (
        "The same identity without the head: an error that points against the weights takes energy from all directions.",
        median_of("noise_alignment", "Median c: {}."),
    ),
    "epsilon-linear": (
        "Only Weyl's bound is proportional to 1/σ_k. The change itself is not constant in k: it has either sign and is far below the "
        "bound.",
        median_of("weyl_tightness", "Median of the largest change over ‖E‖₂: {}."),
    ),
    "epsilon-beyond-null": (
        "1/σ_k stands on both axes, so changes that have nothing to do with k give a high R² too.",
        median_of("epsilon_r2_null_95", "Median of the 95 % quantile of R² for permuted changes: {}."),
    ),
    "epsilon-first-order": (
        "Where singular values lie apart, independent noise moves them in second order: ε grows like 1/σ_k².",
        median_of("epsilon_log_slope", "Median slope of ln ε on ln σ: {}."),
    ),
    "tail-hit-harder": (
        "Changes of the tail can be small, or the head can be hit by alignment with the error.",
        median_of("epsilon_spearman", "Median rank correlation of ε and 1/σ: {}."),
    ),
    "tail-truncated": (
        "Independent noise raises small singular values (σ̃² ≈ σ² + τ²(m + n)); nothing is cut off.",
        median_of("share_up", "Median share of values that rise: {}."),
    ),
    "noise-independent": (
        "Rounding towards few levels shrinks or stretches weights systematically.",
        median_of("noise_alignment", "Median c: {}."),
    ),
    "noise-white": (
        "Blocks with large weights carry larger errors, and errors repeat along rows or columns.",
        median_of("error_whiteness", "Median of ‖E‖₂ over that of white noise: {}."),
    ),
    "error-bound-operator": (
        "An error of independent entries has a norm that grows with the sides of the matrix, ‖E‖₂ ≈ rms(E)·(√m + √n), and the step "
        "of the grid is set by the largest weight, not by σ₁.",
        SIDES,
    ),
    "error-bound-entry": ("Deployed grids have fewer levels than 2ᵇ, or unequal ones: half a step exceeds the bound.", SIDES),
    "error-bound-max-entry": (
        "Deployed grids have fewer levels than 2ᵇ, or unequal ones: half a step exceeds ‖W‖_max/2ᵇ.",
        SIDES,
    ),
    "error-bound-frobenius-entries": ("Grids with fewer than 2ᵇ levels have larger steps than the claim assumes.", SIDES),
    "error-bound-frobenius-width": (
        "The error has as many entries as the matrix: its norm grows with √(mn), not with the square root of a width.",
        SIDES,
    ),
    "spectral-scaling-operator": (
        "A grid on [−1, 1] for W/‖W‖_op is far too coarse for entries of size 1/√n: most become zero.",
        median_of("zero_share", "Median share of zeros over all units: {}."),
    ),
    "spectral-scaling-advantage": (
        "Dividing by ‖W‖_op and multiplying again leaves a min–max grid as it is, and makes a fixed one coarser.",
        nothing,
    ),
    "eckart-young": (
        "A truncation changes singular values by all of its error; rounding changes singular vectors, and ‖E‖_F hardly shows in σ.",
        median_of("mirsky_tightness", "Median of Σ(σ̃_k − σ_k)²/‖E‖_F²: {} (1 for a truncation)."),
    ),
    "condition-lock": (
        "κ compares the largest with the smallest direction; the error of typical inputs is ‖E‖_F/‖W‖_F and has no κ in it. Any square "
        "random matrix has κ near n.",
        median_of("relative_error", "Median relative error of all units: {}."),
    ),
    "condition-predicts-error": (
        "The error of rounding depends on how entries spread inside a block, not on the smallest singular value.",
        nothing,
    ),
    "flattening-early": (
        "How much quantization flattens follows the spectrum, which forms over the whole of training.",
        SIDES,
    ),
    "stable-rank-rises-early": (
        "Training in full precision concentrates a random spectrum on few directions: the stable rank of its weights falls, quantized "
        "or not. Whether W4A4G4 training does otherwise, these steps do not say.",
        SIDES,
    ),
    "stable-rank-falls-late": ("The stable rank of these weights goes on rising after step 100, or had fallen before.", SIDES),
    "quasi-orthogonality": (
        "Even directions at random have 68.3 % of pairs below 1/√d, and trained embeddings share directions.",
        nothing,
    ),
    "quasi-orthogonality-centred": (
        "Even directions at random have 68.3 % of pairs below 1/√d; groups of tokens remain after the mean is taken off.",
        nothing,
    ),
    "as-orthogonal-as-random": ("Trained embeddings share directions: their mean squared cosine is larger than 1/d.", SIDES),
    "as-orthogonal-as-random-centred": ("Groups of tokens share directions beyond the mean.", SIDES),
    "power-law-spectrum": ("The exponent of the tail and the slope over ranks disagree: the spectrum bends.", nothing),
    "power-law-likely": ("A cut-off or lognormal tail is the better description.", nothing),
}
