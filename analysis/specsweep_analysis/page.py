"""The page: parts as HTML. Every text that comes from data or callers goes through `escape`; markup is written only here."""

import html
import importlib.resources
import math
import re

from . import style

VERDICTS = [("holds", "holds"), ("violated", "violated"), ("vacuous", "vacuous"), ("not testable", "untestable")]


def escape(text):
    return html.escape(str(text), quote=True)


def formula(text):
    """Escaped text in which ‖W‖_F, σ_k, Σ_{k>1}, 2^b, x^{n/2} and `code` stand as people write them; "7 %" is not torn apart."""
    text = re.sub(
        r"(?<=[‖σεκΣΠEQWbfpl)\u0303\u0302])_(?:\{([^}]*)\}|(op|max|spec|base|∞|[A-Za-z]))(?![A-Za-z])",
        lambda m: f"<sub>{m[1] or m[2]}</sub>",
        escape(text),
    )
    text = re.sub(r"(?<=\w)\^\(([^)]*)\)", r"<sup>\1</sup>", text)
    text = re.sub(r"\^\{([^}]*)\}", r"<sup>\1</sup>", text)
    text = re.sub(r"(?<=\d)\^([A-Za-z])", r"<sup>\1</sup>", text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"(?<=\d) (?=%)", "&nbsp;", text)


def document(title, body):
    css = importlib.resources.files(__package__).joinpath("page.css").read_text("utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, '
        f'initial-scale=1">\n<meta name="generator" content="specsweep report">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def numbers(pairs):
    """Big numbers with a word below; (value, word, bad)."""
    items = "".join(
        f'<li{" class=bad" if bad else ""}><b>{escape(value)}</b><span>{escape(word)}</span></li>' for value, word, bad in pairs
    )
    return f'<ul class="numbers">{items}</ul>'


def finding_list(texts):
    if not texts:
        return '<p class="about">No quantized unit is done: there is nothing to conclude yet.</p>'
    return '<ol class="findings">' + "".join(f"<li>{formula(text)}</li>" for text in texts) + "</ol>"


def verdict_bar(counts, sentence):
    """counts: verdict → number."""
    total = sum(counts.values())
    if not total:
        return '<p class="about verdicts">No verdicts are stored in this file.</p>'
    bar = "".join(f'<i class="{css}" style="flex:{counts[name]}"></i>' for name, css in VERDICTS if counts.get(name))
    key = "".join(f'<li><i class="{css}"></i><b>{style.whole(counts.get(name, 0))}</b> {name}</li>' for name, css in VERDICTS)
    return f'<div class="verdicts"><p class="about">{escape(sentence)}</p><div class="bar" aria-hidden="true">{bar}</div><ul class="key">{key}</ul></div>'


def figure(picture, wide, narrow):
    """wide, narrow: inline SVG texts, or None where figures could not be drawn."""
    files = f'<span class="files"><a href="figures/{picture.name}.svg">SVG</a> · <a href="figures/{picture.name}.png">PNG</a></span>'
    return (
        f'<figure id="figure-{picture.name}"><h3>{escape(picture.title)}</h3><div class="wide">{wide}</div>'
        f'<div class="narrow">{narrow}</div><figcaption>{formula(picture.caption)} {files}</figcaption></figure>'
    )


def table(item):
    names = [n for n in item.frame.columns if n not in item.below.values()]
    head = "".join(f'<th{numeric(item.formats, n)}>{escape(n)}</th>' for n in names)
    rows = []
    for record in item.frame.head(item.shown).to_dict("records"):
        cells = "".join(cell(record[name], item.formats.get(name, "text"), record.get(item.below.get(name))) for name in names)
        failed = ' class="failed"' if record[names[0]] == "failed" else ""
        rows.append(f"<tr{failed}>{cells}</tr>")
    more = len(item.frame) - item.shown
    note = f" {style.whole(more)} more rows are in the CSV file." if more > 0 else ""
    return (
        f'<div class="table" id="table-{item.name}"><h3>{escape(item.title)}</h3><p class="about">{formula(item.caption)}{note} '
        f'<span class="files"><a href="tables/{item.name}.csv">CSV</a></span></p><div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f'<tbody>{"".join(rows)}</tbody></table></div></div>'
    )


def numeric(formats, name):
    return "" if formats.get(name, "text") == "text" else ' class="number"'


def cell(value, form, below=None):
    if form == "text":
        text = "" if value is None or value != value else str(value)
        if below is not None:
            return f'<td class="long">{formula(text)}<small>{escape(below)}</small></td>'
        return f'<td class="long">{formula(text)}</td>' if len(text) > 40 else f"<td>{escape(text)}</td>"
    if value is None or value != value:
        text = "–"
    elif form == "int":
        text = style.whole(value)
    elif form == "step":
        text = f"{value:g}"
    elif form == "share":
        text = style.percent(value, 1) if not math.isinf(value) else "–"
    else:
        text = style.number(float(value), form)
    return f'<td class="number">{escape(text)}</td>'
