"""The main job: numbers against numpy's own reading, quantizing and SVD; what is printed; the result file read plainly."""
import csv
import io
import json

import h5py
import numpy
import pytest
from conftest import SOURCE, llama_checkpoint, read_safetensors, write_manifest


def int_symmetric(w, bits, block):
    """quantization.md §1.2 (a) on 1 x block groups, short last group with its own statistics; binary32 throughout."""
    out = numpy.empty_like(w)
    top = numpy.float32((1 << (bits - 1)) - 1)
    for begin in range(0, w.shape[1], block):
        part = w[:, begin:begin + block]
        delta = numpy.abs(part).max(axis=1, keepdims=True) / top
        safe = numpy.where(delta == 0, numpy.float32(1), delta)
        out[:, begin:begin + block] = numpy.clip(numpy.rint(part / safe), -top, top) * delta
    return out


def rows_of(program, file, table):
    return list(csv.DictReader(io.StringIO(program("export", file, "--table", table).stdout)))


def spectra_of(program, file):
    spectra = {}
    for row in rows_of(program, file, "spectra"):
        spectra.setdefault(row["unit_id"], []).append((float(row["sigma"]), float(row["error"])))
    return {unit: numpy.array(values) for unit, values in spectra.items()}


def check(sigma, matrix):
    exact = numpy.linalg.svd(matrix.astype("<f8"), compute_uv=False)
    assert len(sigma) == len(exact)
    own = 4 * numpy.finfo(float).eps * exact[0] * numpy.sqrt(max(matrix.shape))
    assert (numpy.abs(sigma[:, 0] - exact) <= sigma[:, 1] + own).all()
    return exact


def test_every_spectrum_agrees_with_numpy_within_its_bound(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model", width=52, inner=130)  # no multiple of the block: short last blocks
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:bits=3,block=32"])
    program("run", manifest, "-o", tmp_path / "r.h5", ranks=2)
    tensors = read_safetensors(model / "model.safetensors")
    spectra = spectra_of(program, tmp_path / "r.h5")
    units = rows_of(program, tmp_path / "r.h5", "units")
    assert len(units) == 2 * (2 * 7 + 1)
    for row in units:
        w = tensors[row["matrix"]]
        quantized = row["quantizer"] != "reference"
        x = int_symmetric(w, 3, 32) if quantized else w
        exact = check(spectra[row["unit_id"]], x)
        energy = (x.astype("<f8") ** 2).sum()
        assert numpy.isclose(float(row["frobenius_squared"]), energy, rtol=1e-12)
        assert numpy.isclose(float(row["stable_rank"]), energy / exact[0] ** 2, rtol=1e-10)
        if quantized:
            error = x.astype("<f8") - w
            assert numpy.isclose(float(row["error_frobenius"]), numpy.linalg.norm(error), rtol=1e-12)
            assert float(row["error_max"]) == numpy.abs(error).max()
            assert numpy.isclose(float(row["zero_share"]), ((x == 0) & (w != 0)).mean())


def test_the_table_says_what_happened(program, tmp_path):
    result = program("run", SOURCE / "jobs" / "quickstart.yaml", "-o", tmp_path / "q.h5", ranks=2)
    assert "stable rank" in result.stdout and "nvfp4" in result.stdout
    assert result.stdout.rstrip().endswith(str(tmp_path / "q.h5"))


def test_h5py_reads_a_spectrum_plainly(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    program("run", manifest, "-o", tmp_path / "r.h5")
    with h5py.File(tmp_path / "r.h5") as file:
        assert file.attrs["format"] in (b"specsweep-results", "specsweep-results")
        assert int(file.attrs["complete"]) == 1
        units = file["units"]
        assert (units["state"][:] == 1).all()
        tensors = read_safetensors(model / "model.safetensors")
        names = [name.decode() for name in file["matrices/name"][:]]
        for row in range(len(units["id"])):
            assert len(units["id"][row]) == 64
            if units["quantizer"][row] != 0:
                continue
            offset, count = units["sigma_offset"][row], units["sigma_count"][row]
            sigma = file["/spectra/sigma"][offset:offset + count]
            error = file["/spectra/error"][offset:offset + count]
            check(numpy.stack([sigma, error], axis=1), tensors[names[units["matrix"][row]]])


def test_a_run_alone_has_nothing_to_complain_of(program, tmp_path):
    """Of Open MPI either: a process without a launcher has no session folder."""
    model = llama_checkpoint(tmp_path / "model")
    result = program("run", "--checkpoint", model, "--quantizer", "nvfp4", "--role", "mlp_up", "-o", tmp_path / "r.h5")
    assert result.stderr == ""


def test_shards_that_were_not_begun_are_pending(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"], shards={"count": 5})
    stopped = program("run", manifest, "-o", tmp_path / "r.h5", "--deadline", 1, "--outcome-file", tmp_path / "o.json", code=75)
    outcome = json.loads((tmp_path / "o.json").read_text())
    assert (outcome["units"], outcome["pending"]) == (30, 30)
    assert "30 units: 0 done, 0 failed, 30 pending" in stopped.stdout


def test_equal_tensors_are_computed_once(program, tmp_path):
    def copy(tensors):
        tensors["model.layers.1.mlp.up_proj.weight"] = tensors["model.layers.0.mlp.up_proj.weight"]

    model = llama_checkpoint(tmp_path / "model", change=copy)
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:block=16"], matrices={"roles": ["mlp_up"]})
    result = program("run", manifest, "-o", tmp_path / "r.h5")
    assert "4 units: 4 done" in result.stdout and "2 computed now" in result.stdout
    units = rows_of(program, tmp_path / "r.h5", "units")
    assert len(units) == 4 and len({row["unit_id"] for row in units}) == 2


def test_arguments_instead_of_a_manifest(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    program("run", "--checkpoint", model, "--quantizer", "nvfp4", "int:bits=8", "--role", "mlp_up", "-o", tmp_path / "r.h5")
    kept = tmp_path / "r.h5.manifest.yaml"
    assert "int:bits=8" in kept.read_text()
    again = tmp_path / "again.h5"
    program("run", kept, "-o", again)
    assert again.read_bytes() == (tmp_path / "r.h5").read_bytes()


def test_a_second_run_has_nothing_to_do(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["uniform"])
    program("run", manifest, "-o", tmp_path / "r.h5")
    before = (tmp_path / "r.h5").read_bytes()
    result = program("run", manifest, "-o", tmp_path / "r.h5", ranks=2)
    assert " 0 computed now" in result.stdout
    assert (tmp_path / "r.h5").read_bytes() == before


def test_every_weight_dtype_gives_the_same_spectrum(program, tmp_path):
    """Weights that all types hold exactly: the stored type must not matter."""
    integers = numpy.random.default_rng(3).integers(-8, 8, (40, 24)).astype("<f4") / 4
    bf16 = (integers.view("<u4") >> 16).astype("<u2").tobytes()
    stored = {"F64": integers.astype("<f8"), "F32": integers, "F16": integers.astype("<f2"), "BF16": ("BF16", (40, 24), bf16)}
    found = {}
    for name, tensor in stored.items():
        def only(tensors, tensor=tensor):
            tensors.clear()
            tensors["a.weight"] = tensor

        model = llama_checkpoint(tmp_path / name, change=only)
        (model / "config.json").write_text('{"model_type": "unheard-of"}')
        manifest = write_manifest(tmp_path / f"{name}.yaml", [model], ["int:block=8"])
        program("run", manifest, "-o", tmp_path / f"{name}.h5")
        with h5py.File(tmp_path / f"{name}.h5") as file:
            found[name] = file["/spectra/sigma"][:]
    for name in found:
        assert (found[name] == found["F32"]).all(), name


def test_fast_metrics_bound_the_largest_value_and_leave_the_rest_empty(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    quantizers = ["int:bits=3,block=32"]
    full = write_manifest(tmp_path / "full.yaml", [model], quantizers)
    fast = write_manifest(tmp_path / "fast.yaml", [model], quantizers, metrics="fast")
    program("run", full, "-o", tmp_path / "full.h5", ranks=2)
    program("run", fast, "-o", tmp_path / "fast.h5", ranks=2)
    program("verify", tmp_path / "fast.h5")
    key = lambda row: (row["matrix"], row["quantizer"])
    complete = {key(row): row for row in rows_of(program, tmp_path / "full.h5", "units")}
    rows = rows_of(program, tmp_path / "fast.h5", "units")
    assert len(rows) == len(complete)
    for row in rows:
        other = complete[key(row)]
        assert (row["state"], row["method"], row["sigma_count"]) == ("done", "lanczos", "1")
        assert row["unit_id"] != other["unit_id"]
        sigma, error, exact = float(row["sigma_max"]), float(row["sigma_max_error"]), float(other["sigma_max"])
        assert sigma <= exact + float(other["sigma_max_error"]) <= sigma + error + 2 * float(other["sigma_max_error"])
        assert sigma >= exact * (1 - 1e-3)
        assert abs(float(row["frobenius_squared"]) / float(other["frobenius_squared"]) - 1) < 1e-12
        assert abs(float(row["stable_rank"]) / float(other["stable_rank"]) - 1) < 1e-2
        assert row["erank_sv"] == "" and "erank_sv:fast-metrics" in row["reason"]


def test_matrices_too_large_for_a_rank_go_to_groups(program, tmp_path):
    """A 1000² matrix needs 8 MB, panels and 100 MB of process: with less it goes to two ranks, small ones stay with one."""
    model = llama_checkpoint(tmp_path / "model", blocks=1, width=1000, inner=64)
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:bits=4,block=32"])
    small = ("--memory-per-rank", "114MB")
    program("run", manifest, "-o", tmp_path / "one.h5")
    refused = program("run", manifest, *small, "-o", tmp_path / "few.h5", code=76)
    assert "too few" in refused.stderr
    program("run", manifest, *small, "-o", tmp_path / "many.h5", ranks=3)
    program("verify", tmp_path / "many.h5")
    key = lambda row: (row["matrix"], row["quantizer"])
    one = {key(row): row for row in rows_of(program, tmp_path / "one.h5", "units")}
    rows = rows_of(program, tmp_path / "many.h5", "units")
    methods = {row["method"].split("-")[-1] for row in rows}
    assert {"band", "stage"} <= methods, methods
    for row in rows:
        other = one[key(row)]
        assert row["state"] == "done" and row["unit_id"] == other["unit_id"]
        slack = float(row["sigma_max_error"]) + float(other["sigma_max_error"])
        assert abs(float(row["sigma_max"]) - float(other["sigma_max"])) <= slack
        assert row["error_frobenius"] == other["error_frobenius"]
        if row["quantizer"] != "reference":
            for low, high in ((row, other), (other, row)):  # two enclosures of one norm
                assert float(low["error_spectral"]) <= float(high["error_spectral_upper"])


def test_the_textbook_of_groups(program, tmp_path):
    """--method pdgesvd: every matrix on two ranks, within the bounds of the default; one rank alone is refused."""
    model = llama_checkpoint(tmp_path / "model", blocks=1)
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:bits=4,block=32"])
    program("run", manifest, "-o", tmp_path / "one.h5")
    program("run", manifest, "--method", "pdgesvd", "-o", tmp_path / "textbook.h5", ranks=2)
    program("verify", tmp_path / "textbook.h5")
    assert {row["method"] for row in rows_of(program, tmp_path / "textbook.h5", "units")} == {"pdgesvd"}
    values = {(row["unit_id"], row["k"]): row for row in rows_of(program, tmp_path / "textbook.h5", "spectra")}
    for one in rows_of(program, tmp_path / "one.h5", "spectra"):
        other = values[one["unit_id"], one["k"]]
        assert abs(float(one["sigma"]) - float(other["sigma"])) <= float(one["error"]) + float(other["error"])
    assert "too few" in program("run", manifest, "--method", "pdgesvd", "-o", tmp_path / "few.h5", code=76).stderr


def test_the_kept_manifest_knows_the_architecture(program, demo, tmp_path):
    """The file beside the result says all that the command line said."""
    architecture = SOURCE / "examples" / "gpt2-unsliced.yaml"
    program("run", "--checkpoint", demo / "step0", "--quantizer", "bf16", "--architecture", architecture, "-o", tmp_path / "a.h5", "--no-table")
    kept = tmp_path / "a.h5.manifest.yaml"
    assert str(architecture) in kept.read_text()
    program("run", kept, "-o", tmp_path / "b.h5", "--no-table")
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()
    kept.write_text(kept.read_text().replace("gpt2-unsliced", "not-there"))
    assert "there is no file" in program("plan", kept, code=64).stderr


@pytest.mark.parametrize("ranks", [None, 2])
def test_an_outcome_file_that_cannot_be_written_stops_the_run_before_it_computes(program, tmp_path, ranks):
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for place, reason in [("none/o.json", "No such file or directory"), ("folder", "Is a directory"), ("file/o.json", "Not a directory")]:
        result = program("run", job, "-o", tmp_path / "r.h5", "--outcome-file", tmp_path / place, ranks=ranks, code=74)
        said = [line for line in result.stderr.splitlines() if line.startswith("specsweep: ")]
        assert len(said) == 1 and f"{tmp_path / place} ({reason})" in said[0], result.stderr
        assert not list(tmp_path.glob("r.h5*"))
