"""A grown sweep computes only what is new; a task computes only its shard; two runs do not meet on one shard."""
import json
import os
import signal
import subprocess
import time

from conftest import llama_checkpoint, write_manifest


def test_a_grown_sweep_takes_old_units(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    small = write_manifest(tmp_path / "small.yaml", [model], ["int:block=16"])
    grown = write_manifest(tmp_path / "grown.yaml", [model], ["int:block=16", "nvfp4"])
    program("run", small, "-o", tmp_path / "small.h5", "--no-table")
    said = program("plan", grown, "--reuse", tmp_path / "small.h5").stdout
    assert "30 distinct units are known already, 15 are new" in said
    counted = json.loads(program("plan", grown, "--reuse", tmp_path / "small.h5.shards", "--json").stdout)["reuse"]
    assert (counted["known"], counted["new"]) == (30, 15)
    for ranks in (None, 2):
        output = tmp_path / f"grown-{ranks}.h5"
        outcome = tmp_path / "outcome.json"
        result = program("run", grown, "-o", output, "--reuse", tmp_path / "small.h5", "--outcome-file", outcome, ranks=ranks)
        assert "15 computed now" in result.stdout
        assert json.loads(outcome.read_text())["reused"] == 30
    program("run", grown, "-o", tmp_path / "fresh.h5", "--no-table")
    assert (tmp_path / "grown-2.h5").read_bytes() == (tmp_path / "fresh.h5").read_bytes()
    assert (tmp_path / "grown-None.h5").read_bytes() == (tmp_path / "fresh.h5").read_bytes()


def test_what_is_to_be_reused_is_looked_for_first(program, tmp_path):
    manifest = write_manifest(tmp_path / "a.yaml", [llama_checkpoint(tmp_path / "model")], ["int:block=16"])
    said = program("run", manifest, "-o", tmp_path / "a.h5", "--reuse", tmp_path / "none.h5", code=74).stderr
    assert "none.h5" in said
    assert not list(tmp_path.glob("a.h5*")), "nothing is made"


def test_another_seed_or_tolerance_is_not_reused(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    first = write_manifest(tmp_path / "a.yaml", [model], ["int:block=16"])
    other = write_manifest(tmp_path / "b.yaml", [model], ["int:block=16"], tolerance=1e-5)
    program("run", first, "-o", tmp_path / "a.h5", "--no-table")
    outcome = tmp_path / "outcome.json"
    program("run", other, "-o", tmp_path / "b.h5", "--no-table", "--reuse", tmp_path / "a.h5", "--outcome-file", outcome)
    assert json.loads(outcome.read_text())["reused"] == 0


def test_shards_by_themselves_are_the_whole(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    manifest = write_manifest(tmp_path / "m.yaml", [model], ["int:block=16", "nvfp4"], shards={"count": 4})
    program("plan", manifest, "-o", tmp_path / "plan.json")
    program("run", tmp_path / "plan.json", "-o", tmp_path / "whole.h5", "--no-table")
    cut = json.loads((tmp_path / "plan.json").read_text())["cut_sha256"]
    for shard in (3, 0, 2, 1):
        program("run", tmp_path / "plan.json", "--shard", shard, "-o", tmp_path / "parts.h5", "--plan-sha256", cut[:16],
                ranks=1 + shard % 2)
    program("aggregate", tmp_path / "parts.h5.shards", "-o", tmp_path / "parts.h5")
    assert (tmp_path / "parts.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()
    assert (tmp_path / "parts.h5.shards" / "plan.json").read_bytes() == (tmp_path / "plan.json").read_bytes()
    assert "no shard 4" in program("run", tmp_path / "plan.json", "--shard", 4, "-o", tmp_path / "x.h5", code=64).stderr
    wrong = program("run", tmp_path / "plan.json", "--shard", 0, "-o", tmp_path / "x.h5", "--plan-sha256", "00000000", code=64)
    assert "another plan" in wrong.stderr


def test_staged_files_are_read_from_there(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    manifest = write_manifest(tmp_path / "m.yaml", [model], ["int:block=16"])
    program("run", manifest, "-o", tmp_path / "a.h5", "--no-table")
    program("run", manifest, "-o", tmp_path / "b.h5", "--no-table", "--stage", tmp_path / "scratch", ranks=2)
    copies = list((tmp_path / "scratch").iterdir())
    assert len(copies) == 1 and copies[0].read_bytes() == (model / "model.safetensors").read_bytes()
    assert (tmp_path / "b.h5").read_bytes() == (tmp_path / "a.h5").read_bytes()
    # A scratch that cannot be written costs a warning.
    result = program("run", manifest, "-o", tmp_path / "c.h5", "--no-table", "--stage", "/proc/nowhere")
    assert "is read where it lies" in result.stderr
    assert (tmp_path / "c.h5").read_bytes() == (tmp_path / "a.h5").read_bytes()


def test_a_deadline_that_no_unit_fits_says_so(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    manifest = write_manifest(tmp_path / "m.yaml", [model], ["int:block=16"])
    outcome = tmp_path / "outcome.json"
    program("run", manifest, "-o", tmp_path / "a.h5", "--no-table", "--deadline", int(time.time()) + 60, "--margin", 120,
            "--outcome-file", outcome, code=75)
    said = json.loads(outcome.read_text())
    assert said["by_deadline"] and said["computed"] == 0 and said["go_on"] is False
    program("run", manifest, "-o", tmp_path / "a.h5", "--no-table", "--deadline", int(time.time()) + 600, "--margin", 120)


def test_a_held_shard_is_left_alone_and_a_dead_holder_is_not(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    manifest = write_manifest(tmp_path / "m.yaml", [model], ["int:block=16"])
    lease = tmp_path / "a.h5.shards" / ".shard-0000.h5.lease"
    lease.parent.mkdir()
    holder = subprocess.Popen(["sleep", "60"])
    start = open(f"/proc/{holder.pid}/stat").read().rsplit(")", 1)[1].split()[19]
    machine = open("/proc/sys/kernel/random/boot_id").read().strip() + " " + os.readlink("/proc/self/ns/pid")
    lease.write_text(json.dumps({"id": "x", "machine": machine, "host": "n1", "job": "7_1", "process": holder.pid,
                                 "process_start": start}))
    try:
        outcome = tmp_path / "outcome.json"
        result = program("run", manifest, "-o", tmp_path / "a.h5", "--no-table", "--outcome-file", outcome, code=75)
        assert "job 7_1" in result.stderr
        assert json.loads(outcome.read_text())["go_on"] is False  # a task must not requeue itself for that
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    program("run", manifest, "-o", tmp_path / "a.h5", "--no-table")
    assert not lease.exists()
