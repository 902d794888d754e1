"""kill -9 of one rank or of all at random moments, 50 times: the file stays readable, finished units stay, the end is the same."""
import os
import random
import signal
import subprocess
import time

import h5py
import pytest
from conftest import llama_checkpoint, write_manifest

KILLS = 50


def children_of(pid):
    out = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            out += [int(child) for child in file.read().split()]
    return out


def ranks_of(process):
    """The processes that mpirun started; empty while it is still starting or already ending."""
    try:
        found = children_of(process.pid)
        deeper = [grandchild for child in found for grandchild in children_of(child)]
    except (FileNotFoundError, ProcessLookupError):
        return []
    out = []
    for pid in found + deeper:
        try:
            with open(f"/proc/{pid}/comm") as file:
                if file.read().strip() == "specsweep":
                    out.append(pid)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return out


def is_running(pid):
    """Not gone, and no zombie that only waits for its parent to look."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def end_of(process):
    """Waits for the end of mpirun. Its own: Open MPI 4.1.4 sometimes sleeps for ever when a rank is killed while it is still
    starting; then no rank may be left, and it is ended here and counted."""
    try:
        process.communicate(timeout=20)
        return 0
    except subprocess.TimeoutExpired:
        left = lambda: [pid for pid in ranks_of(process) if is_running(pid)]  # a zombie is gone: mpirun has not looked
        give_up = time.time() + 40  # on a crowded machine mpirun needs its time to end the others
        while left() and time.time() < give_up:
            time.sleep(0.1)
        assert not left(), "a rank hangs"
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
        return 1


def finished(shard):
    """Unit id → its numbers, of every unit whose state says done, as h5py reads the file."""
    out = {}
    with h5py.File(shard) as file:
        units = file["units"]
        ids, states = units["id"][:], units["state"][:]
        offsets, counts = units["sigma_offset"][:], units["sigma_count"][:]
        sigma = file["/spectra/sigma"][:]
    for unit, state, offset, count in zip(ids, states, offsets, counts):
        if state == 1:
            out[unit] = sigma[offset:offset + count].tobytes()
    return out


def test_kill_nine_fifty_times(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model", blocks=6, width=192, inner=512)
    job = write_manifest(tmp_path / "job.yaml", [model],
                         [f"int:bits={b},block={g}" for b in (2, 3, 4, 8) for g in (8, 16, 32, 64)])
    began = time.time()
    program("run", job, "-o", tmp_path / "whole.h5", ranks=2)
    life = time.time() - began  # of a run, as fast as this machine is now
    undisturbed = (tmp_path / "whole.h5").read_bytes()
    reference = finished(tmp_path / "whole.h5")

    chance = random.Random(20261123)
    kills = resumed = round_number = stuck_launchers = 0
    while kills < KILLS:
        round_number += 1
        assert round_number < 40 * KILLS, "runs end before they can be killed"
        output = tmp_path / f"r{round_number}.h5"
        shard = tmp_path / f"r{round_number}.h5.shards" / "shard-0000.h5"
        kept = {}
        for _ in range(6):  # kill the same sweep several times before it may end
            process = program.start("run", job, "-o", output, "--no-table", ranks=2)
            give_up = time.time() + 30
            while not ranks_of(process) and process.poll() is None and time.time() < give_up:
                time.sleep(0.005)
            if kept or shard.exists():
                resumed += 1
            time.sleep(chance.uniform(0, life))
            victims = ranks_of(process)
            if victims:
                everyone = chance.random() < 0.3
                for pid in victims if everyone else [chance.choice(victims)]:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                kills += process.poll() is None
            stuck_launchers += end_of(process)
            if shard.exists():
                now = finished(shard)
                assert kept.keys() <= now.keys(), "a finished unit is gone"
                assert all(now[unit] == reference[unit] for unit in now)
                kept = now
            if process.returncode == 0 or kills >= KILLS:
                break
        program("run", job, "-o", output, ranks=2)
        assert output.read_bytes() == undisturbed
    assert resumed > 10
    assert stuck_launchers <= KILLS // 5


@pytest.mark.parametrize("ranks", [2, 3])
def test_no_process_is_left_after_a_kill(program, tmp_path, ranks):
    model = llama_checkpoint(tmp_path / "model", blocks=4, width=256, inner=512)
    job = write_manifest(tmp_path / "job.yaml", [model], [f"int:bits={b}" for b in (2, 3, 4, 8)])
    process = program.start("run", job, "-o", tmp_path / "r.h5", ranks=ranks)
    shard = tmp_path / "r.h5.shards" / "shard-0000.h5"
    while not shard.exists() and process.poll() is None:  # the ranks have started: mpirun copes with what comes now
        time.sleep(0.01)
    victims = ranks_of(process)
    assert len(victims) == ranks
    os.kill(victims[-1], signal.SIGKILL)
    end_of(process)
    assert process.returncode != 0
    time.sleep(0.5)
    assert not [pid for pid in victims if is_running(pid)]
