#!/usr/bin/env python3
"""Quantizers against the same formulas in numpy (and torch, bitsandbytes and torchao where they can be imported), one thread
each.

usage: against_numpy.py SPECSWEEP        prints a table; the ratio is weights per second of specsweep over those of the library.
Same panel as `specsweep bench quantize`: 256 x 4096 normal fp32 weights; the fastest of five counts.
"""
import json
import os
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np  # noqa: E402  (threads must be set before)

F32 = np.float32


def blocks(w, width):
    return w.reshape(-1, width)


def absmax_int(w, width=32, top=7):
    b = blocks(w, width)
    delta = np.abs(b).max(axis=1, keepdims=True) / F32(top)
    return (np.clip(np.rint(b / delta), -top, top) * delta).reshape(w.shape)


def minifloat(a, mantissa, smallest, largest):
    exponent = np.maximum(np.frexp(a)[1] - 1, smallest)
    step = np.ldexp(F32(1), exponent - mantissa)
    return np.minimum(np.rint(a / step) * step, F32(largest))


def signed(magnitude, w):
    return np.copysign(magnitude, w)


def nvfp4(w):
    b = blocks(w, 16)
    amax = np.abs(w).max()
    s = F32(2688) / amax
    s8 = minifloat(np.abs(b).max(axis=1, keepdims=True) * (s * F32(1 / 6)), 3, -6, 448)
    e = F32(1) / (s8 * (F32(1) / s))
    return (signed(minifloat(np.abs(b * e), 1, 0, 6), b) * (s8 * (amax / F32(2688)))).reshape(w.shape)


def mxfp4(w):
    b = blocks(w, 32)
    k = np.frexp(np.abs(b).max(axis=1, keepdims=True))[1] - 1 - 2
    scale = np.ldexp(F32(1), k)
    return (signed(minifloat(np.abs(b / scale), 1, 0, 6), b) * scale).reshape(w.shape)


def fp8(w):
    s = np.abs(w).max() / F32(448)
    return signed(minifloat(np.abs(w / s), 3, -6, 448), w) * s


NF4 = np.array([-1, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.091050036, 0, 0.0795803, 0.1609302,
                0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1], F32)


def nf4(w):
    b = blocks(w, 64)
    a = np.abs(b).max(axis=1, keepdims=True)
    return (NF4[np.searchsorted((NF4[1:] + NF4[:-1]) / 2, b / a)] * a).reshape(w.shape)


def asymmetric_int(w, width=32, top=15):
    b = blocks(w, width)
    low, high = np.minimum(b.min(axis=1, keepdims=True), 0), np.maximum(b.max(axis=1, keepdims=True), 0)
    delta = (high - low) / F32(top)
    zero = np.rint(-low / delta)
    return ((np.clip(np.rint(b / delta) + zero, 0, top) - zero) * delta).reshape(w.shape)


CASES = {"int:block=32": absmax_int, "int:block=32,scheme=asymmetric": asymmetric_int, "nvfp4": nvfp4, "mxfp4": mxfp4, "fp8": fp8, "nf4": nf4,
         "bf16": lambda w: ((w.view(np.uint32) + 0x7FFF + (w.view(np.uint32) >> 16 & 1)) & 0xFFFF0000).view(F32)}


def torch_cases():
    try:
        import torch
    except ImportError:
        return {}
    torch.set_num_threads(1)
    table = torch.from_numpy(NF4)

    def blocks_of(w, width):
        b = torch.from_numpy(w).reshape(-1, width)
        return b, b.abs().amax(dim=1, keepdim=True)

    def absmax(w):
        b, a = blocks_of(w, 32)
        delta = a / 7
        return torch.round(b / delta).clamp_(-7, 7) * delta

    def asymmetric(w):
        b = torch.from_numpy(w).reshape(-1, 32)
        low, high = b.amin(dim=1, keepdim=True).clamp_(max=0), b.amax(dim=1, keepdim=True).clamp_(min=0)
        delta = (high - low) / 15
        zero = torch.round(-low / delta)
        return ((torch.round(b / delta) + zero).clamp_(0, 15) - zero) * delta

    def cast(w):
        t = torch.from_numpy(w)
        s = t.abs().max() / 448
        return (t / s).clamp_(-448, 448).to(torch.float8_e4m3fn).to(torch.float32) * s

    def mxfp8(w):
        b, a = blocks_of(w, 32)
        scale = torch.ldexp(torch.ones(()), torch.frexp(a).exponent - 1 - 8)
        return (b / scale).clamp_(-448, 448).to(torch.float8_e4m3fn).to(torch.float32) * scale

    def nf4_table(w):
        b, a = blocks_of(w, 64)
        return table[torch.bucketize(b / a, (table[1:] + table[:-1]) / 2)] * a
    return {"int:block=32": absmax, "int:block=32,scheme=asymmetric": asymmetric, "fp8": cast, "mxfp8": mxfp8, "nf4": nf4_table,
            "bf16": lambda w: torch.from_numpy(w).to(torch.bfloat16).to(torch.float32)}


def owners_cases():
    """The packages that own the formats, quantized and decoded again."""
    cases = {}
    try:
        import bitsandbytes.functional as bnb
        import torch

        def nf4_of_bitsandbytes(w):
            codes, state = bnb.quantize_4bit(torch.from_numpy(w), blocksize=64, quant_type="nf4")
            return bnb.dequantize_4bit(codes, state)
        cases["nf4"] = nf4_of_bitsandbytes
    except ImportError:
        pass
    try:
        import torch
        from torchao.prototype.mx_formats.mx_tensor import MXTensor
        from torchao.prototype.mx_formats.nvfp4_tensor import NVFP4Tensor, per_tensor_amax_to_scale

        def mx(element):
            return lambda w: MXTensor.to_mx(torch.from_numpy(w), element, 32).dequantize(torch.float32)

        def nvfp4_of_torchao(w):
            t = torch.from_numpy(w)
            return NVFP4Tensor.to_nvfp4(t, per_tensor_scale=per_tensor_amax_to_scale(t.abs().max())).dequantize(torch.float32)
        cases |= {"mxfp4": mx(torch.float4_e2m1fn_x2), "mxfp8": mx(torch.float8_e4m3fn), "nvfp4": nvfp4_of_torchao}
    except ImportError:
        pass
    return cases


def per_second(work, w):
    best = min(_timed(work, w) for _ in range(5))
    return w.size / best


def _timed(work, w):
    begin = time.perf_counter()
    work(w)
    return time.perf_counter() - begin


def main():
    program = sys.argv[1]
    page = subprocess.run([program, "bench", "quantize", "--json"], capture_output=True, text=True, check=True).stdout
    rows = {row["quantizer"]: row for row in json.loads(page)["quantize"]["quantizers"]}
    w = np.random.default_rng(1).standard_normal((256, 4096)).astype(F32) * F32(0.02)
    print(f"{'quantizer':<32}{'specsweep':>12}{'other':>12}{'ratio':>8}   weights per second")
    for library, cases in (("numpy", CASES), ("torch", torch_cases()), ("bitsandbytes, torchao", owners_cases())):
        for text, work in cases.items():
            if text not in rows:
                continue
            own, other = rows[text]["weights_per_second"], per_second(work, w)
            print(f"{text:<32}{own / 1e9:>10.2f} G{other / 1e9:>10.3f} G{own / other:>8.1f}   {library}")


if __name__ == "__main__":
    main()
