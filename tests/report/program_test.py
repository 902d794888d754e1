"""`specsweep report` as a user meets it: from the build, installed, with the wrong Python first on PATH."""

import csv
import math
import os
import shutil
import subprocess

import pytest
import synthetic
from conftest import SOURCE

PROGRAM = os.environ.get("SPECSWEEP_PROGRAM", "")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="the program was not built")


def run(*arguments, code=0, program=PROGRAM, **environment):
    made = subprocess.run(
        [program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=200,
        env={**{k: v for k, v in os.environ.items() if k != "SPECSWEEP_PYTHON"}, **environment},
    )
    assert made.returncode == code, f"exit {made.returncode}\n{made.stdout[-2000:]}\n{made.stderr[-2000:]}"
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A real result of a few units."""
    folder = tmp_path_factory.mktemp("small")
    result = folder / "small.h5"
    run(
        "run",
        "--checkpoint",
        SOURCE / "examples/shakespeare-gpt2/step3000",
        "--quantizer",
        "nvfp4",
        "int:block=32",
        "--role",
        "mlp_up",
        "-o",
        result,
        XDG_CACHE_HOME=str(folder / "cache"),
    )
    return result


def test_a_real_result_and_its_report(small, tmp_path):
    pytest.importorskip("matplotlib")
    made = run("report", small, "-o", tmp_path / "out")
    assert made.stdout.strip().endswith("index.html") and "Traceback" not in made.stderr
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "<b>12</b><span>units done" in page and 'id="figure-spectra"' in page


def test_a_shard_file_is_read_as_its_aggregate(tmp_path):
    """All that both hold: moments are columns of one table in the one, datasets in the other."""
    from specsweep_analysis import load

    checkpoint = SOURCE / "examples/shakespeare-gpt2/step3000"
    run("run", "--checkpoint", checkpoint, "--quantizer", "int:block=32", "--role", "embedding", "mlp_up", "-o", tmp_path / "r.h5")
    shard, aggregate = load(tmp_path / "r.h5.shards/shard-0000.h5"), load(tmp_path / "r.h5")
    common = [name for name in shard if name in aggregate and name not in ("file", "reason", "relative_error")]
    assert "centred_cosine_share_1" in common and (shard["cosine_pairs"] > 0).any()
    assert shard[common].equals(aggregate[common])


def test_the_package_reads_what_export_writes(small, tmp_path):
    """Every column of the CSV, number by number."""
    from specsweep_analysis import load

    run("export", small, "--table", "units", "-o", tmp_path / "units.csv")
    units = load(small)
    with open(tmp_path / "units.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(units) and set(rows[0]) <= set(units)
    for row, (_, unit) in zip(rows, units.iterrows()):
        for name, text in row.items():
            value = unit[name]
            if text == "":
                assert value is None or value != value or value in ("", -1), name
            elif isinstance(value, str):
                assert value == text, name
            else:
                assert float(text) == value or math.isclose(float(text), value, rel_tol=1e-15), name


def stand_in(folder, text):
    folder.mkdir()
    path = folder / "python3"
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
    return path


def has_python():
    return subprocess.run(["/usr/bin/python3", "-c", "import h5py, pandas"], capture_output=True).returncode == 0


def test_the_right_python_is_not_first_on_the_path(tmp_path):
    if not has_python():
        pytest.skip("/usr/bin/python3 lacks h5py or pandas")
    result = synthetic.write(
        tmp_path / "r.h5", models=("m",), blocks=1, roles=["mlp_up"], quantizers=["reference"], with_verdicts=False
    )
    lacking = stand_in(tmp_path / "bin", 'if [[ $1 == -c ]]; then echo h5py pandas; else exit 9; fi')
    path = f"{lacking.parent}:{os.environ['PATH']}"
    run("report", result, "-o", tmp_path / "a", PATH=path)
    assert (tmp_path / "a" / "index.html").exists()
    # A Python that is named is the only one that is tried.
    said = run("report", result, "-o", tmp_path / "b", code=74, SPECSWEEP_PYTHON=str(lacking)).stderr
    assert "lacks h5py pandas" in said and "python3-h5py" in said and "SPECSWEEP_PYTHON" in said
    said = run("report", result, "-o", tmp_path / "b", code=74, SPECSWEEP_PYTHON=str(tmp_path / "none")).stderr
    assert "cannot be run" in said and not (tmp_path / "b").exists()


def test_errors_of_the_command_line(tmp_path):
    result = synthetic.write(
        tmp_path / "r.h5", models=("m",), blocks=1, roles=["mlp_up"], quantizers=["reference"], with_verdicts=False
    )
    assert "-o DIR" in run("report", result, code=64).stderr
    run("report", "-o", tmp_path / "o", code=64)
    run("report", result, result, result, "-o", tmp_path / "o", code=64)
    assert "--output" in run("report", result, "--outputt", tmp_path / "o", code=64).stderr
    assert "no such file" in run("report", tmp_path / "-x.h5", "-o", tmp_path / "o", code=74).stderr


def test_installed(tmp_path):
    """The installed program uses the package that was installed with it."""
    if not has_python():
        pytest.skip("/usr/bin/python3 lacks h5py or pandas")
    prefix = tmp_path / "prefix"
    subprocess.run(
        [shutil.which("cmake"), "--install", os.environ["SPECSWEEP_BUILD_DIR"], "--prefix", prefix],
        check=True,
        capture_output=True,
    )
    package = next(prefix.glob("**/specsweep_analysis"))
    css = package / "page.css"
    css.write_text(css.read_text() + "/* the installed one */\n")
    result = synthetic.write(
        tmp_path / "r.h5", models=("m",), blocks=1, roles=["mlp_up"], quantizers=["reference"], with_verdicts=False
    )
    run("report", result, "-o", tmp_path / "out", program=str(prefix / "bin" / "specsweep"))
    assert "the installed one" in (tmp_path / "out" / "index.html").read_text("utf-8")
    assert not list(prefix.glob("**/__pycache__"))
