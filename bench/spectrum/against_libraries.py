#!/usr/bin/env python3
"""usage: against_libraries.py CHECKPOINT [--specsweep PROGRAM] [--repeats N]

The whole job of a sweep with one quantizer, by specsweep and by the libraries that people use instead: every weight matrix of the
checkpoint before and after NVFP4, complete fp64 spectra, one thread. Each is a program of its own, timed from its start to its end as a user
waits for it: starting (MPI there, the interpreter and its imports here), reading, quantizing (the formulas of bench/quantize/against_numpy.py),
decomposing, writing. Prints how many times longer each takes than specsweep, the whole and the decompositions alone, for numpy, torch and WeightWatcher,
whichever this Python has.

WeightWatcher fits its power laws too, as specsweep does. None of them bounds its errors, nor measures the error of the quantizer and the angles of
embeddings, as specsweep does in the same run.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy  # after the threads are set

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "quantize"))
from against_numpy import nvfp4  # noqa: E402

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


def tensors(folder, wanted):
    """name → fp32 matrix, for the matrices that specsweep analyses."""
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
            yield name, values.reshape(entry["shape"]).astype("f4")


def by_numpy(w):
    return numpy.linalg.svd(w.astype("f8"), compute_uv=False)


def by_torch(w):
    import torch

    return torch.linalg.svdvals(torch.from_numpy(w.astype("f8"))).numpy()


def prepare_torch():
    import torch

    torch.set_num_threads(1)


def spectra(folder, wanted, output, decompose):
    """@returns seconds in the decompositions alone."""
    found, inside = {}, 0.0
    for name, w in tensors(folder, wanted):
        for kind, matrix in (("reference", w), ("nvfp4", nvfp4(w))):
            begin = time.perf_counter()
            found[f"{name}:{kind}"] = decompose(matrix)
            inside += time.perf_counter() - begin
    numpy.savez(output, **found)
    return inside


def by_weightwatcher(folder, wanted, output):
    import torch
    import weightwatcher

    layers = torch.nn.ModuleDict()
    for name, w in tensors(folder, wanted):
        for kind, matrix in (("reference", w), ("nvfp4", nvfp4(w))):
            layer = torch.nn.Linear(w.shape[1], w.shape[0], bias=False)
            layer.weight.data = torch.from_numpy(matrix)
            layers[f"{name}:{kind}".replace(".", "_")] = layer
    begin = time.perf_counter()
    weightwatcher.WeightWatcher(model=layers, log_level="ERROR").analyze(min_evals=1).to_csv(output)
    return time.perf_counter() - begin


def work(library, folder, names, output):
    """One library's job in a process of its own; the last line of stdout says what the decompositions took."""
    wanted = set(json.loads(pathlib.Path(names).read_text()))
    if library != "numpy":
        prepare_torch()
    if library == "weightwatcher":
        inside = by_weightwatcher(folder, wanted, output)
    else:
        inside = spectra(folder, wanted, output, {"numpy": by_numpy, "torch": by_torch}[library])
    print(json.dumps({"decomposing": inside}))


def fastest(command, repeats):
    """Seconds of the fastest, and its last line; None where it fails."""
    best, last = float("inf"), ""
    for _ in range(repeats):
        begin = time.perf_counter()
        done = subprocess.run(list(map(str, command())), capture_output=True, text=True)
        took = time.perf_counter() - begin
        if done.returncode != 0:
            return None, (done.stderr.strip().splitlines() or ["?"])[-1]
        if took < best:
            best, last = took, done.stdout.strip().splitlines()[-1]
    return best, last


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint")
    parser.add_argument("--specsweep", default=str(ROOT / "build/release/specsweep"))
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        listed = json.loads(subprocess.run([given.specsweep, "inspect", given.checkpoint, "--json"], check=True, capture_output=True).stdout)
        wanted = [m["tensor"] for m in listed["matrices"] if not m["slice"]]
        (scratch / "names.json").write_text(json.dumps(wanted))
        count = iter(range(10**6))
        own, fault = fastest(lambda: [given.specsweep, "run", "--checkpoint", given.checkpoint, "--quantizer", "nvfp4", "--no-table", "-q", "-o",
                                      scratch / f"own-{next(count)}.h5"], given.repeats)
        if own is None:
            sys.exit(fault)
        timing = subprocess.run([given.specsweep, "export", scratch / "own-0.h5", "--table", "timing"], check=True, capture_output=True, text=True).stdout
        header, *rows = (line.split(",") for line in timing.strip().splitlines())
        solving = sum(float(row[header.index("seconds_solve")]) for row in rows)
        print(f"{len(wanted)} matrices, before and after NVFP4, one thread, whole programs")
        print(f"{'specsweep':<22} {own:.2f} s, of that {solving:.2f} s in the solver (with the norm of the error and angles)")
        for library in ("numpy", "torch", "weightwatcher"):
            took, line = fastest(lambda: [sys.executable, __file__, "--worker", library, given.checkpoint, scratch / "names.json", scratch / f"{library}.npz"],
                                 1 if library == "weightwatcher" else given.repeats)
            if took is None:
                print(f"{library:<22} not measured: {line}")
                continue
            inside = json.loads(line)["decomposing"]
            print(f"{library:<22} {took:.2f} s, of that {inside:.2f} s decomposing: {took / own:.1f} x the whole, {inside / solving:.1f} x the solver")


if __name__ == "__main__":
    work(*sys.argv[2:]) if sys.argv[1:2] == ["--worker"] else main()
