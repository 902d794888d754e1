"""Result files that are damaged, of others, in places that cannot be written, on a full disk."""
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

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


def offset_of(path, dataset, *place):
    """Of an element of a contiguous dataset, in bytes."""
    with h5py.File(path) as file:
        held = file[dataset]
        return held.id.get_offset() + held.dtype.itemsize * int(numpy.ravel_multi_index(place, held.shape))


def test_flipped_bits_are_found_and_only_those_units_computed_again(program, job, result):
    before = result.read_bytes()
    shard = shard_of(result)
    flip(shard, offset_of(shard, "/spectra/sigma", 100) + 3)
    flip(shard, offset_of(shard, "/moments/values", 40, 0) + 2)
    found = json.loads(program("verify", shard, "--json", code=65).stdout)
    assert any(f["check"] == "crc" for f in found["findings"])
    again = program("run", job, "-o", result, ranks=2)
    assert "2 computed now" in again.stdout
    assert result.read_bytes() == before


@pytest.mark.parametrize("left", [0, 100, 20000, 0.5, 0.7, 0.85, 0.95])
def test_a_truncated_file_loses_only_what_was_cut_off(program, job, result, left):
    before = result.read_bytes()
    shard = shard_of(result)
    size = shard.stat().st_size
    os.truncate(shard, int(left * size) if isinstance(left, float) else left)
    program("verify", shard, code=65)
    again = program("run", job, "-o", result, ranks=2)
    assert shard.with_name(shard.name + ".damaged").exists() and "damaged" in again.stderr
    computed = int(again.stdout.rsplit(" computed now", 1)[0].split()[-1])
    units = len(h5py.File(result)["units/id"])
    # Spectra stand last but one in the file: with nearly all of it there, some units are.
    assert computed < units if left == 0.95 else computed <= units
    assert result.read_bytes() == before


@pytest.mark.parametrize("damage", ["empty", "head", "last bytes", "seal", "metadata", "text"])
def test_a_damaged_aggregate_is_made_anew_from_its_shards(program, job, result, damage):
    before = result.read_bytes()
    spoilt = {"empty": b"", "head": before[:50000], "last bytes": before[:-8], "text": b"my thesis",
              "seal": bytes([before[0] ^ 1]) + before[1:], "metadata": before[:6000] + bytes([before[6000] ^ 4]) + before[6001:]}[damage]
    result.write_bytes(spoilt)
    program("verify", result, code=65)
    again = program("run", job, "-o", result, ranks=2)
    assert "0 computed now" in again.stdout and "made anew" in again.stderr
    assert result.read_bytes() == before
    assert result.with_name(result.name + ".damaged").read_bytes() == spoilt


def test_a_damaged_file_that_is_not_ours_stays(program, job, result, tmp_path):
    alone = tmp_path / "alone.h5"
    alone.write_bytes(result.read_bytes()[:30000])
    refusal = program("run", job, "-o", alone, code=64)
    assert "no readable result file" in refusal.stderr and alone.stat().st_size == 30000


def test_an_aggregate_without_shards_is_not_computed_again(program, job, result):
    before = result.read_bytes()
    shutil.rmtree(shard_of(result).parent)
    again = program("run", job, "-o", result, ranks=2)
    assert "0 computed now" in again.stdout and result.read_bytes() == before


def test_outputs_never_destroy_what_stands_there(program, job, result, tmp_path):
    before = result.read_bytes()
    text = job.read_text()
    assert "is the input" in program("plan", job, "-o", job, code=64).stderr
    assert "is the input" in program("export", result, "-o", result, code=64).stderr
    (tmp_path / "thesis.txt").write_text("my thesis")
    assert "is there already" in program("aggregate", shard_of(result), "-o", tmp_path / "thesis.txt", code=64).stderr
    other = write_manifest(tmp_path / "other.yaml", [tmp_path / "model"], ["uniform"])
    program("run", other, "-o", tmp_path / "other.h5")
    refusal = program("aggregate", shard_of(tmp_path / "other.h5"), "-o", result, code=64)
    assert "it holds sweep" in refusal.stderr
    assert result.read_bytes() == before and job.read_text() == text and (tmp_path / "thesis.txt").read_text() == "my thesis"
    (tmp_path / "folder.h5").mkdir()
    assert "is no file" in program("run", job, "-o", tmp_path / "folder.h5", code=64).stderr
    assert not (tmp_path / "folder.h5.shards").exists()


def test_links_stay_links_and_pipes_stay_pipes(program, result, tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    program("aggregate", result, "--rederive", "-o", tmp_path / "again.h5", "--table", tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink() and (tmp_path / "real.csv").read_text().startswith("unit_id,")
    to_stdout = program("export", result, "-o", "/dev/stdout").stdout
    assert to_stdout == (tmp_path / "real.csv").read_text()
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE, text=True)
    program("export", result, "-o", tmp_path / "pipe")
    assert reader.communicate(timeout=60)[0] == to_stdout and (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("words", [["formats"], ["inspect", "MODEL"], ["plan", "JOB"], ["verify", "RESULT"], ["status", "RESULT"],
                                   ["export", "RESULT"], ["--help"]], ids=lambda words: words[0])
def test_a_full_disk_behind_stdout(program, job, result, tmp_path, words):
    names = {"MODEL": tmp_path / "model", "JOB": job, "RESULT": result}
    with open("/dev/full", "w") as full:
        made = subprocess.run(program.command(*[names.get(w, w) for w in words]), env=program.environment, stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=100)
    assert made.returncode == 74 and "No space left" in made.stderr


def test_a_missing_output_folder(program, job, result, tmp_path):
    """`run` makes it; others say so and write nothing."""
    program("run", job, "-o", tmp_path / "new/folder/r.h5")
    assert (tmp_path / "new/folder/r.h5").read_bytes() == result.read_bytes()
    for arguments in (["aggregate", shard_of(result), "-o"], ["export", result, "-o"], ["plan", job, "-o"]):
        refusal = program(*arguments, tmp_path / "absent/x", code=74)
        assert "absent" in refusal.stderr and not (tmp_path / "absent").exists()


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


def test_an_output_folder_that_cannot_be_written(program, tmp_path):
    """Root may write everywhere: then the program runs as somebody else."""
    open_to_all = Path(tempfile.mkdtemp())
    try:
        open_to_all.chmod(0o755)
        model = llama_checkpoint(open_to_all / "model")
        job = write_manifest(open_to_all / "job.yaml", [model], ["nvfp4"])
        folder = open_to_all / "closed"
        folder.mkdir(mode=0o555)
        as_other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        environment = {**program.environment, "HOME": str(open_to_all), "XDG_CACHE_HOME": str(open_to_all / "cache")}
        if as_other and subprocess.run([*as_other, program.path, "--version"], env=environment, capture_output=True).returncode != 0:
            pytest.skip("nobody but root reaches the program here")
        for words in (["run", job, "-o", folder / "r.h5"], ["plan", job, "-o", folder / "plan.json"]):
            refused = subprocess.run([*as_other, program.path, *map(str, words)], env=environment, capture_output=True, text=True, timeout=100)
            assert refused.returncode == 74 and str(folder) in refused.stderr, refused.stderr
    finally:
        shutil.rmtree(open_to_all)


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
    flip(twin, offset_of(twin, "/spectra/sigma", 10))
    summary = program("aggregate", shard_of(result), twin, "-o", tmp_path / "both.h5", code=None)
    assert summary.returncode in (0, 65)
    if summary.returncode == 0:
        assert (tmp_path / "both.h5").read_bytes() == result.read_bytes()
