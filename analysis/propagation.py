#!/usr/bin/env python3
"""Measures the error of an MLP whose matrices are quantized, ‖f(x) − f_Q(x)‖, against the second source's sum.

usage: propagation.py RESULT.h5 --id CHECKPOINT [--step STEP] --quantizer TEXT FOLDER QUANTIZED [--inputs N] [--seed S] [--csv FILE]

Verdicts (`propagation`, `propagation-telescoped`) are made from spectra, which bound that error and cannot measure it: it needs the
matrices of the chain at once. This program has them: FOLDER is the checkpoint CHECKPOINT of the sweep, QUANTIZED the same checkpoint as
`specsweep quantize FOLDER --quantizer TEXT --dtype f32 -o QUANTIZED` writes it. For each block, without biases:

  f(x) = W_d·φ(W_u x)   or   W_d·(φ(W_g x) ⊙ W_u x), φ as config.json names it
  sum        Σ_l (Π_{j>l} ‖W_j‖₂)·‖E_l‖_F, the source's right side (from the result file)
  bound      the telescoped bound for ‖x‖ = 1 (from the result file; its L serves every activation)
  rms        root mean square of ‖f(x) − f_Q(x)‖ over N seeded directions x, ‖x‖ = 1
  largest    the largest value found on ‖x‖ = 1: from the eight worst of these x uphill by x ← J(x)ᵀr(x)/‖…‖, r = f − f_Q, J its
             Jacobian. A lower bound of the worst case: it refutes, it does not prove
  from       the length ‖x‖ from which the error of that x exceeds the sum (doubled until it does, then bisected; – beyond 2²⁰):
             the source's inequality has no ‖x‖ on its right side

Exit: 0; 65 when a folder does not hold what the result file speaks of; 64 usage.
"""
import argparse
import csv
import json
import math
import pathlib
import struct
import sys

import numpy

from specsweep_analysis import ReportError, frames, style

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
ASCENTS, STEPS = 8, 200


def phi_gelu(z):
    cdf = 0.5 * (1 + numpy.vectorize(math.erf, otypes=[float])(z / math.sqrt(2)))
    return z * cdf, cdf + z * numpy.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def phi_gelu_tanh(z):
    c = math.sqrt(2 / math.pi)
    t = numpy.tanh(c * (z + 0.044715 * z**3))
    return z * (1 + t) / 2, (1 + t) / 2 + z * (1 - t**2) / 2 * c * (1 + 3 * 0.044715 * z**2)


def phi_silu(z):
    s = 0.5 * (1 + numpy.tanh(z / 2))
    return z * s, s * (1 + z * (1 - s))


def phi_relu(z):
    return numpy.maximum(z, 0), (z > 0).astype(float)


ACTIVATIONS = {
    "gelu": phi_gelu,
    "gelu_new": phi_gelu_tanh,
    "gelu_fast": phi_gelu_tanh,
    "gelu_pytorch_tanh": phi_gelu_tanh,
    "silu": phi_silu,
    "swish": phi_silu,
    "relu": phi_relu,
}


class Weights:
    """Tensors of a Hugging Face folder by name, as fp64."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.files = {}
        for path in sorted(self.folder.glob("*.safetensors")):
            with open(path, "rb") as file:
                size = struct.unpack("<Q", file.read(8))[0]
                for name, entry in json.loads(file.read(size)).items():
                    if name != "__metadata__":
                        self.files[name] = (path, 8 + size, entry)
        config = json.loads((self.folder / "config.json").read_text("utf-8"))
        named = [config[k] for k in ("activation_function", "hidden_act", "hidden_activation") if config.get(k)]
        self.activation = named[0] if named else "gelu_new"  # gpt2's default

    def matrix(self, unit):
        """The logical [out, in] matrix of a row of load()'s table."""
        if unit["tensor"] not in self.files:
            raise ReportError(65, f"'{self.folder}' has no tensor '{unit['tensor']}'", "the result file speaks of it")
        path, base, entry = self.files[unit["tensor"]]
        if entry["dtype"] not in DTYPES:
            raise ReportError(65, f"'{unit['tensor']}' is of type {entry['dtype']}", "this program reads F64, F32, F16 and BF16")
        begin, end = entry["data_offsets"]
        kind = numpy.dtype(DTYPES[entry["dtype"]])
        values = numpy.fromfile(path, kind, (end - begin) // kind.itemsize, offset=base + begin).reshape(entry["shape"])
        if entry["dtype"] == "BF16":
            values = (values.astype("<u4") << 16).view("<f4")
        values = values.astype(float)
        if unit["orientation"] == "in_out":
            values = values.T
        if unit["slice"]:
            half = {"gate": slice(0, len(values) // 2), "up": slice(len(values) // 2, None)}.get(unit["slice"])
            if half is None:
                raise ReportError(65, f"'{unit['matrix']}' is a slice this program does not cut", "it knows #gate and #up")
            values = values[half]
        if values.shape != (unit["rows"], unit["cols"]):
            raise ReportError(65, f"'{unit['tensor']}' of '{self.folder}' is {values.shape}", f"the result file has {unit['rows']} × {unit['cols']}")
        return values


class Chain:
    """f(x) for rows x, and v ↦ J(x)ᵀv."""

    def __init__(self, weights, units):
        self.up, self.down = weights.matrix(units["mlp_up"]), weights.matrix(units["mlp_down"])
        self.gate = weights.matrix(units["mlp_gate"]) if "mlp_gate" in units else None
        if weights.activation not in ACTIVATIONS:
            raise ReportError(65, f"'{weights.folder}' has the activation '{weights.activation}'", f"known: {', '.join(ACTIVATIONS)}")
        self.phi = ACTIVATIONS[weights.activation]

    def __call__(self, x):
        bent, _ = self.phi(x @ (self.up if self.gate is None else self.gate).T)
        return (bent if self.gate is None else bent * (x @ self.up.T)) @ self.down.T

    def pull_back(self, x, v):
        inner = v @ self.down
        if self.gate is None:
            return (inner * self.phi(x @ self.up.T)[1]) @ self.up
        bent, slope = self.phi(x @ self.gate.T)
        return (inner * slope * (x @ self.up.T)) @ self.gate + (inner * bent) @ self.up


def lengths(rows):
    return numpy.linalg.norm(rows, axis=-1)


def measure(before, after, inputs, seed):
    """(rms, largest, the x of the largest) over ‖x‖ = 1."""
    random = numpy.random.default_rng(seed)
    x = random.standard_normal((inputs, before.up.shape[1]))
    x /= lengths(x)[:, None]
    errors = lengths(before(x) - after(x))
    rms = math.sqrt((errors**2).mean())
    worst = numpy.argsort(errors)[-ASCENTS:]
    largest, at = errors[worst[-1]], x[worst[-1]]
    x = x[worst]
    for _ in range(STEPS):
        residual = before(x) - after(x)
        step = before.pull_back(x, residual) - after.pull_back(x, residual)
        if not lengths(step).all():
            break
        x = step / lengths(step)[:, None]
        errors = lengths(before(x) - after(x))
        if errors.max() > largest:
            largest, at = errors.max(), x[errors.argmax()]
    return rms, float(largest), at


def exceeds_from(before, after, x, limit):
    """The length of x from which ‖f − f_Q‖ > limit; NaN where it does not up to 2²⁰."""

    def error(length):
        return float(lengths(before(length * x[None]) - after(length * x[None]))[0])

    high = 1.0
    while error(high) <= limit:
        high *= 2
        if high > 2**20:
            return math.nan
    low = 0.0 if high == 1 else high / 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if error(middle) > limit else (middle, high)
    return high


def chains(frame, verdicts, checkpoint, step, quantizer):
    """(block, role → unit, verdict row) of every judged chain under that quantizer; step: None for a checkpoint without one."""
    frame = frame[(frame["checkpoint"] == checkpoint) & (frame["quantizer"] == quantizer)]
    frame = frame[frame["step"].isna() if step is None else frame["step"] == step]
    rows = verdicts[(verdicts["claim"] == "propagation") & (verdicts["scope"] == "unit") & numpy.isfinite(verdicts["left"])]
    for row in rows.itertuples():
        if row.unit in frame.index and frame.at[row.unit, "role"] == "mlp_down":
            block = frame.at[row.unit, "block_index"]
            yield int(block), {u["role"]: u for _, u in frame[frame["block_index"] == block].iterrows()}, row


def table(given):
    frame, verdicts = frames.load(given.result), frames.verdicts(given.result)
    found = list(chains(frame, verdicts, given.id, given.step, given.quantizer))
    if not found:
        raise ReportError(65, f"'{given.result}' has no judged chain of '{given.id}' under '{given.quantizer}'", "of a trajectory --step names the step")
    weights, quantized = Weights(given.folder), Weights(given.quantized)
    for block, units, row in found:
        before, after = Chain(weights, units), Chain(quantized, units)
        rms, largest, x = measure(before, after, given.inputs, given.seed)
        yield {
            "block": block,
            "sum": row.right,
            "bound": row.left,
            "rms": rms,
            "largest": largest,
            "largest/sum": largest / row.right,
            "bound/largest": row.left / largest if largest else math.nan,
            "from": exceeds_from(before, after, x, row.right),
        }


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "), description=__doc__.split("\n\n", 2)[2],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result")
    parser.add_argument("folder")
    parser.add_argument("quantized")
    parser.add_argument("--id", required=True)
    parser.add_argument("--step", type=float)
    parser.add_argument("--quantizer", required=True)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--csv")
    given = parser.parse_args()
    try:
        rows = list(table(given))
    except ReportError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code
    if given.csv:
        with open(given.csv, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    print("  ".join(f"{name:>13}" for name in rows[0]))
    for row in rows:
        print("  ".join(f"{style.number(value, 3) if name != 'block' else value:>13}" for name, value in row.items()))
    refuted = sum(row["largest"] > row["sum"] for row in rows)
    print(f"for ‖x‖ ≤ 1 the source's sum is refuted on {refuted} of {len(rows)} chains (undecided, or proven by the verdict, on the others)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
