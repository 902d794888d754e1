"""The page: complete, self-contained, with numbers that follow from the file."""

import csv
import os
import re

import numpy
import pytest
import synthetic

pytest.importorskip("matplotlib")

FIGURES = {
    "verdicts",
    "verdict-layers",
    "spectra",
    "stable-rank-ratio",
    "factors",
    "stable-rank-depth",
    "block-size",
    "epsilon",
    "epsilon-r2",
    "pareto",
    "condition",
    "ranks",
    "training",
    "models",
}


def links_outside(page):
    """Addresses that a browser would fetch; names of XML vocabularies are none."""
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    found = re.findall(r'(?:src|href|url\(|@import)\s*[=(]?\s*["\']?([^"\'\s)>]+)', text)
    return [a for a in found if re.match(r"(?:https?:)?//|file:", a)]


def test_one_file(report, tmp_path):
    result = synthetic.write(tmp_path / "r.h5", steps=(0, 100))
    report(result)
    page = report.page
    assert report.names("figure") == FIGURES
    assert report.names("table") == {"claims", "quantizers", "checkpoints"}
    assert not links_outside(page) and "<script" not in page
    for name in FIGURES:
        assert (report.folder / "figures" / f"{name}.svg").read_text("utf-8").startswith("<?xml")
        assert (report.folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    for name in ("claims", "quantizers", "checkpoints", "units", "verdicts"):
        assert (report.folder / "tables" / f"{name}.csv").stat().st_size > 0
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page, re.S)
    assert len(captions) == len(FIGURES) and all(len(c) > 80 and re.search(r"\d", c) for c in captions[:3])
    # The statement of a claim is data: it must not become markup.
    assert "Sr rises <b>" not in page and "Sr rises &lt;b&gt;always" in page
    # The first screen answers.
    screen = page[: page.index("<nav")]
    assert "<b>240</b><span>units done" in screen and "<b>0</b><span>failed" in screen
    assert (
        screen.count("<li>") >= 3
        and "3 claims: 1 hold wherever they could be tested, 1 are violated somewhere, 1 cannot" in screen
    )
    check_first_finding(result, screen)
    check_ids(page)
    check_links(report)


def check_first_finding(result, screen):
    """Counted again from the file, the way the sentence says it."""
    from specsweep_analysis import load

    units = load(result)
    rows = units[(units.quantizer != "reference") & (units.step == 100)]
    up = (rows.stable_rank_ratio > 1).sum()
    assert f"The stable rank rises in {up} of {len(rows)} quantized matrices" in screen


def check_links(report):
    """Every file that the page speaks of lies beside it."""
    links = re.findall(r'href="((?:tables|figures)/[^"]+)"', report.page)
    assert links and all((report.folder / link).is_file() for link in links)


def check_ids(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for used in re.findall(r'(?:url\(|href=")#([^)"]+)', page):
        assert used in ids


def test_the_table_of_quantizers_holds_medians_of_done_units_only(report, tmp_path):
    def change(units, _):
        units["state"][[3, 8]] = 2, 0
        units["reason"][3] = b"unit:nan-weights"
        units["stable_rank_ratio"][[3, 8]] = 1e6  # would show in any mean or median that it enters

    result = synthetic.write(tmp_path / "r.h5", change=change)
    report(result)
    from specsweep_analysis import load

    units = load(result)
    with open(report.folder / "tables" / "quantizers.csv", newline="", encoding="utf-8") as file:
        rows = {row["quantizer"]: row for row in csv.DictReader(file)}
    for quantizer, row in rows.items():
        good = units[(units.quantizer == quantizer) & (units.state == "done")]
        assert float(row["ratio"]) == numpy.median(good.stable_rank_ratio)
        assert int(row["done"]) == len(good)
    text = "int:bits=3,block=32"
    assert (rows[text]["failed"], rows[text]["pending"]) == ("1", "1")
    assert "1.000000" not in report.page and "<b>1</b><span>failed" in report.page and "<b>1</b><span>pending" in report.page
    assert "not-done" in report.names("table") and "unit:nan-weights" in report.page
    assert "This sweep is not complete" in report.page


def test_embeddings(report, tmp_path):
    report(synthetic.write(tmp_path / "r.h5", models=("m",), blocks=1, width=40, roles=["embedding", "mlp_up"]))
    assert "embeddings" in report.names("figure") and "m embedding: 60.0&nbsp;% raw, 65.0&nbsp;% centred" in report.page
    assert "cosine-histogram (the file has no histograms of embeddings)" in report.page
    path = synthetic.write(tmp_path / "h.h5", models=("m",), blocks=1, width=40, roles=["embedding", "mlp_up"], version=5, histograms=True)
    report(path)
    assert "cosine-histogram" in report.names("figure") and "44,850 pairs a matrix" in report.page


def first_screen(report):
    """Its sentences, as text."""
    text = re.search(r'<ol class="findings">(.*?)</ol>', report.page, re.S)[1]
    return [re.sub("<[^>]*>", "", item).replace("&nbsp;", " ") for item in text.split("</li>")]


def test_findings_of_special_sweeps(report, tmp_path):
    report(synthetic.write(tmp_path / "r.h5", models=("m",), blocks=1, width=70, roles=["embedding", "lm_head"]))
    assert first_screen(report)[0].endswith("reach 68.3 %. The embedding reaches 60.0 %, 65.0 % after the mean is taken off.")

    path = synthetic.write(tmp_path / "t.h5", models=("m",), steps=(0, 100), blocks=2)
    report(path)
    from specsweep_analysis import load

    units = load(path)
    before = units[units.quantizer == "reference"].pivot_table(index="matrix", columns="step", values="stable_rank")
    falls = int((before[100] < before[0]).sum())
    assert first_screen(report)[0].startswith(
        f"From step 0 to 100 of m the stable rank of the weights falls in {falls} of {len(before)} matrices, median "
    )


def test_allocation(report, tmp_path):
    path = synthetic.write(tmp_path / "r.h5", models=("m",), steps=(0, 100), blocks=2)
    report(path)
    assert "allocation" not in report.names("figure") and "allocate --curve` was not given" in report.page
    table = "checkpoint,step,budget,rule,bits,error,error_bound,times_bound,correlation,note\r\n"
    for step, budget, rule, error in ((0, 4, "error", 0.5), (100, 4, "error", 0.25), (100, 4.25, "error", 0.125), (100, 4.25, "alpha", 0.375)):
        table += f"m,{step},{budget},{rule},{budget},{error},0.125,{error / 0.125},0.5,why\r\n"
    table += "m,100,4,condition,,,,,,even the fewest bits exceed the budget\r\n"
    (tmp_path / "curve.csv").write_text(table)
    report(path, f"--allocation={tmp_path / 'curve.csv'}")
    assert "allocation" in report.names("figure") & report.names("table")
    assert "m at 4.25 bits, error over that bound: error ×1.00, alpha ×3.00." in report.page
    few = synthetic.write(tmp_path / "few.h5", models=("m",), roles=["mlp_up"], steps=(0, 100), blocks=2)
    report(few, f"--allocation={tmp_path / 'curve.csv'}")
    assert "allocation" not in report.names("figure") | report.names("table")  # two matrices
    (tmp_path / "curve.csv").write_text("a,b\r\n1,2\r\n")
    assert "no table of" in report(path, f"--allocation={tmp_path / 'curve.csv'}", code=65).stderr


def test_the_rules_come_first_where_only_the_width_varies(report, tmp_path):
    widths = ["reference", "int:bits=3,block=32", "int:block=32", "int:bits=8,block=32"]
    path = synthetic.write(tmp_path / "r.h5", models=("m",), blocks=2, quantizers=widths)
    table = "checkpoint,step,budget,rule,bits,error,error_bound,times_bound,correlation,note\r\n"
    for rule, times in (("condition", 9.4), ("error", 1), ("alpha", 1.25)):
        table += f"m,,4.5,{rule},4.5,{times},1,{times},0.5,why\r\n"
    (tmp_path / "curve.csv").write_text(table)
    report(path, f"--allocation={tmp_path / 'curve.csv'}")
    assert first_screen(report)[0] == (
        "At 4.5 bits a weight, distributing them over the layers of m by ⌈log₂ κ⌉ + bbase leaves 9.40 times the least total error "
        "that is possible, by 1/α 1.25 times."
    )


def test_two_files(report, tmp_path):
    first = synthetic.write(tmp_path / "a.h5", name="erste", models=("alpha",))

    def change(units, _):
        units["error_frobenius"] *= 2

    second = synthetic.write(
        tmp_path / "b.h5", name="zweite", models=("alpha", "beta"), quantizers=synthetic.QUANTIZERS[:4], change=change
    )
    report(first, second)
    page = report.page
    assert report.names("figure") == {"ratios", "errors", "shared-units", "claims"}
    assert report.names("table") == {"measures", "quantizers", "claims", "differing"}
    assert "48 units are done in both" in page and "12 only in A, 48 only in B" in page
    assert "A: erste" in page and "B: zweite" in page and not links_outside(page)
    check_links(report)
    with open(report.folder / "tables" / "differing.csv", newline="", encoding="utf-8") as file:
        changes = [float(row["change"]) for row in csv.DictReader(file)]
    assert len(changes) == 36 and numpy.allclose(changes, 1)


@pytest.mark.parametrize("units", [10_000])
def test_ten_thousand_units_in_a_minute_and_ten_megabytes(report, tmp_path, units):
    quantizers = [*synthetic.QUANTIZERS, *(f"int:bits={b},block={n}" for b in (2, 5, 6) for n in (16, 32, 64, 128, 256))]
    result = synthetic.write(tmp_path / "r.h5", models=("a", "b", "c", "d", "e"), blocks=34, quantizers=quantizers)
    began = os.times()
    report(result)
    ended = os.times()
    # The report runs on one core; its processor time is what it takes where nothing else runs, as on no test machine.
    seconds = ended.children_user + ended.children_system - began.children_user - began.children_system
    assert f"<b>{len(quantizers) * 5 * 3 * 34:,}</b><span>units done" in report.page and len(quantizers) * 5 * 3 * 34 >= units
    assert len(report.page.encode()) < 10e6
    print(f"{seconds:.1f} s")
    assert seconds <= 60
