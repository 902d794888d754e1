"""Formats through the whole program: every one of them in a run, quantized checkpoints on disk, another checkpoint as a quantizer."""
import csv
import io
import json
import os
import shutil

import numpy
import pytest
from conftest import DTYPES, llama_checkpoint, read_safetensors, write_manifest, write_safetensors
from run_test import int_symmetric

# Parameters that a format has no default for, and one more text for what has several ways.
REQUIRED = {"fp": ":e=3,m=2", "checkpoint": None}
MORE = ["int:bits=3,block=16,search=mse", "int:scheme=asymmetric,search=percentile", "nvfp4:hadamard=16", "nvfp4:hadamard=128",
        "nvfp4:rounding=stochastic", "nvfp4:variant=ggml", "nvfp4:select=mse", "mxfp4:rounding=stochastic", "int:norm=spectral",
        "mxfp4:norm=spectral-pre", "binary:alpha=spectral", "nf4:double=midpoint", "int:cast=bf16"]


def units_of(program, file):
    return list(csv.DictReader(io.StringIO(program("export", file, "--table", "units").stdout)))


def test_every_format_runs_on_a_real_checkpoint(program, demo, tmp_path):
    names = [entry["name"] for entry in json.loads(program("formats", "--json").stdout)]
    texts = [name + (REQUIRED.get(name) or "") for name in names if name != "checkpoint"] + MORE
    manifest = write_manifest(tmp_path / "job.yaml", [demo / "step0"], texts,
                              matrices={"roles": ["mlp_down"], "blocks": 0})
    program("run", manifest, "-o", tmp_path / "r.h5", ranks=2, timeout=280)
    rows = units_of(program, tmp_path / "r.h5")
    assert all(row["state"] == "done" for row in rows), [row["reason"] for row in rows if row["state"] != "done"]
    assert len(rows) == 1 + len(texts)
    for row in rows[1:]:
        assert 0 < float(row["error_frobenius"]), row["quantizer"]
        assert 0 <= float(row["zero_share"]) <= 1 and 0 <= float(row["clipped_share"]) <= 1, row["quantizer"]
        assert 0 < float(row["bits_per_weight"]) <= 32, row["quantizer"]
    kept = next(row for row in rows if row["quantizer"] == "int:norm=spectral")
    assert float(kept["sigma_max_ratio"]) == pytest.approx(1, abs=1e-6)
    kept = next(row for row in rows if row["quantizer"] == "binary:alpha=spectral")
    assert float(kept["sigma_max_ratio"]) == pytest.approx(1, abs=1e-6)


def test_formats_lists_bits_per_weight(program):
    listed = {entry["name"]: entry["bits_per_weight"] for entry in json.loads(program("formats", "--json").stdout)}
    assert listed["q6_k"] == 6.5625 and listed["mxfp4"] == 4.25 and listed["int"] == 4 + 32 / 4096
    assert [name for name, bits in listed.items() if bits is None] == ["fp", "checkpoint"]
    page = program("formats").stdout
    assert "bits per weight: 6.5625" in page and page.count("cast=none") == 1


def test_quantize_writes_the_same_files_with_quantized_weights(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    (model / "tokenizer.json").write_text("{}")
    page = program("quantize", model, "--quantizer", "int:bits=3,block=32", "-o", tmp_path / "q", "--dtype", "f32").stdout
    before, after = read_safetensors(model / "model.safetensors"), read_safetensors(tmp_path / "q/model.safetensors")
    assert "15 matrices" in page and list(before) == list(after)
    for name, weights in before.items():
        assert (after[name] == (weights if "norm" in name else int_symmetric(weights, 3, 32))).all(), name
    assert (tmp_path / "q/tokenizer.json").exists() and not (tmp_path / "q.partial").exists()
    assert sorted(p.name for p in (tmp_path / "q").iterdir()) == sorted(p.name for p in model.iterdir())
    program("quantize", model, "--quantizer", "int", "-o", tmp_path / "q", code=64)  # nothing is overwritten


def test_quantize_rounds_to_the_stored_dtype_and_says_what_that_adds(program, tmp_path):
    def as_bf16(tensors):
        for name, value in tensors.items():
            raw = ((value.astype("<f4").view("<u4") + 0x8000) >> 16).astype("<u2")
            tensors[name] = ("BF16", value.shape, raw.tobytes())
    model = llama_checkpoint(tmp_path / "model", change=as_bf16)
    page = program("quantize", model, "--quantizer", "int:block=32", "--role", "mlp_up", "-o", tmp_path / "q").stdout
    before, after = read_safetensors(model / "model.safetensors"), read_safetensors(tmp_path / "q/model.safetensors")
    added = 0.0
    for name, weights in before.items():
        if "up_proj" not in name:
            assert (after[name] == weights).all(), name
            continue
        exact = int_symmetric(numpy.array(weights), 4, 32)
        bits = exact.view("<u4")
        stored = ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16 << 16).astype("<u4").view("<f4")
        assert (after[name] == stored).all(), name
        added += ((stored.astype("<f8") - exact) ** 2).sum()
    said = float(page.split("adds ‖·‖_F ")[1].split(",")[0])
    assert added > 0 and said == pytest.approx(numpy.sqrt(added), rel=1e-4)


def two_shards(model):
    """The single file of a checkpoint as two, with an index."""
    raw = {name: value.copy() for name, value in read_safetensors(model / "model.safetensors").items()}
    names = sorted(raw, key=lambda name: ("norm" not in name, name))  # the last tensor is a matrix
    shards = {"model-00001-of-00002.safetensors": names[:8], "model-00002-of-00002.safetensors": names[8:]}
    for file, part in shards.items():
        write_safetensors(model / file, {name: raw[name] for name in part})
    (model / "model.safetensors").unlink()
    where = {name: file for file, part in shards.items() for name in part}
    (model / "model.safetensors.index.json").write_text(json.dumps({"metadata": {"total_size": 0}, "weight_map": where}))
    return list(shards)


def test_quantize_goes_on_where_it_stopped(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    second = model / two_shards(model)[1]
    good, stamp = second.read_bytes(), second.stat()
    bad = bytearray(good)
    bad[-4:] = numpy.array([numpy.nan], "<f4").tobytes()
    tensors = json.loads(good[8:8 + int.from_bytes(good[:8], "little")])
    last = max(tensors, key=lambda name: tensors[name]["data_offsets"][1])
    assert "norm" not in last  # the damage must be met
    second.write_bytes(bad)
    os.utime(second, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    arguments = ["quantize", model, "--quantizer", "int:block=32", "-o", tmp_path / "q", "--dtype", "f32"]
    failed = program(*arguments, code=65)
    assert "nan" in failed.stderr and not (tmp_path / "q").exists() and (tmp_path / "q.partial").is_dir()
    program("quantize", model, "--quantizer", "int:block=16", "-o", tmp_path / "q", code=64)  # another call's work
    second.write_bytes(good)
    os.utime(second, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "1 file finished by an earlier call" in program(*arguments).stdout
    program(*arguments[:-3], tmp_path / "whole", "--dtype", "f32")
    for file in sorted((tmp_path / "whole").iterdir()):
        assert file.read_bytes() == (tmp_path / "q" / file.name).read_bytes(), file.name


def test_another_checkpoint_is_a_quantizer(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    program("quantize", model, "--quantizer", "int:block=32", "-o", tmp_path / "q", "--dtype", "f32")
    tensors = {name: value for name, value in read_safetensors(tmp_path / "q/model.safetensors").items()}
    gone = next(name for name in tensors if "up_proj" in name)
    del tensors[gone]
    write_safetensors(tmp_path / "q/model.safetensors", tensors)
    text = "checkpoint:path=q"
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:block=32", text])
    explained = program("plan", manifest, "--explain")
    assert gone in explained.stdout + explained.stderr and "no matrix of that name" in explained.stdout
    program("run", manifest, "-o", tmp_path / "r.h5", ranks=2)
    rows = units_of(program, tmp_path / "r.h5")
    by_matrix = {}
    for row in rows:
        by_matrix.setdefault(row["matrix"], {})[row["quantizer"].split(":")[0]] = row
    assert len(by_matrix[gone]) == 2 and sum(len(units) == 3 for units in by_matrix.values()) == len(by_matrix) - 1
    for units in by_matrix.values():
        if "checkpoint" in units:
            other, same = units["checkpoint"], units["int"]
            assert other["quantizer"].startswith("checkpoint:digest=") and other["state"] == "done"
            for column in ("sigma_max", "stable_rank", "error_frobenius", "zero_share"):
                assert other[column] == same[column], column
    # The identity is what the other checkpoint holds, not where it lies.
    shutil.copytree(tmp_path / "q", tmp_path / "elsewhere")
    moved = write_manifest(tmp_path / "moved.yaml", [model], ["int:block=32", "checkpoint:path=elsewhere"])
    program("run", moved, "-o", tmp_path / "m.h5")
    assert [row["unit_id"] for row in units_of(program, tmp_path / "m.h5")] == [row["unit_id"] for row in rows]


def test_a_model_that_is_quantized_already_is_decoded(program, tmp_path):
    random = numpy.random.default_rng(3)
    codes = random.integers(-8, 8, (48, 48))
    scales = (2.0 ** random.integers(-6, -2, (48, 3))).astype("<f2")
    words = numpy.zeros((48, 6), "<u4")
    for col in range(48):
        words[:, col // 8] |= ((codes[:, col] + 8).astype("<u4") << numpy.uint32(4 * (col % 8)))
    def pack(tensors):
        name = "model.layers.0.self_attn.q_proj."
        del tensors[name + "weight"]
        tensors[name + "weight_packed"] = ("I32", (48, 6), words.tobytes())
        tensors[name + "weight_scale"] = scales
        tensors[name + "weight_shape"] = numpy.array([48, 48], "<i8")
    model = llama_checkpoint(tmp_path / "model", change=pack)
    program("run", "--checkpoint", model, "--quantizer", "nvfp4", "--role", "attention_query", "-o", tmp_path / "r.h5")
    row = next(row for row in units_of(program, tmp_path / "r.h5") if row["matrix"] == "model.layers.0.self_attn.q_proj.weight")
    listed = json.loads(program("inspect", model, "--json").stdout)["matrices"]
    assert {m["matrix"]: m["packing"] for m in listed}[row["matrix"]] == "compressed-tensors-packed" and listed[0]["packing"] == ""
    assert "compressed-tensors-packed" in program("inspect", model).stdout
    exact = numpy.linalg.svd(codes * numpy.repeat(scales.astype("<f8"), 16, axis=1), compute_uv=False)
    assert row["quantizer"] == "reference" and float(row["sigma_max"]) == pytest.approx(exact[0], rel=1e-9)
    assert float(row["bits_per_weight"]) == pytest.approx(4 + 16 / 16 + 128 / 48 ** 2)


@pytest.mark.parametrize("text, part", [
    ("nvfp4", ""), ("nvfp4:block=16x16", ""), ("nvfp4:block=1x8", "block=1x8"), ("nvfp4:block=32,variant=te-old", "block=1x32"),
    ("nvfp4:block=tensor", "block=tensor"), ("mxfp4", ""), ("mxfp8:block=16", "block=16"), ("fp8:block=128x128", ""),
    ("fp8:block=64", "block=64"), ("int:block=24", ""), ("reference", ""),
])
def test_blocks_that_a_format_is_not_defined_for_are_labelled(program, text, part):
    assert json.loads(program("formats", text, "--json").stdout)["unofficial"] == part
    label = f"unofficial: the format is not defined for {part} (an ablation)"
    assert (label in program("formats", text).stdout) == bool(part)


def test_a_rotation_does_not_take_what_was_measured_for_another(program, tmp_path):
    """The largest rotated weight is kept from one quantizer of a matrix to the next."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "none"}')
    weights = numpy.random.default_rng(5).standard_normal((40, 128)).astype("<f4")
    write_safetensors(model / "model.safetensors", {"a.weight": weights})
    sigma = {}
    for name, texts in {"both": ["nvfp4:hadamard=16", "nvfp4:hadamard=128"], "turned": ["nvfp4:hadamard=128", "nvfp4:hadamard=16"],
                        "16": ["nvfp4:hadamard=16"], "128": ["nvfp4:hadamard=128"]}.items():
        job = write_manifest(tmp_path / f"{name}.yaml", [model], texts)
        program("run", job, "-o", tmp_path / f"{name}.h5", "--no-table")
        for row in csv.DictReader(io.StringIO(program("export", tmp_path / f"{name}.h5", "--table", "units").stdout)):
            sigma.setdefault(row["quantizer"], set()).add((row["sigma_max"], row["sigma_min"], row["frobenius_squared"]))
    assert {text: len(values) for text, values in sigma.items()} == {"reference": 1, "nvfp4:hadamard=16": 1, "nvfp4:hadamard=128": 1}
