#!/usr/bin/env python3
"""usage: against_libraries.py CHECKPOINT [--specsweep PROGRAM] [--repeats N]

The whole job of a sweep with one quantizer, by specsweep and by the libraries that people use instead: every weight matrix of the
checkpoint before and after NVFP4, complete fp64 spectra, one thread, reading and writing included. Prints ratios (how many times
longer than specsweep) for numpy, torch and WeightWatcher, whichever this Python has.

The libraries get the quantized weights ready made (`specsweep quantize`, not timed), so they read, widen, decompose and write only;
WeightWatcher fits its power laws too, as specsweep does. Neither of them bounds its errors.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy  # after the threads are set

ROOT = pathlib.Path(__file__).resolve().parents[2]
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


def tensors(folder, wanted):
    """name → fp64 matrix, for the matrices that specsweep analyses."""
    found = {}
    for file in sorted(pathlib.Path(folder).glob("*.safetensors")):
        raw = file.read_bytes()
        length = int.from_bytes(raw[:8], "little")
        for name, entry in json.loads(raw[8 : 8 + length]).items():
            if name not in wanted:
                continue
            begin, end = entry["data_offsets"]
            stored = raw[8 + length + begin : 8 + length + end]
            if entry["dtype"] == "BF16":
                values = (numpy.frombuffer(stored, "<u2").astype("u4") << 16).view("<f4")
            else:
                values = numpy.frombuffer(stored, DTYPES[entry["dtype"]])
            found[name] = values.reshape(entry["shape"]).astype("f8")
    return found


def by_numpy(folders, wanted, scratch):
    for folder in folders:
        spectra = {name: numpy.linalg.svd(w, compute_uv=False) for name, w in tensors(folder, wanted).items()}
        numpy.savez(scratch / "numpy.npz", **spectra)


def by_torch(folders, wanted, scratch):
    import torch

    torch.set_num_threads(1)
    for folder in folders:
        spectra = {name: torch.linalg.svdvals(torch.from_numpy(w)).numpy() for name, w in tensors(folder, wanted).items()}
        numpy.savez(scratch / "torch.npz", **spectra)


def by_weightwatcher(folders, wanted, scratch):
    import torch
    import weightwatcher

    torch.set_num_threads(1)
    for folder in folders:
        layers = torch.nn.ModuleDict()
        for name, w in tensors(folder, wanted).items():
            layer = torch.nn.Linear(w.shape[1], w.shape[0], bias=False)
            layer.weight.data = torch.from_numpy(w.astype("f4"))
            layers[name.replace(".", "_")] = layer
        weightwatcher.WeightWatcher(model=layers, log_level="ERROR").analyze(min_evals=1).to_csv(scratch / "ww.csv")


def seconds(work, repeats):
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint")
    parser.add_argument("--specsweep", default=str(ROOT / "build/release/specsweep"))
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        listed = json.loads(subprocess.run([given.specsweep, "inspect", given.checkpoint, "--json"], check=True, capture_output=True).stdout)
        wanted = {m["tensor"] for m in listed["matrices"] if not m["slice"]}
        quantized = scratch / "nvfp4"
        subprocess.run([given.specsweep, "quantize", given.checkpoint, "--quantizer", "nvfp4", "--dtype", "f32", "-o", quantized],
                       check=True, capture_output=True)
        count = iter(range(10**6))

        def own():
            command = [given.specsweep, "run", "--checkpoint", given.checkpoint, "--quantizer", "nvfp4", "--no-table", "-q", "-o",
                       scratch / f"own-{next(count)}.h5"]
            subprocess.run(command, check=True, capture_output=True)

        base = seconds(own, given.repeats)
        print(f"{len(wanted)} matrices, before and after NVFP4, one thread; specsweep {base:.2f} s, errors certified, metrics and verdicts included")
        for name, work in (("numpy.linalg.svd", by_numpy), ("torch.linalg.svdvals", by_torch), ("WeightWatcher.analyze", by_weightwatcher)):
            try:
                took = seconds(lambda: work([given.checkpoint, quantized], wanted, scratch), 1 if work is by_weightwatcher else given.repeats)
            except ImportError as missing:
                print(f"{name:<22} not measured: this Python has no {missing.name}")
                continue
            print(f"{name:<22} {took / base:5.1f} x  ({took:.2f} s)")


main()
