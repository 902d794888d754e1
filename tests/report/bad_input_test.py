"""What a report does with files that are incomplete, degenerate, large, strange, or not files at all."""

import re

import h5py
import numpy
import pytest
import synthetic

pytest.importorskip("matplotlib")


def test_degenerate_units_of_every_kind(report, tmp_path):
    """Zero and constant matrices, failed and pending units, a failed reference, inf and NaN, names in other scripts: all in one."""

    def change(units, sigma):
        sigma[0:5] = 0  # a zero matrix: nothing is defined
        for name in [*synthetic.SINGLE, *synthetic.PAIR]:
            units[name][0:5] = numpy.nan
        units["reason"][0:5] = b"stable_rank:zero-matrix;powerlaw_alpha:zero-matrix"
        sigma[5:10, 1:] = 0  # a constant matrix: one value
        units["condition_number"][5:10] = numpy.inf
        units["powerlaw_alpha"][5:10] = numpy.nan
        units["state"][10:13] = 2, 2, 0  # a failed reference, a failed unit, a pending one
        units["reason"][10] = "unit:nan-weights ‹Zeile 3›".encode()
        sigma[10:13] = numpy.nan
        units["epsilon_r2"][20:25] = numpy.nan
        units["relative_error"] = numpy.full(len(sigma), numpy.inf)
        units["stable_rank_ratio"][27] = numpy.inf

    name, model = "größe <script>alert(1)</script> 大きさ", "модель&\"'<x>"
    result = synthetic.write(tmp_path / "ünïcode 文.h5", models=(model, "β"), steps=(0, 7), name=name, change=change, width=24)
    report(result)
    page = report.page
    assert "<script>" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; 大きさ" in page
    assert "модель&amp;&quot;&#x27;&lt;x&gt;" in page and "<x>" not in page
    assert "<b>2</b><span>failed" in page and "<b>1</b><span>pending" in page and "‹Zeile 3›" in page
    assert "zero-matrix" in page and len(report.names("figure")) >= 12
    assert not re.search(r">\s*(nan|inf|NaN|NA)\s*<", page)


def test_fewer_than_ten_singular_values(report, tmp_path):
    def change(units, _):
        for name in ("powerlaw_alpha", "epsilon_r2", "epsilon_r2_null_95"):
            units[name][:] = numpy.nan
        units["reason"][:] = b"powerlaw_alpha:too-few-values"

    report(synthetic.write(tmp_path / "r.h5", models=("m",), blocks=2, width=6, change=change))
    assert "too-few-values" in report.page and "epsilon" not in report.names("figure")
    assert "fewer than ten resolved singular values" in report.page


def test_a_single_unit_and_no_quantized_units(report, tmp_path):
    one = synthetic.write(
        tmp_path / "one.h5", models=("m",), blocks=1, roles=["mlp_up"], quantizers=["reference"], with_verdicts=False
    )
    report(one)
    assert "<b>1</b><span>units done" in report.page and re.search(r"Nothing was quantized. The stable rank of \S+ is \d", report.page)
    assert report.names("table") == {"checkpoints"} and report.names("figure") == {"spectra"} and "No verdicts are stored" in report.page
    two = synthetic.write(tmp_path / "two.h5", models=("m",), blocks=1, roles=["mlp_up"], quantizers=["reference", "nvfp4"])
    report(two)
    assert "in 1 of 1 quantized" in report.page or "in 0 of 1 quantized" in report.page


def test_nothing_is_done(report, tmp_path):
    def change(units, sigma):
        units["state"][:] = 0
        sigma[:] = numpy.nan
        for name in [*synthetic.SINGLE, *synthetic.PAIR]:
            units[name][:] = numpy.nan

    report(synthetic.write(tmp_path / "r.h5", models=("m",), blocks=1, change=change, with_verdicts=False))
    assert "<b>0</b><span>units done" in report.page and not report.names("figure")


def test_every_quantized_unit_failed(report, tmp_path):
    def change(units, _):
        units["state"][units["quantizer"] > 0] = 2

    report(synthetic.write(tmp_path / "r.h5", models=("m",), blocks=2, change=change))
    assert "<b>24</b><span>failed" in report.page and "nothing to conclude yet" in report.page


def test_columns_that_an_older_program_did_not_compute(report, tmp_path):
    result = synthetic.write(tmp_path / "r.h5", models=("m",), blocks=2, with_verdicts=False)
    with h5py.File(result, "a") as file:
        for name in ("epsilon_r2", "epsilon_r2_null_95", "powerlaw_alpha", "error_spectral"):
            file[f"units/{name}"][:] = numpy.nan
            file[f"units/{name}"].attrs["status"] = numpy.bytes_("not-computed")
        del file["units/pr_energy"]
    report(result)
    assert "did not compute: epsilon_r2, epsilon_r2_null_95" in report.page and "epsilon-r2" not in report.names("figure")


def test_a_hundred_thousand_units(report, tmp_path):
    quantizers = [*synthetic.QUANTIZERS, *(f"int:bits={b},block={n}" for b in range(5, 9) for n in (16, 32, 64, 128, 256))]
    result = synthetic.write(tmp_path / "r.h5", models=tuple("abcdefgh"), blocks=167, width=12, quantizers=quantizers)
    report(result)
    assert f"<b>{8 * 3 * 167 * len(quantizers):,}</b>" in report.page and 8 * 3 * 167 * len(quantizers) > 100_000
    assert len(report.page.encode()) < 10e6


def refused(report, *files, code, words):
    said = report(*files, code=code).stderr.strip()
    assert said.startswith("specsweep: error: ") and len(said.splitlines()) == 1 and all(w in said for w in words), said
    assert not (report.folder / "index.html").exists()


def test_files_that_are_none_of_ours(report, tmp_path):
    refused(report, tmp_path / "none.h5", code=74, words=["no such file"])
    refused(report, tmp_path, code=74, words=["folder"])
    text = tmp_path / "text.h5"
    text.write_text("no HDF5")
    refused(report, text, code=65, words=["HDF5"])
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["x"] = 1
    refused(report, other, code=65, words=["no result file of specsweep"])
    newer = synthetic.write(tmp_path / "newer.h5", models=("m",), blocks=1, version=99)
    refused(report, newer, code=65, words=["format version 99", "this reader knows 1 to 6", "program that wrote it"])
    shard = synthetic.write(tmp_path / "shard.h5", models=("m",), blocks=1, kind="shard")
    refused(report, shard, code=65, words=["shard", "aggregate"])
    provenance = synthetic.write(tmp_path / "p.h5", models=("m",), blocks=1, kind="provenance")
    refused(report, provenance, code=65, words=["timings"])
    damaged = synthetic.write(tmp_path / "damaged.h5", models=("m",), blocks=1)
    with h5py.File(damaged, "a") as file:
        del file["spectra/error"]
    refused(report, damaged, code=65, words=["damaged", "/spectra/error"])
    refused(report, other, other, other, code=64, words=["one or two"])


def test_a_figure_that_cannot_be_written(report, tmp_path):
    result = synthetic.write(tmp_path / "r.h5", models=("m",), blocks=1)
    (report.folder / "figures" / "spectra.svg").mkdir(parents=True)
    refused(report, result, code=74, words=["cannot write", "directory"])


def test_missing_matplotlib(report, tmp_path):
    """A Python without it: a clear message, and every table."""
    blocker = tmp_path / "blocker"
    blocker.mkdir()
    (blocker / "sitecustomize.py").write_text(
        "import importlib.abc, sys\n"
        "class Blocker(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'matplotlib': raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Blocker())\n"
    )
    result = synthetic.write(tmp_path / "r.h5", models=("m",), blocks=2)
    said = report(result, code=74, before=str(blocker)).stderr
    assert "matplotlib was not found" in said and "python3-matplotlib" in said
    assert {"claims", "quantizers", "checkpoints"} <= report.names("table") and not report.names("figure")
    assert "has no figures" in report.page and (report.folder / "tables" / "units.csv").stat().st_size > 0
    report(result, result, code=74, before=str(blocker))
    assert "measures" in report.names("table") and "Traceback" not in report.page


def test_a_matplotlib_that_does_not_load(report, tmp_path):
    (tmp_path / "broken" / "matplotlib").mkdir(parents=True)
    (tmp_path / "broken" / "matplotlib" / "__init__.py").write_text("raise ImportError('built for another numpy')")
    said = report(synthetic.write(tmp_path / "r.h5", models=("m",), blocks=2), code=74, before=str(tmp_path / "broken")).stderr
    assert "matplotlib cannot be imported: built for another numpy" in said
    assert "claims" in report.names("table") and not report.names("figure")


def test_names_in_scripts_that_no_font_has(report, tmp_path):
    """The words are in the page; nothing is said about glyphs (Report refuses warnings on stderr)."""
    report(synthetic.write(tmp_path / "r.h5", models=("模型-модель", "b"), blocks=2))
    assert "模型-модель" in report.page


def test_the_folder_exists(report, tmp_path):
    """An earlier report is replaced, other files stay, somebody else's page is not overwritten, a file is refused."""
    small = dict(models=("m",), blocks=1, roles=["mlp_up"])
    report.folder.mkdir()
    (report.folder / "notes.txt").write_text("mine")
    report(synthetic.write(tmp_path / "a.h5", quantizers=["reference", "nvfp4", "int:block=32"], **small))
    assert (report.folder / "figures" / "pareto.svg").exists() and (report.folder / "notes.txt").read_text() == "mine"
    (report.folder / "figures" / "mine.svg").write_text("mine")
    report(synthetic.write(tmp_path / "b.h5", quantizers=["reference"], with_verdicts=False, **small))
    assert not (report.folder / "figures" / "pareto.svg").exists() and not (report.folder / "tables" / "claims.csv").exists()
    assert (report.folder / "figures" / "mine.svg").exists() and (report.folder / "notes.txt").exists()
    foreign = tmp_path / "site"
    foreign.mkdir()
    (foreign / "index.html").write_text("<h1>home</h1>")
    report.folder = foreign
    assert "is not a report of specsweep" in report(tmp_path / "b.h5", code=64).stderr
    assert (foreign / "index.html").read_text() == "<h1>home</h1>"
    report.folder = tmp_path / "a.h5"
    assert "it is a file" in report(tmp_path / "b.h5", code=64).stderr
