"""Stopping under mpirun: SIGUSR1 drains and exits 75; SIGINT and SIGTERM cost at most the running units."""
import json
import signal
import time

import h5py
import pytest
from conftest import llama_checkpoint, write_manifest


@pytest.fixture
def job(tmp_path):
    model = llama_checkpoint(tmp_path / "model", blocks=6, width=256, inner=768)
    return write_manifest(tmp_path / "job.yaml", [model], [f"int:bits={b},block={g}" for b in (2, 3, 4, 8) for g in (16, 32)])


def start_and_wait_for_units(program, job, output, ranks):
    process = program.start("run", job, "-o", output, "--outcome-file", str(output) + ".json", ranks=ranks)
    shard = output.with_name(output.name + ".shards") / "shard-0000.h5"
    give_up = time.time() + 60
    while time.time() < give_up:
        time.sleep(0.02)
        if process.poll() is not None:
            break
        if shard.exists():
            try:
                with h5py.File(shard) as file:
                    if (file["units/state"][:] == 1).sum() >= 2:
                        break
            except OSError:
                pass
    assert process.poll() is None, process.communicate()
    return process


def test_usr1_drains_all_ranks(program, job, tmp_path):
    output = tmp_path / "r.h5"
    process = start_and_wait_for_units(program, job, output, ranks=2)
    process.send_signal(signal.SIGUSR1)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 75, out + err
    outcome = json.loads((tmp_path / "r.h5.json").read_text())
    assert outcome["exit_code"] == 75 and outcome["pending"] > 0 and outcome["done"] > 0
    program("run", job, "-o", output, ranks=2)
    program("run", job, "-o", tmp_path / "alone.h5", ranks=2)
    assert output.read_bytes() == (tmp_path / "alone.h5").read_bytes()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_mpirun_costs_at_most_the_running_units(program, job, tmp_path, sent):
    output = tmp_path / "r.h5"
    process = start_and_wait_for_units(program, job, output, ranks=2)
    process.send_signal(sent)
    process.communicate(timeout=60)
    status = json.loads(program("status", tmp_path / "r.h5.shards", "--json").stdout)
    assert status["done"] >= 2
    program("run", job, "-o", output, ranks=2)
    assert json.loads(program("status", output, "--json").stdout)["pending"] == 0


def test_singletons_are_recognised(program, job, tmp_path):
    """Several ranks that each believe to be alone: with --expect-ranks, or when Slurm says that it started more."""
    program("run", job, "-o", tmp_path / "r.h5", "--expect-ranks", 2, code=76)
    program.environment["SLURM_STEP_NUM_TASKS"] = "2"
    result = program("run", job, "-o", tmp_path / "r.h5", code=76)
    assert "rank" in result.stderr
    assert not (tmp_path / "r.h5").exists()


def test_two_programs_on_one_file(program, job, tmp_path):
    """The second one is told, and the first one's file stays whole."""
    output = tmp_path / "r.h5"
    first = start_and_wait_for_units(program, job, output, ranks=2)
    second = program("run", job, "-o", output, code=None)
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert second.returncode in (0, 75)  # done before it looked, or the lease is another's
    assert json.loads(program("verify", output, "--json").stdout)["findings"] == []
