"""analysis/propagation.py: the measured error of an MLP against the bounds that verdicts make of spectra."""

import csv
import importlib.util
import os
import subprocess
import sys

import numpy
import pytest
from conftest import SOURCE

PROGRAM = os.environ.get("SPECSWEEP_PROGRAM", "")
SHARED = os.environ.get("SPECSWEEP_SHARED", str(SOURCE.parent / "shared"))
SCRIPT = SOURCE / "analysis" / "propagation.py"
QUANTIZER = "int:bits=3,block=32"


def module():
    spec = importlib.util.spec_from_file_location("propagation", SCRIPT)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("name, lipschitz", [("gelu", 1.12890), ("gelu_new", 1.12899), ("silu", 1.09984), ("relu", 1.0)])
def test_activations_and_their_lipschitz_constants(name, lipschitz):
    """Slopes are those of the function (central differences); the steepest is the constant that docs/metrics.md states."""
    phi, z = module().ACTIVATIONS[name], numpy.linspace(-8, 8, 160001)
    value, slope = phi(z)
    smooth = numpy.abs(z) > 1e-3  # ReLU has a corner
    differences = (phi(z + 1e-5)[0] - phi(z - 1e-5)[0]) / 2e-5
    assert numpy.abs(differences - slope)[smooth].max() < 1e-9 and phi(numpy.zeros(1))[0] == 0
    assert abs(numpy.abs(slope).max() - lipschitz) < 5e-6


def chain_of(up, down, gate=None, phi="gelu"):
    """A chain of given matrices, from no checkpoint."""
    made = module()
    chain = made.Chain.__new__(made.Chain)
    chain.up, chain.down, chain.gate, chain.phi = up, down, gate, made.ACTIVATIONS[phi]
    return chain


@pytest.mark.parametrize("gated", [False, True])
def test_pulls_vectors_back_through_the_jacobian(gated):
    random = numpy.random.default_rng(1)
    chain = chain_of(random.standard_normal((7, 4)), random.standard_normal((3, 7)), random.standard_normal((7, 4)) if gated else None)
    x, v, e = random.standard_normal((2, 4)), random.standard_normal((2, 3)), numpy.eye(4) * 1e-6
    by_differences = [[(v[i] @ (chain(x[i] + d) - chain(x[i] - d))) / 2e-6 for d in e] for i in range(2)]
    assert numpy.allclose(chain.pull_back(x, v), by_differences, rtol=1e-7, atol=1e-8)


def test_finds_the_worst_direction_where_it_is_known():
    """ReLU of a positive rank-one chain: f − f_Q = δ·(uᵀx)₊·w, largest at x = u."""
    u, w = numpy.array([[0.6, 0.8, 0.0]]), numpy.array([[1.0], [2.0]])
    before, after = chain_of(u, w, phi="relu"), chain_of(0.9 * u, w, phi="relu")
    rms, largest, x = module().measure(before, after, 200, 0)
    assert abs(largest - 0.1 * 5**0.5) < 1e-12 and numpy.allclose(x, u[0]) and rms < largest
    assert abs(module().exceeds_from(before, after, x, 1.0) - 1 / largest) < 1e-9


def run(*arguments, code=0):
    made = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=200,
                          env={**os.environ, "PYTHONPATH": str(SOURCE / "analysis")})
    assert made.returncode == code, f"exit {made.returncode}\n{made.stdout[-2000:]}\n{made.stderr[-2000:]}"
    return made


@pytest.mark.skipif(not PROGRAM, reason="the program was not built")
@pytest.mark.parametrize("model", ["shakespeare-gpt2/step3000", "shakespeare-qwen2/step1000"])
def test_no_measured_error_exceeds_the_bound_of_the_verdict(model, tmp_path):
    """Plain and gated. The source's sum of the verdict is that of numpy's norms."""
    checkpoint = f"{SHARED}/models/{model}"
    if not os.path.isdir(checkpoint):
        pytest.skip(f"there is no {checkpoint}")
    run(PROGRAM, "run", "--checkpoint", checkpoint, "--quantizer", QUANTIZER, "--role", "mlp_up", "mlp_gate", "mlp_down", "-o", tmp_path / "r.h5")
    run(PROGRAM, "quantize", checkpoint, "--quantizer", QUANTIZER, "--dtype", "f32", "-o", tmp_path / "q")
    from specsweep_analysis import load, verdicts

    units = load(tmp_path / "r.h5")
    checkpoint_id, step = units.checkpoint[0], units.step[0]
    command = [sys.executable, SCRIPT, tmp_path / "r.h5", "--id", checkpoint_id, "--quantizer", QUANTIZER, "--csv", tmp_path / "p.csv"]
    command += [] if numpy.isnan(step) else ["--step", step]
    run(*command, checkpoint, tmp_path / "q", "--inputs", 100)
    with open(tmp_path / "p.csv", newline="", encoding="utf-8") as file:
        rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    assert [row["block"] for row in rows] == [0, 1, 2, 3]
    for row in rows:
        assert 0 < row["rms"] < row["largest"] <= row["bound"] and row["from"] > 1
    assert "refuted on 0 of 4" in run(*command, checkpoint, tmp_path / "q", "--inputs", 100).stdout

    made = module()
    before, after = made.Weights(checkpoint), made.Weights(tmp_path / "q")
    found = list(made.chains(units, verdicts(tmp_path / "r.h5"), checkpoint_id, None if numpy.isnan(step) else step, QUANTIZER))
    for (_, chain, verdict), row in zip(found, rows):
        w = {role: before.matrix(unit) for role, unit in chain.items()}
        e = {role: numpy.linalg.norm(after.matrix(unit) - w[role]) for role, unit in chain.items()}
        down = numpy.linalg.norm(w["mlp_down"], 2)
        expected = down * sum(e[role] for role in e if role != "mlp_down") + e["mlp_down"]
        assert abs(row["sum"] / expected - 1) < 1e-6 and verdict.right == row["sum"]
    run(*command, checkpoint, checkpoint, "--quantizer", "nvfp4", code=65)
