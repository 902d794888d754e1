"""scripts/quickstart, with the program of this build."""

import csv
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(os.environ["SPECSWEEP_SOURCE_DIR"])


def test_main_job_without_shared_data(tmp_path):
    program = os.environ.get("SPECSWEEP_PROGRAM")
    if not program:
        pytest.skip("the program is not built")
    environment = {**os.environ, "SPECSWEEP_SHARED": str(tmp_path / "nothing"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    out = tmp_path / "out"
    command = [ROOT / "scripts" / "quickstart", "--program", program, "-o", out]
    result = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert result.returncode == 0, result.stdout
    assert str(out / "quickstart.h5") in result.stdout
    assert (out / "quickstart.h5").stat().st_size > 0
    page = (out / "report" / "index.html").read_text(encoding="utf-8")
    assert "240" in page and "stable rank" in page.lower()
    with open(out / "units.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 10
    assert {row["state"] for row in rows} == {"done"}
    assert {row["quantizer"] for row in rows} > {"reference"}
    assert {row["checkpoint"] for row in rows} and all(float(row["sigma_max"]) > 0 for row in rows)
