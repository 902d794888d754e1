"""The jobs that reproduce the sources: headers, plans on stand-ins, fetching, and the comparison with the published GPT-2 table."""

import csv
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys

import h5py
import numpy
import pytest
import synthetic
from conftest import SOURCE

JOBS = sorted(p for p in (SOURCE / "jobs").glob("*.yaml") if p.stem not in ("models", "stand-ins"))
SHARED = os.environ.get("SPECSWEEP_SHARED", str(SOURCE.parent / "shared"))
PROGRAM = os.environ.get("SPECSWEEP_PROGRAM", "")
OF_THE_SOURCES = {
    "paper-stable-rank",
    "paper-epsilon",
    "paper-block-sizes",
    "paper-trajectory",
    "paper-embeddings",
    "paper-zipf",
    "cross-architecture",
    "error-bounds",
    "mixed-precision",
    "attention",
    "non-uniform",
    "gpt2-reference",
}


def run_job_module():
    loader = importlib.machinery.SourceFileLoader("run_job", str(SOURCE / "scripts" / "run-job"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_job", loader))
    loader.exec_module(module)
    return module


def listed(path):
    """name → line of jobs/models.yaml or jobs/stand-ins.yaml."""
    return {line.split(":")[0]: line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")}


@pytest.mark.parametrize("job", JOBS, ids=lambda p: p.stem)
def test_header(job):
    """What it reproduces, what it needs, how long it takes; and its name is the file's."""
    text = job.read_text("utf-8")
    head = text[: text.index("\nname: ")]
    assert all(re.search(rf"^# {word} ", head, re.M) for word in ("Reproduces", "Needs", "Takes")), head
    assert f"\nname: {job.stem}\n" in text and all(len(line) <= 150 for line in text.splitlines())


def test_every_job_is_there_and_names_known_models():
    assert OF_THE_SOURCES <= {p.stem for p in JOBS}
    models = listed(SOURCE / "jobs" / "models.yaml")
    for job in JOBS:
        for name in re.findall(r'"\$\{MODELS\}/([^"*]+?)(?:/step\*)?"', job.read_text("utf-8")):
            assert any(m == name or m.startswith(f"{name}/") for m in models) or name == "gpt2-trajectory", (job.stem, name)
    assert set(listed(SOURCE / "jobs" / "stand-ins.yaml")) <= {*models, "gpt2-trajectory", "pythia-trajectory"}


def test_stand_ins_have_their_own_names():
    module = run_job_module()
    text, left_out = module.mapped(
        (SOURCE / "jobs" / "paper-trajectory.yaml").read_text("utf-8"), {"gpt2-trajectory": "shakespeare-gpt2"}
    )
    assert '- {id: shakespeare-gpt2, path: "${MODELS}/shakespeare-gpt2/step*", step: from_name}  # for gpt2-trajectory' in text
    assert left_out == ["pythia-trajectory"] and "id: pythia" not in text and "id: gpt2-trajectory" not in text


def counts_folder(tmp_path):
    """The stand-ins share one tokenizer, whose counts go by the names of all models."""
    folder = tmp_path / "counts"
    folder.mkdir()
    for name in ("gpt2", "pythia-70m", "Qwen2.5-0.5B"):
        (folder / f"{name}.json").symlink_to(f"{SHARED}/data/token_counts.json")
    return str(folder)


@pytest.mark.skipif(not PROGRAM, reason="the program was not built")
@pytest.mark.parametrize("name", sorted(OF_THE_SOURCES))
def test_plan_on_stand_ins(name, tmp_path):
    if not os.path.isdir(f"{SHARED}/models"):
        pytest.skip("no shared folder on this machine (SPECSWEEP_SHARED)")
    module = run_job_module()
    text, _ = module.mapped(
        (SOURCE / "jobs" / f"{name}.yaml").read_text("utf-8"), module.read_map(SOURCE / "jobs" / "stand-ins.yaml")
    )
    job = tmp_path / f"{name}.yaml"
    job.write_text(text, "utf-8")
    extra = ["--architecture", SOURCE / "examples" / "gpt2-unsliced.yaml"] if name == "gpt2-reference" else []
    made = subprocess.run(
        [PROGRAM, "plan", job, *extra],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "MODELS": f"{SHARED}/models", "TOKEN_COUNTS": counts_folder(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
    )
    assert made.returncode == 0, made.stderr
    assert "units" in made.stdout


@pytest.mark.skipif(not PROGRAM, reason="the program was not built")
def test_a_job_from_end_to_end(tmp_path):
    """On the checkpoint of the repository, standing in for GPT-2."""
    pytest.importorskip("matplotlib")
    mapping = tmp_path / "map.yaml"
    mapping.write_text("# one\ngpt2: shakespeare-gpt2/step3000\n")
    made = subprocess.run(
        [
            SOURCE / "scripts" / "run-job",
            SOURCE / "jobs" / "paper-stable-rank.yaml",
            "--map",
            mapping,
            "-o",
            tmp_path / "out",
            "--program",
            PROGRAM,
        ],
        capture_output=True,
        text=True,
        timeout=150,
        env={**os.environ, "MODELS": str(SOURCE / "examples"), "XDG_CACHE_HOME": str(tmp_path)},
    )
    assert made.returncode == 0, made.stdout[-1000:] + made.stderr[-2000:]
    assert "no stand-in for TinyLlama-1.1B" in made.stdout
    page = (tmp_path / "out" / "report" / "index.html").read_text("utf-8")
    assert "<b>40</b><span>units done" in page and "shakespeare-gpt2/step3000" in page and "TinyLlama" not in page
    with open(tmp_path / "out" / "verdicts.csv", newline="", encoding="utf-8") as file:
        assert {"weyl", "stable-rank-increases"} <= {row["claim"] for row in csv.DictReader(file)}


# The published GPT-2 table. No weights of GPT-2 are here: what is compared is made from the table itself.


def synthetic_gpt2(path, factor=1.0, shapes=1):
    """NOT GPT-2: a result file whose σ₁ and norms are the published ones, times `factor`."""
    with open(SOURCE / "analysis" / "gpt2_reference.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = ["transformer." + row["matrix"] for row in rows]

    def change(units, _):
        norm = numpy.array([float(r["norm"]) for r in rows]) * factor
        units["frobenius_squared"], units["sigma_max"] = norm**2, numpy.sqrt([float(r["lambda_max"]) for r in rows])
        units["stable_rank"] = units["frobenius_squared"] / units["sigma_max"] ** 2

    synthetic.write(
        path,
        models=("synthetic-gpt2",),
        blocks=len(rows),
        roles=["other"],
        quantizers=["reference"],
        with_verdicts=False,
        change=change,
    )
    with h5py.File(path, "a") as file:
        del file["matrices/name"]
        file["matrices/name"] = numpy.array([n.encode() for n in names], "S48")
        file["matrices/rows"][:] = [int(r["larger_side"]) * shapes for r in rows]
        file["matrices/cols"][:] = [int(r["smaller_side"]) for r in rows]
    return path


@pytest.mark.parametrize(
    "factor, shapes, code, words",
    [
        (1.0, 1, 0, "49 of 49 rows agree to 1 %"),
        (1.003, 1, 0, "49 of 49"),
        (1.02, 1, 1, "0 of 49 rows agree"),
        (1.0, 2, 65, "no GPT-2 small"),
    ],
)
def test_the_published_table(tmp_path, factor, shapes, code, words):
    path = synthetic_gpt2(tmp_path / "r.h5", factor, shapes)
    made = subprocess.run(
        [sys.executable, SOURCE / "analysis" / "gpt2_reference.py", path], capture_output=True, text=True, timeout=60
    )
    assert made.returncode == code and words in made.stdout + made.stderr, made.stdout[-500:] + made.stderr


def test_the_published_table_is_the_published_one():
    """Against the shared copy of ww-trends-2020, and its own identity norm²/λ_max = stable rank to 0.8 %."""
    with open(SOURCE / "analysis" / "gpt2_reference.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 50 and len({r["matrix"] for r in rows}) == 50
    for row in rows:
        assert abs(float(row["norm"]) ** 2 / float(row["lambda_max"]) / float(row["stable_rank"]) - 1) < 0.008
    table = os.path.join(SHARED, "reference", "gpt2-weightwatcher", "gpt2_small.csv")
    if not os.path.exists(table):
        pytest.skip("no shared folder on this machine (SPECSWEEP_SHARED)")
    with open(table, newline="", encoding="utf-8") as file:
        theirs = [r for r in csv.DictReader(file) if r["level"] == "LEVEL.SLICE"]
    assert [(r["N"], r["norm"], r["spectral_norm"], r["stable_rank"]) for r in theirs] == [
        (r["larger_side"], r["norm"], r["lambda_max"], r["stable_rank"]) for r in rows
    ]


# fetch-models with a stand-in for the hub's client

CLIENT = """#!/bin/bash
echo "$*" >> {log}
while (( $# )); do [[ $1 == --local-dir ]] && target=$2; shift; done
mkdir -p "$target/.cache/huggingface/download"
echo '{{}}' > "$target/config.json"; echo {bytes} > "$target/model.safetensors"
echo 0123abcd > "$target/.cache/huggingface/download/config.json.metadata"
"""


def fetch(tmp_path, *arguments, code=0, content="one", client=True):
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    if client:
        (folder / "hf").write_text(CLIENT.format(log=tmp_path / "log", bytes=content))
        (folder / "hf").chmod(0o755)
    made = subprocess.run(
        [SOURCE / "scripts" / "fetch-models", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PATH": f"{folder}:/usr/bin:/bin", "MODELS": str(tmp_path / "models")},
    )
    assert made.returncode == code, made.stdout + made.stderr
    return made


def test_fetch_models(tmp_path):
    fetch(tmp_path, "gpt2", "pythia-trajectory/step1*")
    calls = (tmp_path / "log").read_text().splitlines()
    assert len(calls) == 6 and calls[0].startswith("download openai-community/gpt2 --revision 607a30d783dfa663caf39e06633721c8d4cfcd7e --local-dir gpt2 ")
    assert "EleutherAI/pythia-70m --revision step16 " in calls[1]
    digests = (tmp_path / "models" / "digests.txt").read_text().splitlines()
    assert len(digests) == 12 and re.fullmatch(r"[0-9a-f]{64} gpt2/config.json openai-community/gpt2@0123abcd", digests[0])
    fetch(tmp_path, "gpt2")
    assert len((tmp_path / "models" / "digests.txt").read_text().splitlines()) == 12
    assert "gpt2/model.safetensors is not what was recorded" in fetch(tmp_path, "gpt2", content="other", code=1).stderr


def test_fetch_models_says_what_is_wrong(tmp_path):
    assert "no model is called 'gpt3'" in fetch(tmp_path, "gpt3", code=64).stderr
    assert "which models" in fetch(tmp_path, code=64).stderr
    assert "--lits" in fetch(tmp_path, "--lits", code=64).stderr
    assert "openai-community/gpt2" in fetch(tmp_path, "--list").stdout
    if not any(os.path.exists(f"{d}/{c}") for d in ("/usr/bin", "/bin") for c in ("hf", "huggingface-cli")):
        (tmp_path / "bin" / "hf").unlink()
        assert "no Hugging Face client" in fetch(tmp_path, "gpt2", client=False, code=74).stderr
