"""A report: reads one result file (or two), draws, writes tables, and then the page."""

import io

from . import findings, page, style, svg, tables
from .output import Output
from .progress import Progress
from .results import Results


def write(path, folder, quiet=False, figures=True, allocation=None):
    """@returns path of the page. Figures need matplotlib; without it the page has tables only.

    allocation: CSV of `specsweep allocate FILE --curve`, where there is one."""
    progress = Progress(4, quiet)
    progress.step("reading")
    results = Results.read(path, allocation)
    require_aggregate(results)
    output = Output(folder)
    drawn, left_out = draw_all(results, output, progress) if figures else ([], [])
    progress.step("tables")
    made = write_tables(results, output)
    progress.step("page")
    written = output.page(page.document(f"{results.name}: specsweep report", body(results, drawn, left_out, made, figures)))
    progress.end()
    return written


def require_aggregate(results):
    from .errors import BAD_INPUT, ReportError

    if results.attributes.get("kind") == "shard":
        raise ReportError(
            BAD_INPUT,
            f"'{results.path}' is a shard file",
            "its metric columns are derived when shards are aggregated",
            "run `specsweep aggregate` first and report its file",
        )


def draw_all(results, output, progress):
    """(figures in the page as HTML with their section, [(title, reason) of those without data])."""
    from . import figures as modules, plotting

    progress.total += len(modules.ALL) - 1
    drawn, left_out = [], []
    for name, module in modules.ALL.items():
        progress.step(f"figure {name}")
        try:
            picture = module.make(results)
        except plotting.NotDrawn as reason:
            left_out.append((name, str(reason)))
            continue
        drawn.append((picture.section, picture.title, picture.name, page.figure(picture, *render(picture, output))))
    return drawn, left_out


def render(picture, output):
    """Writes SVG and PNG of the wide figure; returns both layouts as inline SVG."""
    from . import plotting

    texts = []
    for wide in (True, False):
        drawn = picture.draw(plotting.Layout(wide))
        buffer = io.StringIO()
        drawn.savefig(buffer, format="svg", metadata={"Date": None})
        drawn.set_layout_engine("none")  # it stays as it was laid out; doing that again would double the time
        if wide:
            alone = svg.standalone(buffer.getvalue())
            output.figure(f"{picture.name}.svg", lambda path, text=alone: path.write_text(text, encoding="utf-8"))
            output.figure(
                f"{picture.name}.png",
                lambda path, drawn=drawn: drawn.savefig(path, dpi=160, facecolor="white", metadata={"Software": None}),
            )
        plotting.pyplot.close(drawn)
        texts.append(svg.inline(buffer.getvalue(), f"{picture.name}-{'w' if wide else 'n'}", picture.title))
    return texts


def write_tables(results, output):
    made = tables.all_tables(results)
    for table in made:
        output.csv(table.name, table.frame)
    output.csv("units", tables.units(results))
    if not results.verdicts.empty:
        output.csv("verdicts", tables.verdict_rows(results))
    return made


def body(results, drawn, left_out, made, figures):
    parts = [f"<header>{first_screen(results)}{navigation(drawn, made)}</header>", "<main>"]
    if not figures:
        parts.append('<p class="warning">This page has no figures: matplotlib was not found or could not be loaded. Tables are complete.</p>')
    section = None
    claims = [t for t in made if t.name in ("claims", "mechanisms")]
    for name, _, _, text in drawn:
        if name != section:
            if section == "Verdicts":
                parts += [page.table(t) for t in claims]
            parts.append(f"<h2>{page.escape(name)}</h2>")
            section = name
        parts.append(text)
    shown = bool(drawn) and drawn[0][0] == "Verdicts" and section != "Verdicts"
    parts.append("<h2>Tables</h2>")
    parts += [page.table(t) for t in made if t not in claims or not shown]
    parts.append(f"</main><footer>{closing([results], left_out, 'units', ', all units among them')}</footer>")
    return "\n".join(parts)


def first_screen(results):
    frame, attributes = results.frame, results.attributes
    title = f'<p class="over">specsweep report</p><h1>{page.escape(results.name)}</h1><p class="meta">{page.escape(scope(results))}</p>'
    warning = (
        ""
        if attributes.get("complete")
        else '<p class="warning">This sweep is not complete: pending units are missing below.</p>'
    )
    return (
        title
        + page.numbers(state_counts(frame, attributes))
        + warning
        + page.finding_list(findings.findings(results))
        + page.verdict_bar(verdict_counts(results), claim_counts(results))
    )


def verdict_counts(results):
    """Verdicts without summaries, so that nothing counts twice."""
    return results.own_verdicts()["verdict"].value_counts().to_dict()


def claim_counts(results):
    """How many claims hold on every unit, are violated somewhere, could not be tested."""
    kinds = results.own_verdicts().groupby("claim")["verdict"].agg(set)
    kinds = [kinds.get(name, {"not testable"}) for name in results.claims["name"]]
    violated = sum("violated" in k for k in kinds)
    untested = sum(k == {"not testable"} for k in kinds)
    return (
        f"{len(kinds)} claims: {len(kinds) - violated - untested} hold wherever they could be tested, {violated} are violated "
        f"somewhere, {untested} cannot be tested on these weights. Verdicts:"
    )


def state_counts(frame, attributes):
    states = frame["state"].value_counts()
    planned = int(attributes.get("planned_units", len(frame)))
    pending = int(states.get("pending", 0)) + max(0, planned - len(frame))
    failed = int(states.get("failed", 0))
    return [
        (style.whole(states.get("done", 0)), "units done", False),
        (style.whole(failed), "failed", failed > 0),
        (style.whole(pending), "pending or missing", pending > 0),
    ]


def scope(results):
    frame = results.frame
    references = frame[frame["quantizer"] == "reference"]
    checkpoints = len(frame[["checkpoint", "step"]].drop_duplicates())
    words = [
        ("checkpoint", checkpoints),
        ("model", frame["model"].nunique()),
        ("matrix", len(references)),
        ("quantizer", frame.loc[frame["quantizer"] != "reference", "quantizer"].nunique()),
    ]
    plural = {"matrix": "matrices"}
    return ", ".join(f"{style.whole(n)} {w if n == 1 else plural.get(w, w + 's')}" for w, n in words)


def navigation(drawn, made):
    links = [f'<a href="#figure-{name}">{page.escape(title)}</a>' for _, title, name, _ in drawn]
    links += [f'<a href="#table-{t.name}">{page.escape(t.title)}</a>' for t in made]
    return f'<nav aria-label="Contents">{" ".join(links)}</nav>'


def closing(files, left_out, table, what=""):
    """@param table, what: one of the CSV files, and what else to say of them"""
    lines = []
    if left_out:
        lines.append(
            "Not drawn: " + "; ".join(f"{page.escape(name)} ({page.escape(reason)})" for name, reason in left_out) + "."
        )
    for a in (results.attributes for results in files):
        if a.get("not_computed"):
            lines.append(
                "Columns that the program which wrote the file did not compute: " + page.escape(", ".join(a["not_computed"])) + "."
            )
        lines.append(
            f"Sweep <code>{page.escape(a.get('sweep_sha256', ''))}</code>, numerics version {page.escape(a.get('numerics_version', '?'))}, "
            f"tolerance {page.escape(a.get('tolerance', '?'))}, certificate {page.escape(a.get('certificate', '?'))}, seed "
            f"{page.escape(a.get('seed', '?'))}."
        )
    lines.append(
        "Everything shown here is in this page. Beside it lie every figure as SVG and PNG (<code>figures/</code>) and every table as "
        f'<a href="tables/{table}.csv">CSV</a> (<code>tables/</code>){what}.'
    )
    return "".join(f"<p>{line}</p>" for line in lines)
