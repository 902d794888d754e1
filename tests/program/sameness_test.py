"""The aggregate is the same, byte for byte, however the work was cut, on however many ranks, after any stop."""
import json
import signal
import time

import pytest
from conftest import llama_checkpoint, write_manifest


@pytest.fixture
def job(tmp_path):
    model = llama_checkpoint(tmp_path / "model", blocks=3)
    return write_manifest(tmp_path / "job.yaml", [model], ["nvfp4", "int:block=16", "uniform:bits=3"])


@pytest.fixture
def undisturbed(program, job, tmp_path):
    program("run", job, "-o", tmp_path / "alone.h5")
    return (tmp_path / "alone.h5").read_bytes()


@pytest.mark.parametrize("ranks", [2, 3, 4])
def test_any_number_of_ranks(program, job, undisturbed, tmp_path, ranks):
    program("run", job, "-o", tmp_path / "r.h5", ranks=ranks)
    assert (tmp_path / "r.h5").read_bytes() == undisturbed


def test_any_cut_into_shards(program, job, undisturbed, tmp_path):
    manifest = json.loads(job.read_text())
    manifest["shards"] = {"count": 5}
    cut = tmp_path / "cut.yaml"
    cut.write_text(json.dumps(manifest))
    program("plan", cut, "-o", tmp_path / "plan.json")
    for shard in (3, 0, 4, 2, 1):
        program("run", tmp_path / "plan.json", "--shard", shard, "-o", tmp_path / "s.h5", ranks=1 + shard % 2)
    program("aggregate", tmp_path / "s.h5.shards", "-o", tmp_path / "s.h5")
    assert (tmp_path / "s.h5").read_bytes() == undisturbed


def test_an_incomplete_set_of_shards_says_what_is_missing(program, job, tmp_path):
    manifest = json.loads(job.read_text())
    manifest["shards"] = {"count": 3}
    job.write_text(json.dumps(manifest))
    program("run", job, "--shard", 1, "-o", tmp_path / "s.h5")
    result = program("aggregate", tmp_path / "s.h5.shards", "-o", tmp_path / "s.h5", code=75)
    assert "missing" in result.stdout


def test_a_deadline_stops_and_the_next_run_goes_on(program, job, undisturbed, tmp_path):
    outcome = tmp_path / "outcome.json"
    program("run", job, "-o", tmp_path / "r.h5", "--deadline", time.time() - 5, "--outcome-file", outcome, ranks=2, code=75)
    assert json.loads(outcome.read_text())["exit_code"] == 75
    assert json.loads(outcome.read_text())["done"] == 0
    program("run", job, "-o", tmp_path / "r.h5", "--outcome-file", outcome)
    assert json.loads(outcome.read_text())["exit_code"] == 0
    assert (tmp_path / "r.h5").read_bytes() == undisturbed


@pytest.mark.parametrize("sent", [signal.SIGUSR1, signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_a_single_rank_stops_at_a_unit(program, tmp_path, sent):
    model = llama_checkpoint(tmp_path / "model", blocks=6, width=384, inner=1024)
    job = write_manifest(tmp_path / "job.yaml", [model], [f"int:bits={b},block={g}" for b in (2, 3, 4, 8) for g in (16, 32, 64)])
    process = program.start("run", job, "-o", tmp_path / "r.h5")
    shard = tmp_path / "r.h5.shards" / "shard-0000.h5"
    give_up = time.time() + 60
    while not shard.exists() and time.time() < give_up:
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(sent)
    process.communicate(timeout=60)
    assert process.returncode == 75
    status = json.loads(program("status", tmp_path / "r.h5.shards", "--json").stdout)
    assert status["pending"] > 0 and status["done"] > 0


def test_the_wrong_number_of_ranks_is_refused(program, job, tmp_path):
    result = program("run", job, "-o", tmp_path / "r.h5", "--expect-ranks", 3, ranks=2, code=76)
    assert "3" in result.stderr
    program("run", job, "-o", tmp_path / "r.h5", "--expect-ranks", 2, code=76)
    assert not (tmp_path / "r.h5").exists()


def test_a_narrower_instruction_set_stays_within_the_bounds(program, tmp_path):
    """SPECSWEEP_SIMD: other bits than with the widest, the same theorems; `compare` holds both against their bounds."""
    model = llama_checkpoint(tmp_path / "model", blocks=1, width=192, inner=512)
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    program("run", job, "-o", tmp_path / "widest.h5")
    for simd in ("avx2", "plain"):
        program.environment["SPECSWEEP_SIMD"] = simd
        program("run", job, "-o", tmp_path / f"{simd}.h5")
        program("compare", tmp_path / "widest.h5", tmp_path / f"{simd}.h5")
    assert (tmp_path / "plain.h5").read_bytes() != (tmp_path / "widest.h5").read_bytes()
    program.environment["SPECSWEEP_SIMD"] = "sse9"
    assert "SPECSWEEP_SIMD" in program("run", job, "-o", tmp_path / "r.h5", code=64).stderr
