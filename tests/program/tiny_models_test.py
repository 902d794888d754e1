"""Every logical matrix of the thirty tiny checkpoints, one for each way in which a family stores its parts: its spectrum is the recorded one."""
import json

import h5py
import numpy
from conftest import write_manifest


def test_spectra_of_every_family(program, shared, tmp_path):
    folders = sorted(p for p in (shared / "reference/architectures/tiny").iterdir() if p.is_dir())
    assert len(folders) == 30
    matrices = 0
    for folder in folders:
        expected = {m["name"]: numpy.array(m["sigma"]) for m in json.loads((folder / "expected.json").read_text())["matrices"]}
        file = tmp_path / f"{folder.name}.h5"
        program("run", "--checkpoint", folder, "--quantizer", "bf16", "--no-table", "-o", file)
        with h5py.File(file) as result:
            names = result["matrices/name"].asstr()[:]
            units = {key: result["units"][key][:] for key in ("matrix", "quantizer", "sigma_offset", "sigma_count")}
            sigma, error = result["spectra/sigma"][:], result["spectra/error"][:]
        found = {}
        for row in numpy.flatnonzero(units["quantizer"] == 0):
            stretch = slice(units["sigma_offset"][row], units["sigma_offset"][row] + units["sigma_count"][row])
            found[names[units["matrix"][row]]] = sigma[stretch], error[stretch]
        assert set(found) == set(expected), folder.name
        for name, reference in expected.items():
            value, bound = found[name]
            # numpy's own error: a few units in the last place of the largest value.
            assert len(value) == len(reference), (folder.name, name)
            assert numpy.all(numpy.abs(value - reference) <= bound + 1e-14 * reference.max(initial=0)), (folder.name, name)
            matrices += 1
    assert matrices == 539


def test_f64_weights_that_fp32_does_not_hold(program, tmp_path):
    """E is against the weights as a quantizer takes them, rounded to fp32 (architecture.md §2); Weyl's and Mirsky's inequalities allow for
    that rounding; beyond fp32 there is a spectrum, but no quantizer."""
    from conftest import llama_checkpoint

    random = numpy.random.default_rng(0)

    def exact(tensors):
        for name, value in tensors.items():
            if "mlp" in name:
                value *= 1 + 1e-9 * random.standard_normal(value.shape)

    def huge(tensors):
        tensors["model.layers.0.mlp.up_proj.weight"][0, 0] = 1e39

    def tiny(tensors):
        tensors["model.layers.0.mlp.up_proj.weight"] *= 1e-310

    quantizers = ["bf16", "int:bits=8", "nvfp4", "int:block=16"]
    for change, failed in ((exact, 0), (tiny, 0), (huge, len(quantizers))):
        model = llama_checkpoint(tmp_path / change.__name__, dtype="<f8", change=change)
        manifest = write_manifest(tmp_path / f"{change.__name__}.yaml", [model], quantizers)
        result = program("run", manifest, "-o", tmp_path / f"{change.__name__}.h5", code=3 if failed else 0)
        with h5py.File(tmp_path / f"{change.__name__}.h5") as file:
            states = file["units/state"][:]
            assert (states == 2).sum() == failed
            reasons = set(file["units/reason"].asstr()[states == 2])
            names = file["matrices/name"].asstr()[:]
            if change is exact:
                from conftest import read_safetensors

                weights = read_safetensors(model / "model.safetensors")
                row = next(i for i in range(len(states)) if names[file["units/matrix"][i]].endswith("0.mlp.up_proj.weight")
                           and file["quantizers/text"].asstr()[file["units/quantizer"][i]] == "bf16")
                w = weights["model.layers.0.mlp.up_proj.weight"]
                bits = w.astype("<f4").view("<u4").astype("u8")
                rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype("<u4").view("<f4").astype("f8")
                assert abs(file["units/error_frobenius"][row] / numpy.linalg.norm(rounded - w.astype("<f4")) - 1) < 1e-12
        if failed:
            assert all(reason.startswith("unit:beyond-fp32[0,0]=1e+39") for reason in reasons)
            assert "which binary32 does not hold" in result.stderr


def test_rounding_to_binary32_breaks_no_theorem(program, tmp_path):
    """Below its normal range a scale is rounded by half of the smallest number, however small it is: 0 to 4,000 units here.
    Of F64 weights all are rounded first; of equal ones (binary is nearly exact) all the same way."""
    from conftest import llama_checkpoint

    def tiny(tensors):
        tensors["model.layers.0.mlp.down_proj.weight"][:] = 1 / 3
        for block, scale in enumerate([1e-42, 1e-45]):
            for part in ("up", "gate"):
                tensors[f"model.layers.{block}.mlp.{part}_proj.weight"] *= numpy.float64(scale)

    for dtype in ("<f4", "<f8"):
        model = llama_checkpoint(tmp_path / f"model{dtype[1:]}", dtype=dtype, change=tiny)
        manifest = write_manifest(tmp_path / "job.yaml", [model], ["binary", "uniform", "uniform:bits=8"])
        program("run", manifest, "-o", tmp_path / f"{dtype[1:]}.h5")  # a theorem that does not hold would end it with 70


def test_decoding_beyond_fp32_is_said_to_be_that(program, tmp_path):
    """Next to the largest float a scale in bf16 is rounded up, and the outermost level with it (torchao decodes to infinity, too)."""
    from conftest import llama_checkpoint

    def huge(tensors):
        for name, value in tensors.items():
            if "mlp" in name:
                value[:] = numpy.sign(value) * numpy.float32(3.4e38)

    model = llama_checkpoint(tmp_path / "model", change=huge)
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:block=32,scale=bf16,variant=torchao", "bf16"])
    result = program("run", manifest, "-o", tmp_path / "r.h5", code=3)
    with h5py.File(tmp_path / "r.h5") as file:
        failed = file["units/state"][:] == 2
        assert 0 < failed.sum() < len(failed)
        assert set(file["units/reason"].asstr()[failed]) == {"unit:decoded-not-finite"}
    assert "beyond what fp32 holds" in result.stderr
