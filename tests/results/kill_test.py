"""A shard file whose ranks are killed at random moments stays readable, keeps every unit whose state was written, and ends as if nothing happened."""
import os
import random
import signal
import subprocess
import time
import zlib

import h5py
import numpy as np
import pytest

WRITER = os.environ["SHARD_WRITER"]
MPIRUN = os.environ["SPECSWEEP_MPIRUN"]


def start(path, ranks, microseconds):
    return subprocess.Popen([MPIRUN, str(ranks), WRITER, "write", str(path), str(microseconds)], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, start_new_session=True)


def ranks_of(launcher):
    """Process ids of the ranks: they run the writer in the launcher's session."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            session = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[3]
            program = os.readlink(f"/proc/{pid}/exe")
        except OSError:
            continue
        if int(session) == launcher.pid and program == os.path.realpath(WRITER):
            found.append(int(pid))
    return found


def kill(launcher, everything):
    """kill -9 of one rank, or of the launcher and all ranks; returns when none is left."""
    ranks = ranks_of(launcher)
    for pid in [launcher.pid] * everything + (ranks if everything else ranks[:1]):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    launcher.wait(60)
    while ranks_of(launcher):
        time.sleep(0.01)


def crc_of(f, i):
    """content_crc as docs/result_file.md specifies it, by other hands."""
    u = f["/units"]
    m = dict(zip((bytes(name).rstrip(b"\0").decode() for name in f["/moments/columns"]), f["/moments/values"][i]))
    text = lambda name: bytes(u[name][i]).rstrip(b"\0") + b"\0"
    state = int(u["state"][i])
    parts = [text("id"), bytes([state])] + ([text("reason")] if state == 2 else []) + [text("method")]
    cosines = ("mean", "mean_square", "share_1", "share_2", "share_3")
    reals = ["frobenius_squared", "frobenius_squared_error", "inner_product", "error_frobenius_squared", "error_max", "weight_min", "weight_max",
             "absolute_sum", "error_column_sum_max", "error_row_sum_max", "error_spectral_low", "error_spectral_high", "forward_error_rms",
             "forward_error_worst", *("cosine_" + c for c in cosines), *("centred_cosine_" + c for c in cosines), "zipf_exponent"]
    parts += [np.float64(m[c]).tobytes() for c in reals]
    parts += [np.int64(m[c]).tobytes() for c in ("zeroed", "clipped", "cosine_rows", "cosine_pairs")]
    if "cosine_histogram" in f:
        h = f["/cosine_histogram"]
        bins = len(h["edges"]) - 1
        for at in np.flatnonzero(h["unit"][:] == i):
            counts = [h[name][at * bins:(at + 1) * bins] for name in ("raw", "centred")]
            parts += [c.tobytes() for c in counts if counts[0][0] != -1]
    o, n = int(u["sigma_offset"][i]), int(u["sigma_count"][i])
    parts += [f["/spectra/sigma"][o:o + n].tobytes(), f["/spectra/error"][o:o + n].tobytes()]
    return zlib.crc32(b"".join(parts))


def done_units(path):
    with h5py.File(path, "r") as f:
        done = [i for i, s in enumerate(f["/units/state"][:]) if s == 1]
        for i in done:
            assert crc_of(f, i) == f["/units/content_crc"][i], f"unit {i} is called done and is not intact"
        return set(done)


@pytest.mark.parametrize("everything", [True, False])
def test_killed_runs_lose_nothing_that_was_finished(tmp_path, everything):
    seed = random.Random(20240 + everything)
    path = tmp_path / "shard-0000.h5"
    kept = set()
    interrupted = 0
    lock = tmp_path / ".shard-0000.h5.lock"
    for _ in range(6):
        lock.unlink(missing_ok=True)
        run = start(path, 2, 200000)
        while run.poll() is None and not (lock.exists() and path.exists()):
            time.sleep(0.01)
        time.sleep(seed.uniform(0.0, 0.5))
        interrupted += run.poll() is None
        kill(run, everything)
        now = done_units(path)
        assert kept <= now
        kept = now
    assert interrupted >= 2
    assert start(path, 2, 0).wait(60) == 0
    assert len(done_units(path)) == 21
    assert [p.name for p in tmp_path.iterdir()] == ["shard-0000.h5"], "no temporary or lock file stays"

    undisturbed = tmp_path / "undisturbed.h5"
    assert start(undisturbed, 1, 0).wait(60) == 0
    for name in (path, undisturbed):
        subprocess.run([MPIRUN, "1", WRITER, "aggregate", str(name), str(name) + ".aggregate.h5"], check=True)
    assert (tmp_path / "shard-0000.h5.aggregate.h5").read_bytes() == (tmp_path / "undisturbed.h5.aggregate.h5").read_bytes()


@pytest.mark.parametrize("component", ["ompio", "romio321"])
def test_both_io_components_of_open_mpi_leave_a_readable_file(tmp_path, component):
    have = subprocess.run(["ompi_info", "--parsable"], capture_output=True, text=True).stdout if subprocess.run(["sh", "-c", "command -v ompi_info"], capture_output=True).returncode == 0 else ""
    if f"mca:io:{component}:" not in have:
        pytest.skip(f"no {component} here")
    path = tmp_path / "shard-0000.h5"
    environment = dict(os.environ, OMPI_MCA_io=component)
    run = subprocess.Popen([MPIRUN, "2", WRITER, "write", str(path), "60000"], env=environment, start_new_session=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.time() + 30
    while time.time() < deadline and not (path.exists() and len(done_units(path)) >= 2):
        time.sleep(0.05)
    kill(run, True)
    assert 2 <= len(done_units(path)) <= 21
