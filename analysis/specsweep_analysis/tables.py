"""Tables of a report: pandas frames with columns for people; the CSV files hold the same, and all units."""

import dataclasses

import numpy
import pandas

from . import selection


@dataclasses.dataclass(eq=False)
class TableOf:
    """One table. `shown`: rows in the page (the CSV has all); `formats`: column → digits, or "int", "share", "text"."""

    name: str
    title: str
    caption: str
    frame: pandas.DataFrame
    formats: dict
    shown: int = 40
    below: dict = dataclasses.field(default_factory=dict)  # column → column that stands below it in the page, not beside it


def all_tables(results):
    from . import mechanisms

    made = [
        by_claim(results),
        mechanisms.table(results),
        by_quantizer(results),
        by_model(results),
        allocation(results),
        not_done(results),
        reasons(results),
    ]
    return [table for table in made if table is not None]


def by_quantizer(results):
    frame = results.frame
    states = counts_by(frame[frame["quantizer"] != "reference"], "quantizer")
    if states.empty:
        return None
    rows = results.pairs()
    table = states.copy()
    table.insert(0, "bits", frame.groupby("quantizer")["bits_per_weight"].median())
    for name, column in (
        ("error", "relative_error"),
        ("SQNR dB", "sqnr_db"),
        ("ratio", "stable_rank_ratio"),
        ("f", "frobenius_ratio"),
        ("g", "sigma_max_ratio"),
        ("R²", "epsilon_r2"),
        ("null R² 95 %", "epsilon_r2_null_95"),
    ):
        if column in rows:
            table[name] = medians(rows, "quantizer", column)
    if "stable_rank_ratio" in rows:
        known = rows[rows["stable_rank_ratio"].notna()]
        table["rises"] = (known["stable_rank_ratio"] > 1).groupby(known["quantizer"]).mean()
    table = table.reindex(selection.quantizers_of(frame)).reset_index(names="quantizer")
    formats = {
        "quantizer": "text",
        "bits": 4,
        "done": "int",
        "failed": "int",
        "pending": "int",
        "error": 3,
        "SQNR dB": 3,
        "ratio": 5,
        "f": 5,
        "g": 5,
        "R²": 2,
        "null R² 95 %": 2,
        "rises": "share",
    }
    return TableOf(
        "quantizers",
        "Quantizers",
        "Medians over the done units of the last steps: relative error ‖E‖/‖W‖, stable-rank ratio = f/g, share of "
        "matrices whose stable rank rises. Counts are over all steps; failed and pending units enter no median.",
        table,
        formats,
    )


def by_model(results):
    frame = results.frame.assign(label=label_of(results.frame))
    order = list(dict.fromkeys(frame["label"]))
    table = counts_by(frame, "label").reindex(order)
    references = frame[frame["quantizer"] == "reference"]
    table.insert(0, "matrices", references.groupby("label").size())
    table.insert(0, "type", frame.groupby("label")["model_type"].first())
    rows = selection.quantized(frame)
    if "stable_rank" in frame:
        table["stable rank"] = medians(selection.of_weights(selection.done(references)), "label", "stable_rank")
    for name, column in (("ratio", "stable_rank_ratio"), ("error", "relative_error")):
        if column in rows:
            table[name] = medians(rows, "label", column)
    formats = {
        "checkpoint": "text",
        "type": "text",
        "matrices": "int",
        "done": "int",
        "failed": "int",
        "pending": "int",
        "stable rank": 3,
        "ratio": 5,
        "error": 3,
    }
    return TableOf(
        "checkpoints",
        "Checkpoints",
        "What ran on each checkpoint; medians over its done units.",
        table.reset_index(names="checkpoint"),
        formats,
    )


def by_claim(results):
    verdicts, claims = results.own_verdicts(), results.claims
    if verdicts.empty:
        return None
    kinds = ["holds", "violated", "vacuous", "not testable"]
    table = verdicts.groupby(["claim", "verdict"]).size().unstack(fill_value=0).reindex(columns=kinds, fill_value=0)
    tested = verdicts[verdicts["verdict"].isin(kinds[:3])]
    table["median left/right"] = medians(tested, "claim", "ratio")
    table["largest"] = tested[numpy.isfinite(tested["ratio"].astype(float))].groupby("claim")["ratio"].max()
    table = table.reindex(claims["name"]).reset_index(names="claim")
    table[kinds] = table[kinds].fillna(0).astype(int)
    table.insert(1, "statement", claims["statement"].to_numpy())
    untested = verdicts[~verdicts["claim"].isin(tested["claim"])]
    why = untested.groupby("claim")["note"].agg(lambda notes: notes.mode().iloc[0]).reindex(table["claim"]).fillna("").to_numpy()
    why = numpy.where(table[kinds].sum(axis=1) == 0, "no unit of this sweep is what it speaks of", why)
    table["source"] = [
        source + (f"; not testable: {reason}" if reason else "") for source, reason in zip(claims["source"], why)
    ]
    formats = {
        "claim": "text",
        "statement": "text",
        **{k: "int" for k in kinds},
        "median left/right": 3,
        "largest": 3,
        "source": "text",
    }
    return TableOf(
        "claims",
        "Every claim",
        "Counts of verdicts over all units that a claim speaks of, all steps. A bound holds up to left/right = 1 (the "
        "numerical bounds are slack); it is vacuous where the right side exceeds 10³ times the left. A claim that a size exceeds another "
        "holds where left/right > 1.",
        table,
        formats,
        80,
        {"statement": "source"},
    )


def not_done(results):
    rows = results.frame[results.frame["state"] != "done"]
    if rows.empty:
        return None
    table = rows[["state", "checkpoint", "step", "matrix", "quantizer", "reason"]].reset_index(drop=True)
    formats = {name: "text" for name in table} | {"step": "step"}
    return TableOf(
        "not-done",
        "Failed and missing units",
        "They stand here and nowhere else: no figure or average has them.",
        table.sort_values("state", kind="stable"),
        formats,
    )


def reasons(results):
    """How often each column has no value, and why."""
    rows = results.frame[(results.frame["state"] == "done") & (results.frame["reason"] != "")]
    if rows.empty:
        return None
    items = rows["reason"].value_counts()
    counts = {}
    for text, number in items.items():
        for item in text.split(";"):
            column, _, code = item.partition(":")
            counts[column, code] = counts.get((column, code), 0) + int(number)
    table = pandas.DataFrame([(c, r, n) for (c, r), n in counts.items()], columns=["column", "reason", "units"])
    table = table.sort_values(["units", "column"], ascending=[False, True], kind="stable")
    return TableOf(
        "reasons",
        "Values that are not defined",
        "Columns of done units without a value, and why; they enter no average.",
        table,
        {"column": "text", "reason": "text", "units": "int"},
    )


def units(results):
    """Every unit with every column, as it stands in the file."""
    hidden = ["file", "sigma_offset", "reference_state", "reference", "family", "format", "block", "tensor", "slice", "solver"]
    return results.frame.drop(columns=[c for c in hidden if c in results.frame])


MOST_VERDICTS = 200_000


def verdict_rows(results):
    """All verdicts; of very large sweeps those on more than one unit (`export --table verdicts` gives the others)."""
    rows = results.verdicts
    rows = rows if len(rows) <= MOST_VERDICTS else rows[rows["scope"] != "unit"]
    ids = results.frame["unit_id"].reindex(rows["unit"]).fillna("").to_numpy()
    return rows.assign(unit_id=ids).drop(columns=["unit", "statement", "law"])


def allocation(results):
    """What `allocate --curve` says, budgets of whole and half bits in the page."""
    table = results.distributed()
    if table.empty:
        return None
    shown = table[(table["budget"] * 2) % 1 == 0].reset_index(drop=True)
    shown = shown.rename(columns={"error_bound": "lower bound", "times_bound": "× bound"})
    if shown["step"].isna().all():
        shown = shown.drop(columns="step")
    formats = {
        "checkpoint": "text",
        "step": "step",
        "budget": 3,
        "rule": "text",
        "bits": 4,
        "error": 3,
        "lower bound": 3,
        "× bound": 4,
        "correlation": 2,
        "note": "text",
    }
    return TableOf(
        "allocation",
        "Rules that distribute bits",
        "`specsweep allocate` at budgets of whole and half bits per weight: bits used, total error (mean of ‖E‖²/‖W‖²), its proven lower "
        "bound and the ratio of both, rank correlation of the bits with the error of a common quantizer, and how the rule chose.",
        shown,
        formats,
    )


def counts_by(frame, key):
    table = frame.groupby([key, "state"]).size().unstack(fill_value=0)
    return table.reindex(columns=["done", "failed", "pending"], fill_value=0)


def label_of(frame):
    """The checkpoint's id, with its step where one id has several."""
    many = frame.groupby("checkpoint")["step"].transform("nunique") > 1
    steps = frame["step"].map(lambda s: f" step {s:g}")
    return frame["checkpoint"].where(~many, frame["checkpoint"].astype(str) + steps)


def medians(rows, key, column):
    """Median of the finite values for each key that has some."""
    values = rows[column].astype(float)
    rows = rows[numpy.isfinite(values)]
    return rows[column].astype(float).groupby(rows[key]).median()


def finite_median(values):
    values = numpy.asarray(values, dtype=float)
    values = values[numpy.isfinite(values)]
    return float(numpy.median(values)) if len(values) else numpy.nan
