"""Two result files side by side: what both have, what only one has, and how the numbers of shared units differ."""

import numpy
import pandas

from . import findings, page, report, selection, style, tables
from .output import Output
from .progress import Progress
from .results import Results

KEY = ["checkpoint", "step", "matrix", "quantizer"]
MEASURES = {
    "stable_rank_ratio": "stable-rank ratio",
    "relative_error": "relative error",
    "stable_rank": "stable rank",
    "sigma_max": "σ₁",
    "powerlaw_alpha": "power-law α",
    "epsilon_r2": "R² of ε on 1/σ",
}


class Pair:
    """Both results; `shared` has a row for each unit (checkpoint, step, matrix, quantizer) that is done in both."""

    def __init__(self, a, b):
        self.a, self.b = a, b
        self.names = names_of(a, b)
        left, right = (selection.done(r.frame).drop_duplicates(KEY) for r in (a, b))
        wanted = [*KEY, "unit_id", *(m for m in MEASURES if m in left and m in right)]
        self.measures = wanted[len(KEY) + 1 :]
        self.shared = left[wanted].merge(right[wanted], on=KEY, suffixes=("_a", "_b"))
        outer = left[KEY].merge(right[KEY], on=KEY, how="outer", indicator=True)["_merge"]
        self.only = int((outer == "left_only").sum()), int((outer == "right_only").sum())


def names_of(a, b):
    return (a.name, b.name) if a.name != b.name else (f"{a.name} (first)", f"{b.name} (second)")


def write(first, second, folder, quiet=False, figures=True):
    progress = Progress(5, quiet)
    progress.step("reading")
    pair = Pair(Results.read(first), Results.read(second))
    report.require_aggregate(pair.a)
    report.require_aggregate(pair.b)
    output = Output(folder)
    drawn, left_out = draw_all(pair, output, progress) if figures else ([], [])
    progress.step("tables")
    made = [by_measure(pair), by_quantizer(pair), by_claim(pair), differing(pair)]
    made = [t for t in made if t is not None]
    for table in made:
        output.csv(table.name, table.frame)
    output.csv("shared-units", pair.shared)
    progress.step("page")
    title = f"{pair.names[0]} and {pair.names[1]}: specsweep report"
    written = output.page(page.document(title, body(pair, drawn, left_out, made, figures)))
    progress.end()
    return written


def draw_all(pair, output, progress):
    from . import plotting
    from .figures import comparison as figures

    progress.total += len(figures.ALL) - 1
    drawn, left_out = [], []
    for name, make in figures.ALL.items():
        progress.step(f"figure {name}")
        try:
            picture = make(pair)
        except plotting.NotDrawn as reason:
            left_out.append((name, str(reason)))
            continue
        drawn.append((picture.section, picture.title, picture.name, page.figure(picture, *report.render(picture, output))))
    return drawn, left_out


def by_measure(pair):
    rows = []
    for measure in pair.measures:
        a, b = (pair.shared[f"{measure}_{s}"].to_numpy(dtype=float) for s in "ab")
        fine = numpy.isfinite(a) & numpy.isfinite(b)
        with numpy.errstate(divide="ignore", invalid="ignore"):
            change = numpy.abs(b - a) / numpy.abs(a)
        change = change[fine & (a != 0)]
        rows.append(
            (
                MEASURES[measure],
                int(fine.sum()),
                int((a[fine] == b[fine]).sum()),
                tables.finite_median(a[fine]),
                tables.finite_median(b[fine]),
                tables.finite_median(change),
                change.max() if len(change) else numpy.nan,
            )
        )
    frame = pandas.DataFrame(
        rows, columns=["measure", "units", "equal", "median A", "median B", "median change", "largest change"]
    )
    formats = {
        "measure": "text",
        "units": "int",
        "equal": "int",
        "median A": 5,
        "median B": 5,
        "median change": 2,
        "largest change": 2,
    }
    return tables.TableOf(
        "measures",
        "Shared units, measure by measure",
        "Units (checkpoint, step, matrix, quantizer) that are done in both files; changes are relative to A.",
        frame,
        formats,
    )


def by_quantizer(pair):
    parts = []
    for results, mark in ((pair.a, "A"), (pair.b, "B")):
        rows = results.pairs(last=False)
        grouped = rows.groupby("quantizer")
        part = pandas.DataFrame(
            {f"units {mark}": grouped.size(), f"error {mark}": tables.medians(rows, "quantizer", "relative_error")}
        )
        if "stable_rank_ratio" in rows:
            part[f"ratio {mark}"] = tables.medians(rows, "quantizer", "stable_rank_ratio")
        parts.append(part)
    frame = parts[0].join(parts[1], how="outer")
    order = selection.quantizers_of(pd_concat(pair))
    frame = frame.reindex([q for q in order if q in frame.index]).reset_index(names="quantizer")
    names = ["quantizer"] + [f"{m} {s}" for m in ("units", "error", "ratio") for s in "AB" if f"{m} {s}" in frame]
    formats = {n: "int" if n.startswith("units") else 5 if n.startswith("ratio") else 3 for n in names} | {"quantizer": "text"}
    return tables.TableOf(
        "quantizers",
        "Quantizers",
        "Medians over all done quantized units of each file, shared or not; – where a file has none.",
        frame[names],
        formats,
    )


def pd_concat(pair):
    names = ["quantizer", "bits_per_weight"]
    return pandas.concat([pair.a.frame[names], pair.b.frame[names]])


def by_claim(pair):
    parts = []
    for results, mark in ((pair.a, "A"), (pair.b, "B")):
        rows = results.verdicts[results.verdicts["scope"] == "unit"]
        tested = rows[rows["verdict"] != "not testable"]
        parts.append(
            pandas.DataFrame(
                {
                    f"tested {mark}": tested.groupby("claim").size(),
                    f"holds {mark}": tested["verdict"].isin(["holds", "vacuous"]).groupby(tested["claim"]).mean(),
                }
            )
        )
    frame = parts[0].join(parts[1], how="outer")
    if frame.empty:
        return None
    frame = frame.reset_index(names="claim")[["claim", "tested A", "tested B", "holds A", "holds B"]]
    return tables.TableOf(
        "claims",
        "Claims",
        "Units on which each claim could be tested, and the share on which it holds.",
        frame,
        {"claim": "text", "tested A": "int", "tested B": "int", "holds A": "share", "holds B": "share"},
        80,
    )


def differing(pair):
    if "relative_error" not in pair.measures:
        return None
    a, b = pair.shared["relative_error_a"], pair.shared["relative_error_b"]
    with numpy.errstate(divide="ignore", invalid="ignore"):
        change = (b - a).abs() / a.abs()
    frame = pair.shared[KEY].assign(**{"error A": a, "error B": b, "change": change})
    frame = frame[numpy.isfinite(frame["change"]) & (frame["change"] > 0)].sort_values("change", ascending=False, kind="stable")
    if frame.empty:
        return None
    return tables.TableOf(
        "differing",
        "Units that differ most",
        "Shared units by the relative change of their relative error.",
        frame.head(1000),
        {**{k: "text" for k in KEY}, "step": "step", "error A": 4, "error B": 4, "change": 2},
        15,
    )


def body(pair, drawn, left_out, made, figures):
    shared = len(pair.shared)
    same = int((pair.shared["unit_id_a"] == pair.shared["unit_id_b"]).sum())
    title = (
        f'<p class="over">specsweep report: two result files</p><h1>{page.escape(pair.names[0])} <span class="meta">and</span> '
        f"{page.escape(pair.names[1])}</h1>"
    )
    shared_line = (
        f'<p class="meta">{style.whole(shared)} units are done in both, {style.whole(same)} of them of equal content and settings; '
        f"{style.whole(pair.only[0])} only in A, {style.whole(pair.only[1])} only in B.</p>"
    )
    sides = "".join(
        side(results, name, mark) for results, name, mark in ((pair.a, pair.names[0], "A"), (pair.b, pair.names[1], "B"))
    )
    parts = [f'<header>{title}{shared_line}<div class="side">{sides}</div>{report.navigation(drawn, made)}</header><main>']
    if not figures:
        parts.append('<p class="warning">This page has no figures: matplotlib was not found or could not be loaded. Tables are complete.</p>')
    parts.append("<h2>Side by side</h2>")
    parts += [text for *_, text in drawn]
    parts.append("<h2>Tables</h2>")
    parts += [page.table(t) for t in made]
    parts.append(f"</main><footer>{report.closing([pair.a, pair.b], left_out, made[0].name)}</footer>")
    return "\n".join(parts)


def side(results, name, mark):
    return (
        f'<section><h3>{mark}: {page.escape(name)}</h3><p class="meta">{page.escape(report.scope(results))}</p>'
        + page.numbers(report.state_counts(results.frame, results.attributes))
        + page.finding_list(findings.findings(results))
        + page.verdict_bar(report.verdict_counts(results), report.claim_counts(results))
        + "</section>"
    )
