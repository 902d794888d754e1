"""Units of a result file as a pandas table with names, and the spectrum of each."""

import collections
import pathlib
import re

import numpy
import pandas

from . import quantizer_text, result_file

Spectrum = collections.namedtuple("Spectrum", "sigma error")
Spectrum.__doc__ = "Singular values, descending, and the absolute error bound of each (fp64, same length)."

ROLES = [
    "embedding",
    "position_embedding",
    "attention_query",
    "attention_key",
    "attention_value",
    "attention_output",
    "mlp_up",
    "mlp_gate",
    "mlp_down",
    "expert_up",
    "expert_gate",
    "expert_down",
    "router",
    "pooler",
    "lm_head",
    "other",
]


def load(path):
    """All units of a result file, one row each, in the order of the file.

    Columns: those of `specsweep export --table units` by the same names (counts too are fp64, NaN: not defined, `reason` says
    why), and `model` (the checkpoint's id without its step), `model_type`, `format`, `family`, `block` (of the quantizer),
    `relative_error` (‖E‖_F/‖W‖_F), `cosine_…` and
    `centred_cosine_…` (angles of embeddings, from /moments), `reference` (row of the unquantized matrix), `reference_state` and `file`.

    @raises ReportError for a file that is missing, damaged, not ours, or of an unknown version.
    """
    with result_file.open_result(path) as file:
        units = result_file.columns(file["units"])
        matrices = result_file.columns(file["matrices"])
        checkpoints = result_file.columns(file["checkpoints"])
        quantizers = result_file.column(file["quantizers/text"])
        cosines = {name: values for name, values in result_file.moments(file).items() if "cosine" in name}
    matrix = units["matrix"]
    owner = matrices["checkpoint"][matrix] if len(matrix) else matrix
    frame = {
        "unit_id": units["id"],
        "checkpoint": checkpoints["id"][owner],
        "step": checkpoints["step"][owner],
        "model": numpy.array([model_of(i) for i in checkpoints["id"]], dtype=object)[owner],
        "model_type": checkpoints["model_type"][owner],
        "matrix": matrices["name"][matrix],
    }
    for name in ("tensor", "slice", "role", "block_index", "expert", "rows", "cols", "orientation", "dtype"):
        frame[name] = matrices[name][matrix]
    frame["quantizer"] = quantizers[units["quantizer"]]
    for name, function in (
        ("format", quantizer_text.format_of),
        ("family", quantizer_text.family_of),
        ("block", quantizer_text.block_of),
    ):
        frame[name] = numpy.array([function(q) for q in quantizers], dtype=object)[units["quantizer"]]
    frame["block"] = frame["block"].astype(float)
    frame["state"] = numpy.array(result_file.STATES, dtype=object)[units["state"]]
    for name, values in units.items():
        if name not in ("id", "matrix", "quantizer", "state", "content_crc", "plan_row"):
            frame[name] = values
    frame.update({name: values for name, values in cosines.items() if name not in frame})
    frame = pandas.DataFrame(frame)
    frame["reference_state"] = before(frame, "state")
    frame["step"] = frame["step"].where(frame["step"] >= 0)
    _add_relative_error(frame)
    frame["file"] = pandas.Categorical([str(path)] * len(frame))
    return frame


def _add_relative_error(frame):
    frame["relative_error"] = numpy.nan
    if {"error_frobenius", "frobenius_squared"} <= set(frame):
        quantized = frame["quantizer"] != "reference"
        norm = numpy.sqrt(before(frame, "frobenius_squared"))
        with numpy.errstate(divide="ignore", invalid="ignore"):
            ratio = frame["error_frobenius"].to_numpy() / norm
        frame.loc[quantized, "relative_error"] = numpy.where(norm > 0, ratio, numpy.nan)[quantized.to_numpy()]


def before(frame, column):
    """The column's value of each unit's reference, in the order of the (whole) frame."""
    if column not in frame:
        return numpy.full(len(frame), numpy.nan)
    return frame[column].to_numpy()[frame["reference"].to_numpy()]


def spectrum(unit):
    """Singular values of a unit and their bounds. `unit`: a row of load()'s table, such as frame.loc[7]."""
    offset, count = int(unit["sigma_offset"]), int(unit["sigma_count"])
    with result_file.open_result(unit["file"]) as file:
        return Spectrum(file["spectra/sigma"][offset : offset + count], file["spectra/error"][offset : offset + count])


CosineHistogram = collections.namedtuple("CosineHistogram", "edges raw centred")
CosineHistogram.__doc__ = "Pairs of rows of an embedding counted by cos·√cols: edges of the bins, counts as they are and centred."


def cosine_histograms(path):
    """Row label of load()'s table → CosineHistogram, for the embeddings that have one (none in files before version 4)."""
    with result_file.open_result(path) as file:
        if "cosine_histogram" not in file:
            return {}
        held = result_file.columns(file["cosine_histogram"])
    rows = held["unit"]
    raw, centred = (held[name].reshape(len(rows), -1) for name in ("raw", "centred"))
    return {int(row): CosineHistogram(held["edges"], *counts) for row, *counts in zip(rows, raw, centred) if counts[0][0] >= 0}


VERDICTS = ("holds", "violated", "vacuous", "not testable")


def verdicts(path):
    """Verdicts on the claims, a row each: on single units (scope "unit", `unit` is the row of load()'s table), summaries over
    units (scope "all", "role=…", …; `unit` −1) and claims that no unit could show (scope "sweep"). Empty where the file has none.

    Columns: claim, statement, source, law (1: a theorem), scope, unit, left, right, ratio, verdict, note.
    """
    names = ["claim", "statement", "source", "law", "scope", "unit", "left", "right", "ratio", "verdict", "note"]
    with result_file.open_result(path) as file:
        if "verdicts" not in file:
            return pandas.DataFrame(columns=names)
        rows, claims = result_file.columns(file["verdicts"]), result_file.columns(file["verdict_claims"])
        scopes, notes = result_file.column(file["verdict_scopes/text"]), result_file.column(file["verdict_notes/text"])
    claim = rows["claim"]
    frame = pandas.DataFrame(
        {
            "claim": claims["name"][claim],
            "statement": claims["statement"][claim],
            "source": claims["source"][claim],
            "law": claims["law"][claim],
            "scope": scopes[rows["scope"]],
            "unit": rows["unit"],
            "left": rows["left"],
            "right": rows["right"],
            "ratio": rows["ratio"],
            "verdict": numpy.array(VERDICTS, dtype=object)[rows["verdict"]],
            "note": notes[rows["note"]],
        }
    )
    return frame[names]


def claims(path):
    """Every claim that the program knows, with rows in verdicts() or not: name, statement, source, law."""
    names = ["name", "statement", "source", "law"]
    with result_file.open_result(path) as file:
        found = result_file.columns(file["verdict_claims"]) if "verdict_claims" in file else {}
    return pandas.DataFrame(found, columns=names) if found else pandas.DataFrame(columns=names)


def attributes(path):
    """Root attributes: name, sweep_sha256, complete, tolerance, …; texts as str."""
    with result_file.open_result(path) as file:
        found = {
            name: value.item() if isinstance(value, numpy.generic) and not isinstance(value, bytes) else value
            for name, value in file.attrs.items()
        }
        found["not_computed"] = result_file.not_computed(file)
    return {name: result_file.text(value) if isinstance(value, bytes) else value for name, value in found.items()}


def model_of(checkpoint):
    """A trajectory's name: "gpt2-step3000" and "gpt2/step0" are both of "gpt2"."""
    return re.sub(r"[-_/. ]?(step|checkpoint|iter)[-_]?\d+$", "", checkpoint) or checkpoint


def name_of(path):
    return pathlib.Path(path).stem
