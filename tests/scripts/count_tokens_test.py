"""scripts/count-tokens: counts that somebody else made, and what it says to bad input."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(os.environ["SPECSWEEP_SOURCE_DIR"])
SHARED = Path(os.environ.get("SPECSWEEP_SHARED", SOURCE.parent / "shared"))


def count(*arguments, code=0):
    made = subprocess.run([sys.executable, SOURCE / "scripts/count-tokens", *map(str, arguments)], capture_output=True, text=True, timeout=100)
    assert made.returncode == code, made.stderr
    return made


def test_counts_of_the_shared_text(tmp_path):
    pytest.importorskip("tokenizers", reason="the package tokenizers is not installed")
    if not SHARED.is_dir():
        pytest.skip("no shared folder on this machine (SPECSWEEP_SHARED)")
    said = count("--tokenizer", SHARED / "data/tokenizer.json", "-o", tmp_path / "c.json", SHARED / "data/shakespeare.txt").stdout
    assert json.loads((tmp_path / "c.json").read_text()) == json.loads((SHARED / "data/token_counts.json").read_text())
    assert "459,792 tokens, 812 of 1,024 occur" in said


def test_arguments_and_existing_files(tmp_path):
    assert "--tokenizer" in count("--help").stdout
    assert "are needed" in count("text", code=64).stderr
    (tmp_path / "c.json").write_text("mine")
    refused = count("--tokenizer", tmp_path, "-o", tmp_path / "c.json", "text", code=64)
    assert "exists" in refused.stderr and (tmp_path / "c.json").read_text() == "mine"


def test_without_the_package(tmp_path):
    """A package of that name that cannot be imported stands in for one that is not there."""
    (tmp_path / "tokenizers.py").write_text("raise ImportError('not here')")
    made = subprocess.run(
        [sys.executable, SOURCE / "scripts/count-tokens", "--tokenizer", "t", "-o", tmp_path / "c.json", "text"],
        capture_output=True, text=True, timeout=100, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert made.returncode == 69 and "pip install tokenizers" in made.stderr and not (tmp_path / "c.json").exists()
