"""Checkpoints that are broken: clear message, documented exit code, the other units go on, no hang on several ranks."""
import csv
import io
import json
import os

import numpy
import pytest
from conftest import llama_checkpoint, write_manifest, write_safetensors


def units(program, file):
    return list(csv.DictReader(io.StringIO(program("export", file).stdout)))


@pytest.mark.parametrize("value", [numpy.nan, numpy.inf, -numpy.inf])
@pytest.mark.parametrize("ranks", [None, 2])
def test_a_weight_that_is_not_finite_fails_its_units_only(program, tmp_path, value, ranks):
    def spoil(tensors):
        tensors["model.layers.1.mlp.up_proj.weight"][7, 11] = value

    model = llama_checkpoint(tmp_path / "model", change=spoil)
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4", "int:block=16"])
    result = program("run", job, "-o", tmp_path / "r.h5", ranks=ranks, code=3)
    assert "[7, 11]" in result.stderr
    rows = units(program, tmp_path / "r.h5")
    failed = [row for row in rows if row["state"] == "failed"]
    assert {row["matrix"] for row in failed} == {"model.layers.1.mlp.up_proj.weight"} and len(failed) == 3
    assert all("7,11" in row["reason"] for row in failed)
    assert sum(row["state"] == "done" for row in rows) == len(rows) - 3
    again = program("run", job, "-o", tmp_path / "r.h5", code=3)
    assert " 0 computed now" in again.stdout


def test_failed_units_run_again_on_request(program, tmp_path):
    def spoil(tensors):
        tensors["model.layers.0.mlp.up_proj.weight"][0, 0] = numpy.nan

    model = llama_checkpoint(tmp_path / "model", change=spoil)
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    program("run", job, "-o", tmp_path / "r.h5", code=3)
    again = program("run", job, "-o", tmp_path / "r.h5", "--retry", "failed", code=3)
    assert " 2 computed now" in again.stdout


def test_infinite_masks_and_buffers_are_never_read(program, tmp_path):
    def add_buffers(tensors):
        tensors["model.layers.0.self_attn.masked_bias"] = numpy.array(-numpy.inf, "<f4")
        tensors["model.layers.0.self_attn.bias"] = numpy.full((1, 1, 8, 8), numpy.nan, "<f4")
        tensors["model.layers.0.input_layernorm.weight"][:] = numpy.nan

    model = llama_checkpoint(tmp_path / "model", change=add_buffers)
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    program("run", job, "-o", tmp_path / "r.h5")


def test_a_checkpoint_that_changes_after_planning(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"], matrices={"roles": ["mlp_up", "mlp_down"]})
    program("plan", job, "-o", tmp_path / "plan.json")
    raw = bytearray((model / "model.safetensors").read_bytes())
    header = int.from_bytes(raw[:8], "little")
    place = json.loads(raw[8:8 + header])["model.layers.1.mlp.up_proj.weight"]["data_offsets"][0]
    raw[8 + header + place] ^= 1
    (model / "model.safetensors").write_bytes(bytes(raw))
    result = program("run", tmp_path / "plan.json", "-o", tmp_path / "r.h5", ranks=2, code=3)
    assert "changed after planning" in result.stderr
    rows = units(program, tmp_path / "r.h5")
    assert [row["matrix"] for row in rows if row["state"] == "failed"] == ["model.layers.1.mlp.up_proj.weight"] * 2
    assert all("content-changed" in row["reason"] for row in rows if row["state"] == "failed")


@pytest.mark.skipif("SPECSWEEP_REFUSE" not in os.environ, reason="the preloaded library was not built")
@pytest.mark.parametrize("pattern, code", [("model.safetensors", 3), ("shard-0000.h5", 74)])
def test_a_file_that_one_rank_cannot_open(program, tmp_path, pattern, code):
    model = llama_checkpoint(tmp_path / "model", blocks=3)
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    program("plan", job, "-o", tmp_path / "plan.json")
    program.environment |= {"LD_PRELOAD": os.environ["SPECSWEEP_REFUSE"], "REFUSE_OPEN": pattern, "REFUSE_RANK": "1"}
    result = program("run", tmp_path / "plan.json", "-o", tmp_path / "r.h5", ranks=2, code=code)
    assert "rmission denied" in result.stderr or "not open" in result.stderr
    for name in ("LD_PRELOAD", "REFUSE_OPEN", "REFUSE_RANK"):
        del program.environment[name]
    program("run", tmp_path / "plan.json", "-o", tmp_path / "r.h5", "--retry", "failed", ranks=2)


def header_only(folder, header, data=b""):
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "unheard-of"}')
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(raw).to_bytes(8, "little") + raw + data)
    return folder


ENTRY = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}


@pytest.mark.parametrize("header, data, word", [
    ({"a": dict(ENTRY, data_offsets=[0, 17])}, bytes(17), "a"),
    ({"a": dict(ENTRY, shape=[2, 3])}, bytes(16), "a"),
    ({"a": dict(ENTRY, data_offsets=[0, 1600])}, bytes(16), "a"),
    ({"a": ENTRY, "b": dict(ENTRY, data_offsets=[8, 24])}, bytes(24), "overlap"),
    ({"a": dict(ENTRY, shape=[2 ** 62, 2 ** 62])}, bytes(16), "a"),
    ({"a": dict(ENTRY, shape=[-2, -2])}, bytes(16), "a"),
    ({"a": dict(ENTRY, dtype="F33")}, bytes(16), "F33"),
    (b'{"a": 1, "a": 2}', b"", "twice"),
    (b'{"\xff": 1}', b"", "UTF-8"),
    (b'{"a": ', b"", "JSON"),
])
@pytest.mark.parametrize("ranks", [None, 2])
def test_a_lying_header(program, tmp_path, header, data, word, ranks):
    model = header_only(tmp_path / "model", header, data)
    result = program("run", "--checkpoint", model, "--quantizer", "nvfp4", "-o", tmp_path / "r.h5", ranks=ranks, code=65)
    assert word in result.stderr and "model.safetensors" in result.stderr
    assert not (tmp_path / "r.h5").exists()


def test_header_lengths_beyond_all_bounds(program, tmp_path):
    model = header_only(tmp_path / "model", {"a": ENTRY}, bytes(16))
    file = model / "model.safetensors"
    raw = file.read_bytes()
    for length in (len(raw), 2 ** 40, 2 ** 63, 2 ** 64 - 1, 200_000_000):
        file.write_bytes(length.to_bytes(8, "little") + raw[8:])
        assert "header" in program("inspect", model, code=65).stderr
    file.write_bytes(raw[:5])
    program("inspect", model, code=65)


def test_an_index_that_points_elsewhere(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    index = model / "model.safetensors.index.json"
    names = ["model.embed_tokens.weight"]
    for target, word in (("../model.safetensors", ".."), ("/etc/passwd", "/"), ("gone.safetensors", "gone.safetensors")):
        index.write_text(json.dumps({"weight_map": {name: target for name in names}}))
        (model / "model.safetensors").rename(model / "hidden")
        assert word in program("inspect", model, code=None).stderr
        assert program("inspect", model, code=None).returncode in (65, 74)
        (model / "hidden").rename(model / "model.safetensors")
    index.write_text(json.dumps({"weight_map": {"not.there": "part.safetensors"}}))
    (model / "model.safetensors").rename(model / "part.safetensors")
    assert "not.there" in program("inspect", model, code=65).stderr


def test_a_config_that_disagrees(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(dict(config, intermediate_size=97)))
    message = program("inspect", model, code=65).stderr
    assert "intermediate_size" in message and "97" in message and "96" in message


def test_a_matrix_without_elements(program, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "unheard-of"}')
    write_safetensors(folder / "model.safetensors", {"empty.weight": numpy.zeros((0, 8), "<f4"),
                                                     "good.weight": numpy.eye(8, dtype="<f4")})
    inventory = json.loads(program("inspect", folder, "--json").stdout)
    assert "empty.weight" in [skipped["tensor"] for skipped in inventory["skipped"]]
    program("run", "--checkpoint", folder, "--quantizer", "nvfp4", "-o", tmp_path / "r.h5")


def test_degenerate_matrices(program, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "unheard-of"}')
    write_safetensors(folder / "model.safetensors", {
        "zero.weight": numpy.zeros((40, 33), "<f4"), "constant.weight": numpy.full((40, 33), 0.25, "<f4"),
        "row.weight": numpy.arange(1, 34, dtype="<f4").reshape(1, 33), "column.weight": numpy.ones((40, 1), "<f4"),
        "tiny.weight": numpy.full((8, 8), 1e-45, "<f4"), "large.weight": numpy.full((8, 8), 3e38, "<f4")})
    program("run", "--checkpoint", folder, "--quantizer", "nvfp4", "int:block=16", "uniform",
            "int:bits=2,scheme=asymmetric", "-o", tmp_path / "r.h5")
    for row in units(program, tmp_path / "r.h5"):
        assert row["state"] == "done", row
        if row["matrix"] == "zero.weight":
            assert float(row["sigma_max"]) == 0 and row["stable_rank"] == "" and "stable_rank:zero-matrix" in row["reason"]
        if row["matrix"] == "constant.weight" and row["quantizer"] == "reference":
            assert numpy.isclose(float(row["sigma_max"]), 0.25 * numpy.sqrt(40 * 33), rtol=1e-12)
            assert int(row["numerical_rank_low"]) <= 1 <= int(row["numerical_rank_high"])


def test_manifest_errors_name_the_place(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    good = f"name: a\ncheckpoints: [{{path: {model}}}]\nquantizers: [nvfp4]\n"
    for line, word in (("quantisers: [nvfp4]", "quantizers"), ("matrices: {rolls: [mlp_up]}", "roles"),
                       ("tolerance: small", "small"), ("certificate: perhaps", "probabilistic")):
        file = tmp_path / "job.yaml"
        file.write_text(good + line + "\n")
        message = program("run", file, "-o", tmp_path / "r.h5", ranks=2, code=64).stderr
        assert "job.yaml:4:" in message and word in message
    file.write_text(good.replace("nvfp4", "nvpf4"))
    message = program("plan", file, code=64).stderr
    assert "job.yaml:3:" in message and "nvfp4" in message


def test_a_checkpoint_that_is_not_there(program, tmp_path):
    job = write_manifest(tmp_path / "job.yaml", [tmp_path / "nowhere"], ["nvfp4"])
    result = program("run", job, "-o", tmp_path / "r.h5", ranks=2, code=None)
    assert result.returncode in (64, 74) and "nowhere" in result.stderr


