#!/usr/bin/env python3
"""References for the formats that shared/reference has none for: by the packages that own a format where one can be run on a
CPU, by the published formula in exact or higher precision elsewhere ("own" says which).

usage: generate.py MODEL.safetensors > vectors.json

MODEL is models/all-MiniLM-L6-v2 of the shared folder: three of its matrices, widened to fp32, and the integer-made datasets A
and B of reference/quantization_vectors.json. Every vector is FNV-1a-64 of decoded fp32 values (-0 as +0), of codes
as int8, or of block scales as fp32; every table is compared number by number. What is committed was made with hqq 0.2.8,
pywhispercpp 1.5.1 (for its libggml-base 0.13.1), gguf 0.19.0, bitsandbytes 0.50.2, torchao 0.18.0, ml_dtypes 0.6.0, kmeans1d 0.5.0,
scipy 1.17.1, mpmath 1.3.0, torch 2.15.0, numpy 2.4.6.
"""
import ctypes
import json
import math
import pathlib
import sys

import ml_dtypes
import mpmath
import numpy as np
import torch
from safetensors.torch import load_file

F32 = np.float32
MATRICES = ("encoder.layer.0.attention.self.query.weight", "encoder.layer.2.intermediate.dense.weight",
            "encoder.layer.5.output.dense.weight")


def fnv1a64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def floats(w):
    return fnv1a64((np.ascontiguousarray(w, F32) + F32(0)).tobytes())


def synthetic(name):
    values = np.zeros(4096, F32)
    state = 12345
    for i in range(4096):
        total = 0
        for _ in range(4):
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
            total += state >> 10
        bell, ties = (total - 8388608) * 2.0**-26, math.ldexp((i * 37) % 97 - 48, -7 - (i // 32) % 5)
        values[i] = bell if name == "A" else ties
    if name == "A":
        values[256:288] = 0
    return values.reshape(64, 64)


def blocks(w, width):
    return w.reshape(-1, width or w.shape[1])


def absmax(w, width):
    return np.abs(blocks(w, width)).max(axis=1, keepdims=True)


def hqq_of(bits, group):
    from hqq.core.quantize import Quantizer

    def quantize(w):
        codes, meta = Quantizer.quantize(torch.from_numpy(w), nbits=bits, group_size=group, optimize=False, axis=1,
                                         bitpack=False, device="cpu")
        meta["compute_dtype"] = torch.float32
        return {"decoded": Quantizer.dequantize(codes, meta).numpy()}
    return quantize


def quarot(bits, group):
    """spcl/QuaRot fake_quant/quant_utils.py, sym_quant_dequant: the clamp is -(maxq+1) … maxq, the scale amax/maxq."""
    def quantize(w):
        x, top = torch.from_numpy(w).reshape(-1, group or w.shape[1]), torch.tensor(2**(bits - 1) - 1)
        scale = x.abs().amax(1, keepdim=True) / top
        scale[scale == 0] = 1
        return {"decoded": (scale * torch.clamp(torch.round(x / scale), -(top + 1), top)).reshape(w.shape).numpy()}
    return quantize


def e2m1(x):
    return x.astype(ml_dtypes.float4_e2m1fn).astype(F32)


def vllm(w):
    """vllm-project/vllm nvfp4_emulation_utils.py, ref_nvfp4_quant; codes and block scales, its decoding has two roundings."""
    x = torch.from_numpy(w).reshape(-1, 16)
    global_scale = torch.tensor(448.0 * 6.0) / x.abs().max()
    scale = global_scale * (x.abs().amax(1, keepdim=True) * (1.0 / 6.0))
    scale = scale.clamp(-448, 448).to(torch.float8_e4m3fn).to(torch.float32)
    product = scale * (1.0 / global_scale)
    factor = torch.where(product == 0, torch.zeros(()), 1.0 / product)
    codes = e2m1((x * factor).clamp(-6, 6).numpy())
    return {"codes": codes, "scales": scale.numpy()}


def nvfp4_te(w):
    """TransformerEngine's steps (quantization.md §2.1) on top of ml_dtypes' casts, decoded with one rounding."""
    x = blocks(w, 16)
    largest = np.abs(w).max()
    encode = F32(2688) / largest
    scale = np.minimum(absmax(w, 16) * (encode * F32(1 / 6)), F32(448)).astype(ml_dtypes.float8_e4m3fn).astype(F32)
    with np.errstate(divide="ignore"):
        factor = np.minimum(F32(1) / (scale * (F32(1) / encode)), np.finfo(F32).max)
    codes = e2m1(np.clip(x * factor, -6, 6))
    return (codes.astype(np.float64) * scale * np.float64(largest) / 2688).astype(F32).reshape(w.shape)


def rotated_nvfp4(w):
    """W·diag(s)·H/4 by a product with scipy's Hadamard matrix in binary64, rounded to fp32; back the same way."""
    from scipy.linalg import hadamard
    signs = np.array([1, 1, 1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1, 1, -1, -1], np.float64)
    matrix = hadamard(16).astype(np.float64)
    turned = ((blocks(w, 16) * signs) @ matrix / 4).astype(F32).reshape(w.shape)
    decoded = nvfp4_te(turned)
    return {"decoded": (blocks(decoded, 16).astype(np.float64) @ matrix / 4 * signs).astype(F32).reshape(w.shape)}


def fp8_pow2(w):
    """torchao float8: scales are rounded down to a power of two on the encoding side."""
    from torchao.float8.float8_utils import amax_to_scale
    amax = torch.from_numpy(w).abs().max()
    encode = amax_to_scale(amax, torch.float8_e4m3fn, round_scales_to_power_of_2=True).numpy()
    return {"decoded": np.clip(w * encode, -448, 448).astype(ml_dtypes.float8_e4m3fn).astype(F32) / encode}


def minifloat(dtype, block):
    largest = F32(ml_dtypes.finfo(dtype).max)

    def quantize(w):
        x, scale = blocks(w, block), absmax(w, block) / largest
        scale = np.where(scale == 0, F32(1), scale)
        codes = np.clip(x / scale, -largest, largest).astype(dtype).astype(F32)
        return {"decoded": (codes * scale).reshape(w.shape)}
    return quantize


def mean_magnitude(x):
    return np.array([math.fsum(np.abs(row).astype(np.float64)) / row.size for row in x], np.float64)[:, None]


def binary(w, block):
    """XNOR-Net: alpha = mean |w|, sums exact (math.fsum), sgn(0) = +1."""
    x = blocks(w, block)
    return {"decoded": (np.where(x < 0, F32(-1), F32(1)) * mean_magnitude(x).astype(F32)).reshape(w.shape)}


def ternary(w, block):
    """arXiv 2402.17764, equations 1 to 3 with eps = 1e-5."""
    x = blocks(w, block)
    scale = mean_magnitude(x).astype(F32) + F32(1e-5)
    return {"decoded": (np.clip(np.rint(x / scale), -1, 1) * scale).reshape(w.shape)}


def by_levels(levels, thresholds, block):
    """The level above as many thresholds as lie below |w|/absmax."""
    def quantize(w):
        x, scale = blocks(w, block), absmax(w, block)
        v = np.abs(x) / np.where(scale == 0, F32(1), scale)
        return {"decoded": np.copysign(levels[np.searchsorted(thresholds, v)] * scale, x).reshape(w.shape)}
    return quantize


def log2_of(bits, block, rounding):
    """Each weight by 60 digits: k = round(-log2 v), or the nearest of two powers."""
    smallest = 2**(bits - 1) - 2
    cache = {}

    def level(v):
        if v <= 2.0**-(smallest + 1):
            return 0.0
        if rounding == "log":
            k = int(mpmath.nint(-mpmath.log(mpmath.mpf(v), 2)))
        else:
            k = -math.floor(math.log2(v)) if v == 2.0**math.floor(math.log2(v)) else -math.frexp(v)[1] + 1
            k = k if v <= 1.5 * 2.0**-k else k - 1
        return 2.0**-min(k, smallest)

    def quantize(w):
        x, scale = blocks(w, block), absmax(w, block)
        v = np.abs(x) / np.where(scale == 0, F32(1), scale)
        levels = np.array([cache.setdefault(one, level(one)) for one in v.ravel().tolist()], F32).reshape(v.shape)
        return {"decoded": np.copysign(levels * scale, x).reshape(w.shape)}
    return quantize


def apot_magnitudes(bits):
    """arXiv 1909.13144 and yhhhli/APoT_Quantization, build_power_value: sums over up to three sets of powers, over their maximum."""
    sets = {2: ((1, 2, 3),), 3: ((1, 2, 4), (3,)), 4: ((1, 3, 5), (2, 4, 6)), 5: ((1, 3, 6), (2, 4, 7), (5,)),
            6: ((1, 4, 7), (2, 5, 8), (3, 6, 9))}[bits - 1]
    sums = {0.0}
    for powers in sets:
        sums = {a + b for a in sums for b in [0.0] + [2.0**-p for p in powers]}
    tensor = torch.tensor(sorted(sums))
    return tensor.mul(1.0 / torch.max(tensor)).numpy()  # as the repository scales them


def apot(bits, block):
    levels = apot_magnitudes(bits)
    return by_levels(levels, (levels[1:] + levels[:-1]) / F32(2), block)


def lloyd_magnitudes(bits):
    """Fixed point of Lloyd's conditions for N(0, 1) to 40 digits."""
    mpmath.mp.dps = 40
    n = 2**(bits - 1)
    density = lambda t: mpmath.npdf(t)  # noqa: E731
    tail = lambda t: mpmath.erfc(t / mpmath.sqrt(2)) / 2  # noqa: E731

    def means(x):
        edges = [mpmath.mpf(0)] + [(a + b) / 2 for a, b in zip(x, x[1:])] + [mpmath.inf]
        return [((density(a) if a != mpmath.inf else 0) - (density(b) if b != mpmath.inf else 0)) / (tail(a) - (tail(b) if b != mpmath.inf else 0))
                for a, b in zip(edges, edges[1:])]
    # Start: quantiles of a normal of variance 3, the compander for many levels.
    x = [mpmath.sqrt(6) * mpmath.erfinv((i + mpmath.mpf(1) / 2) / n) for i in range(n)]
    for _ in range(30):  # Newton on x - means(x), whose Jacobian is tridiagonal, by differences
        residual = [a - b for a, b in zip(x, means(x))]
        jacobian = mpmath.zeros(n, n)
        step = mpmath.mpf(10)**-18
        for color in range(3):
            moved = [v + (step if i % 3 == color else 0) for i, v in enumerate(x)]
            change = [(a - b - r) / step for a, b, r in zip(moved, means(moved), residual)]
            for j in range(color, n, 3):
                for i in range(max(0, j - 1), min(n, j + 2)):
                    jacobian[i, j] = change[i]
        correction = mpmath.lu_solve(jacobian, mpmath.matrix(residual))
        x = [a - c for a, c in zip(x, correction)]
        if max(abs(c) for c in correction) < mpmath.mpf(10)**-25:
            break
    else:
        raise RuntimeError(f"{bits} bits: no convergence")
    return [float(F32(str(mpmath.nstr(v, 30)))) for v in x]


def mulaw_magnitudes(bits):
    mpmath.mp.dps = 40
    top = 2**(bits - 1) - 1
    expand = lambda q: float((mpmath.mpf(256)**(mpmath.mpf(q) / top) - 1) / 255)  # noqa: E731
    return [expand(q) for q in range(top + 1)], [expand(q + 0.5) for q in range(top)]


def kmeans(bits, block):
    """kmeans1d (optimal 1-D clusters, another algorithm); levels are exact means of its clusters, rounded once."""
    import kmeans1d

    def quantize(w):
        x, decoded = blocks(w, block), []
        for row in x:
            labels = np.array(kmeans1d.cluster(row.astype(np.float64), 2**bits).clusters)
            levels = np.zeros(labels.max() + 1, F32)
            for label in np.unique(labels):
                members = row[labels == label].astype(np.float64)
                levels[label] = math.fsum(members) / members.size
            decoded.append(levels[labels])
        return {"decoded": np.array(decoded, F32).reshape(w.shape)}
    return quantize


def ggml(name, call, reference=True):
    import gguf
    library = pathlib.Path(next(pathlib.Path(p) for p in sys.path if pathlib.Path(p, "libggml-base.so").exists()),
                           "libggml-base.so")
    ggml_base = ctypes.CDLL(str(library))
    block, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name.upper()]]

    def quantize(w):
        w = np.ascontiguousarray(w, F32)
        stored, decoded = np.zeros(w.size // block * size, np.uint8), np.zeros(w.shape, F32)
        if reference:
            getattr(ggml_base, call)(w.ctypes, stored.ctypes, ctypes.c_int64(w.size))
        else:
            getattr(ggml_base, call)(w.ctypes, stored.ctypes, ctypes.c_int64(w.shape[0]), ctypes.c_int64(w.shape[1]), None)
        getattr(ggml_base, f"dequantize_row_{name}")(stored.ctypes, decoded.ctypes, ctypes.c_int64(w.size))
        return {"decoded": decoded}
    return quantize


def af4_table():
    from bitsandbytes.functional import get_4bit_type
    return sorted(get_4bit_type("af4", device="cpu", blocksize=64).tolist())


def af4(w):
    """Table and scaling of bitsandbytes (absmax of 64 of the flattened matrix, times its reciprocal), nearest level."""
    table = np.array(af4_table(), F32)
    thresholds = (table[1:] + table[:-1]) / F32(2)
    x, scale = blocks(w, 64), absmax(w, 64)
    v = np.clip(x * (F32(1) / np.maximum(scale, F32(1e-38))), -1, 1)
    return {"decoded": (table[np.searchsorted(thresholds, v)] * scale).reshape(w.shape)}


def cases():
    for bits, group in ((4, 32), (4, 64), (3, 128), (2, 64), (8, 64)):
        yield f"int:bits={bits},block={group},scheme=asymmetric,variant=hqq", "hqq", hqq_of(bits, group)
    for bits, group in ((4, 32), (4, None), (8, 64)):
        block = group or "channel"
        yield f"int:bits={bits},block={block},variant=full-maxabs", "own: formula of QuaRot, in torch", quarot(bits, group)
    yield "nvfp4:variant=vllm", "own: formula of vLLM, in torch", vllm
    yield "nvfp4:hadamard=16", "own: scipy's Hadamard matrix, ml_dtypes' casts", rotated_nvfp4
    yield "fp8:rule=pow2", "torchao (scale), ml_dtypes (cast)", fp8_pow2
    for text, dtype in (("e=2,m=1", ml_dtypes.float4_e2m1fn), ("e=2,m=3", ml_dtypes.float6_e2m3fn), ("e=3,m=2", ml_dtypes.float6_e3m2fn)):
        for block in (None, 32):
            yield f"fp:block={block or 'channel'},{text}", "ml_dtypes (cast)", minifloat(dtype, block)
    for block in (None, 64):
        yield f"binary:block={block or 'channel'}", "own: XNOR-Net, exact sums", lambda w, b=block: binary(w, b)
        yield f"ternary:block={block or 'channel'}", "own: BitNet b1.58, exact sums", lambda w, b=block: ternary(w, b)
    yield "af4", "bitsandbytes (table)", af4
    for bits, block in ((3, None), (4, 64)):
        for rounding in ("linear", "log"):
            yield f"log2:bits={bits},block={block or 'channel'},rounding={rounding}", "own: mpmath", log2_of(bits, block, rounding)
    for bits in range(3, 8):
        yield f"apot:bits={bits},block=64", "own: formula of APoT_Quantization, in torch", apot(bits, 64)
    for bits in (2, 4, 8):
        yield f"mulaw:bits={bits},block=64", "own: mpmath", by_levels(*(np.array(t).astype(F32) for t in mulaw_magnitudes(bits)), 64)
    for bits, block in ((2, 64), (4, None)):
        yield f"kmeans:bits={bits},block={block or 'channel'}", "kmeans1d (clusters)", kmeans(bits, block)
    for name in ("q8_0", "q4_0", "q4_1", "q5_0", "q5_1"):
        yield name, "libggml-base", ggml(name, f"quantize_row_{name}_ref")
    yield "iq4_nl:search=reference", "libggml-base", ggml("iq4_nl", "quantize_row_iq4_nl_ref")
    yield "iq4_nl", "libggml-base", ggml("iq4_nl", "quantize_iq4_nl", reference=False)
    for name in ("q4_K", "q6_K"):
        yield name.lower(), "libggml-base", ggml(name, f"quantize_row_{name}_ref")


def main():
    stored = load_file(sys.argv[1])
    matrices = {name: stored[name].float().numpy() for name in MATRICES} | {name: synthetic(name) for name in "AB"}
    vectors = []
    for text, owner, quantize in cases():
        for name, w in matrices.items():
            width = 256 if text.startswith(("q4_k", "q6_k")) else 128 if "block=128" in text else 1
            if w.shape[1] % width or (text.startswith("kmeans") and name not in ("A", MATRICES[0])):
                continue  # rows of B have several optimal partitions
            result = quantize(w)
            row = {"quantizer": text, "matrix": name, "owner": owner}
            if "decoded" in result:
                row["decoded"] = floats(result["decoded"])
            if "codes" in result:
                row["codes"] = fnv1a64((result["codes"].ravel() * 2).astype(np.int8).tobytes())
                row["scales"] = floats(result["scales"])
            vectors.append(row)
        print(text, file=sys.stderr)
    tables = [{"quantizer": f"lloyd:bits={bits}", "owner": "own: mpmath, 40 digits", "magnitudes": lloyd_magnitudes(bits)} for bits in range(1, 7)]
    tables += [{"quantizer": f"mulaw:bits={bits}", "owner": "own: mpmath, 40 digits",
                "magnitudes": [float(F32(v)) for v in mulaw_magnitudes(bits)[0]]} for bits in range(2, 9)]
    tables += [{"quantizer": "af4", "owner": "bitsandbytes", "levels": af4_table()}]
    print(json.dumps({"vectors": vectors, "tables": tables}, indent=0))


if __name__ == "__main__":
    main()
