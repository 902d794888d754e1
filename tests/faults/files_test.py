"""Result files that are damaged, of others, in places that cannot be written, on a full disk."""
import json
import os
import shutil
import subprocess

import h5py
import numpy
import pytest
from conftest import llama_checkpoint, write_manifest


@pytest.fixture
def job(tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    return write_manifest(tmp_path / "job.yaml", [model], ["nvfp4", "int:block=16"])


@pytest.fixture
def result(program, job, tmp_path):
    program("run", job, "-o", tmp_path / "r.h5", ranks=2)
    return tmp_path / "r.h5"


def shard_of(result):
    return result.with_name(result.name + ".shards") / "shard-0000.h5"


def flip(path, offset):
    raw = bytearray(path.read_bytes())
    raw[offset] ^= 0x10
    path.write_bytes(bytes(raw))


def offset_of(path, dataset):
    with h5py.File(path) as file:
        return file[dataset].id.get_offset()


def test_flipped_bits_are_found_and_only_those_units_computed_again(program, job, result):
    before = result.read_bytes()
    shard = shard_of(result)
    flip(shard, offset_of(shard, "/spectra/sigma") + 8 * 100 + 3)
    flip(shard, offset_of(shard, "/moments/frobenius_squared") + 8 * 40 + 2)
    found = json.loads(program("verify", shard, "--json", code=65).stdout)
    assert any(f["check"] == "crc" for f in found["findings"])
    again = program("run", job, "-o", result, ranks=2)
    assert "2 computed now" in again.stdout
    assert result.read_bytes() == before


def test_a_truncated_file_loses_only_what_was_cut_off(program, job, result):
    before = result.read_bytes()
    shard = shard_of(result)
    size = shard.stat().st_size
    os.truncate(shard, size - size // 3)
    program("verify", shard, code=65)
    program("run", job, "-o", result, ranks=2, code=None)
    after = program("run", job, "-o", result, ranks=2)
    assert "done" in after.stdout
    assert result.read_bytes() == before


def test_what_is_no_result_file_is_refused(program, job, tmp_path):
    folder = tmp_path / "r.h5.shards"
    folder.mkdir()
    (folder / "shard-0000.h5").write_bytes(b"hello" * 1000)
    program("export", folder / "shard-0000.h5", code=65)
    program("verify", folder / "shard-0000.h5", code=65)
    program("status", tmp_path / "nothing-here", code=74)
    refusal = program("run", job, "-o", tmp_path / "r.h5", ranks=2, code=65)
    assert "shard-0000.h5" in refusal.stderr and "not an HDF5 file" in refusal.stderr
    assert (folder / "shard-0000.h5").read_bytes() == b"hello" * 1000


def test_an_aggregate_of_another_sweep_stays(program, job, result, tmp_path):
    other = write_manifest(tmp_path / "other.yaml", [tmp_path / "model"], ["uniform"])
    before = result.read_bytes()
    assert "another sweep" in program("run", other, "-o", result, code=64).stderr
    assert result.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_folder_that_cannot_be_written(program, job, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    assert str(folder) in program("run", job, "-o", folder / "r.h5", ranks=2, code=74).stderr


def test_an_output_folder_that_is_a_file(program, job, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file" in program("run", job, "-o", tmp_path / "file" / "r.h5", ranks=2, code=74).stderr


def test_a_full_disk_shows_at_once_and_nothing_is_lost(program, job, result, tmp_path):
    """A real file system without space: a tmpfs of 200 kB, where this machine lets us mount one."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        big = write_manifest(tmp_path / "big.yaml", [tmp_path / "model"],
                             [f"int:bits={b},block={g}" for b in (2, 3, 4, 8) for g in (8, 16, 32)])
        full = program("run", big, "-o", small / "r.h5", ranks=2, code=74)
        assert "space" in full.stderr.lower()
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_an_aggregate_survives_a_full_disk(program, job, result, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True).returncode != 0:
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        program("aggregate", shard_of(result).parent, "-o", small / "r.h5", code=74)
        assert not (small / "r.h5").exists()
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_hostile_result_files_do_no_harm(program, result, tmp_path):
    """Bytes changed anywhere: every verb ends with a documented code, none crashes."""
    random = numpy.random.default_rng(5)
    raw = shard_of(result).read_bytes()
    for trial in range(40):
        spoiled = bytearray(raw)
        for position in random.integers(0, min(len(raw), 60000), 20):
            spoiled[position] = random.integers(0, 256)
        path = tmp_path / "spoiled.h5"
        path.write_bytes(bytes(spoiled))
        for verb in (["verify", path], ["export", path], ["status", path], ["aggregate", path, "-o", tmp_path / "a.h5"]):
            code = program(*verb, code=None).returncode
            assert code in (0, 1, 3, 64, 65, 74, 75), (trial, verb, code)


def test_shards_that_contradict_each_other(program, job, result, tmp_path):
    """The same sweep twice, one file changed with a fitting CRC left out: the damaged unit is no duplicate."""
    twin = tmp_path / "twin.h5"
    shutil.copy(shard_of(result), twin)
    flip(twin, offset_of(twin, "/spectra/sigma") + 8 * 10)
    summary = program("aggregate", shard_of(result), twin, "-o", tmp_path / "both.h5", code=None)
    assert summary.returncode in (0, 65)
    if summary.returncode == 0:
        assert (tmp_path / "both.h5").read_bytes() == result.read_bytes()
