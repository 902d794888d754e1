"""Which units a figure shows. Every choice is a rule that the caption repeats; nothing is picked by its result."""

import numpy

from .frames import ROLES
from .quantizer_text import parse

MLP = ["mlp_up", "mlp_gate", "mlp_down", "expert_up", "expert_gate", "expert_down"]
FEWEST_ROWS = 64  # of an embedding whose angles are shown: token types have two


def done(frame):
    return frame[frame["state"] == "done"]


def token_weighted(frame):
    """Which rows are of diag(√p)·E, which follows from the embedding E: a figure of its own shows them."""
    return frame["slice"].astype(str).str.startswith("token_weighted")


def of_weights(frame):
    """Matrices of the model itself."""
    return frame[~token_weighted(frame)] if "slice" in frame else frame


def quantized(frame):
    """Quantized units that are done and whose reference is done: those that pair columns speak of. Weights only."""
    rows = frame[(frame["quantizer"] != "reference") & (frame["state"] == "done") & (frame["reference_state"] == "done")]
    return of_weights(rows)


def last_steps(frame, derived=False):
    """Of each trajectory its last step; a checkpoint without a step stays. Weights only, unless all is wanted."""
    frame = frame if derived else of_weights(frame)
    last = frame.groupby("model")["step"].transform("max")
    return frame[frame["step"].isna() | (frame["step"] == last)]


def roles_of(frame):
    """Roles that occur, in the order of a transformer."""
    present = set(frame["role"])
    return [r for r in ROLES if r in present] + sorted(present - set(ROLES))


def models_of(frame):
    """Models in the order of the file."""
    return list(dict.fromkeys(frame["model"]))


def quantizers_of(frame):
    """Quantizers by bits per weight, then by text."""
    bits = frame[frame["quantizer"] != "reference"].groupby("quantizer")["bits_per_weight"].median()
    return [q for _, q in sorted((round(b, 6), q) for q, b in bits.items())]


def near_four_bits(frame, most=4):
    """At most `most` quantizers, one for each format: about four bits, default block or 32, then the shortest text."""
    best = {}
    for quantizer in quantizers_of(frame):
        rows = frame[frame["quantizer"] == quantizer]
        kind, bits = rows["format"].iloc[0], rows["bits_per_weight"].median()
        distance = abs(bits - 4.4)
        key = (
            0 if distance < 0.7 else distance,
            "block=" in quantizer and "block=32" not in quantizer,
            len(quantizer),
            quantizer,
        )
        if kind not in best or key < best[kind]:
            best[kind] = key
    order = ["nvfp4", "int", "mxfp4", "nf4", "uniform"]
    kinds = sorted(best, key=lambda k: (best[k][0], order.index(k) if k in order else len(order), best[k]))[:most]
    return [best[k][-1] for k in kinds]


def main_model(frame):
    """The model with the most done units (the first of equals)."""
    counts = done(frame)["model"].value_counts()
    return next((m for m in models_of(frame) if m in counts and counts[m] == counts.max()), None)


def middle_matrices(frame, most=6):
    """One matrix for each role, that of the middle block, MLP roles first: (checkpoint, step, matrix) keys as row labels."""
    references = frame[(frame["quantizer"] == "reference") & (frame["state"] == "done")]
    roles = roles_of(references)
    roles = [r for r in roles if r in MLP] + [r for r in roles if r not in MLP]
    chosen = []
    for role in roles[:most]:
        rows = references[references["role"] == role].sort_values(["block_index", "expert"], kind="stable")
        chosen.append(rows.index[len(rows) // 2])
    return chosen


def quartiles(values):
    """(25 %, median, 75 %) of the finite values; NaN where there are none."""
    values = numpy.asarray(values, dtype=float)
    values = values[numpy.isfinite(values)]
    return tuple(numpy.percentile(values, [25, 50, 75])) if len(values) else (numpy.nan,) * 3


def short_quantizer(text):
    """Canonical text for people: "int:bits=3,scheme=asymmetric" → "int 3 bit, asymmetric"; the default width is written out."""
    name, parameters = parse(text)
    words = []
    if name in ("int", "uniform", "log2", "apot", "kmeans", "lloyd", "mulaw"):
        words.append(f"{parameters.pop('bits', '4')} bit")
    words += [value if key == "scheme" else f"{key} {value}" for key, value in parameters.items()]
    return name + (" " + ", ".join(words) if words else "")


def spanning(frame):
    """The quantizer with the largest median error, then at most two near four bits: from where nothing shows to where much does."""
    medians = frame.groupby("quantizer")["relative_error"].median().dropna()
    coarsest = [medians.idxmax()] if len(medians) else []
    return list(dict.fromkeys([*coarsest, *near_four_bits(frame, 2)]))
