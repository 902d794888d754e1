"""A page as a real browser shows it: figures and tables are there and fit, nothing is fetched, the console is silent."""

import pytest
import synthetic
from browser import look

pytest.importorskip("matplotlib")


def check(found, console, figures, tables, width):
    assert not console, console
    assert found["figures"] == figures and found["tables"] == tables and found["captions"] == figures
    assert found["pictures"] == [1] * figures and found["drawn"]  # of the two layouts one is shown, and it has lines in it
    assert found["fetched"] == []
    assert found["width"] == width and found["content"] <= width and found["wide_figures"] == 0


def test_the_page_on_a_desk_and_on_a_telephone(report, tmp_path, chromium):
    report(synthetic.write(tmp_path / "r.h5", steps=(0, 100)))
    figures, tables = len(report.names("figure")), len(report.names("table"))
    assert figures >= 14 and tables >= 3
    page = report.folder / "index.html"
    light, console = look(chromium, page, tmp_path)
    check(light, console, figures, tables, 1280)
    narrow, console = look(chromium, page, tmp_path, width=420)
    check(narrow, console, figures, tables, 420)
    dark, console = look(chromium, page, tmp_path, dark=True)
    check(dark, console, figures, tables, 1280)
    assert dark["paper"] != light["paper"] and dark["ink"] != light["ink"]


def test_two_files(report, tmp_path, chromium):
    first = synthetic.write(tmp_path / "a.h5", models=("alpha",), blocks=2, name="a")
    second = synthetic.write(tmp_path / "b.h5", models=("alpha",), blocks=2, name="b", quantizers=synthetic.QUANTIZERS[:3])
    report(first, second)
    for width in (1280, 420):
        found, console = look(chromium, report.folder / "index.html", tmp_path, width=width)
        check(found, console, 4, len(report.names("table")), width)


@pytest.mark.parametrize(
    "fault",
    [
        '<script>throw new Error("broken")</script>',
        '<script>console.error("broken")</script>',
        '<img src="http://example.invalid/x.png">',
    ],
)
def test_the_check_sees_faults(tmp_path, chromium, fault):
    page = tmp_path / "index.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{fault}</body>")
    found, console = look(chromium, page, tmp_path)
    assert console or found["fetched"]
