#!/usr/bin/env python3
"""Variants that the reference vectors do not have, against the packages that own them, on random matrices.

usage: against_owners.py SPECSWEEP        needs torch, safetensors, autoawq, nvidia-modelopt; prints one line a case
The last run: autoawq 0.2.9, nvidia-modelopt 0.47.0, torch 2.15.0; no difference but last bits of NVFP4's decoding order.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import types

import torch
from safetensors.torch import load_file, save_file

NAME = "model.layers.0.self_attn.q_proj.weight"


def decoded(program, w, quantizer):
    with tempfile.TemporaryDirectory() as scratch:
        model = pathlib.Path(scratch, "model")
        model.mkdir()
        (model / "config.json").write_text(json.dumps({"model_type": "llama"}))
        save_file({NAME: w.contiguous()}, model / "model.safetensors")
        subprocess.run([program, "quantize", model, "--quantizer", quantizer, "--dtype", "f32", "-o", f"{scratch}/q"],
                       check=True, capture_output=True)
        return load_file(f"{scratch}/q/model.safetensors")[NAME]


def of_awq(bits, group):
    from awq.quantize.quantizer import AwqQuantizer
    owner = types.SimpleNamespace(group_size=group, zero_point=True, w_bit=bits)
    return lambda w: AwqQuantizer.pseudo_quantize_tensor(owner, w.clone())[0]


def of_modelopt_int(bits):
    from modelopt.torch.quantization import tensor_quant
    return lambda w: tensor_quant.fake_tensor_quant(w, w.abs().amax(1, keepdim=True), None, bits, False, True)


def of_modelopt_nvfp4(w):
    from modelopt.torch.quantization.qtensor import NVFP4QTensor
    codes, scale, second = NVFP4QTensor.quantize(w.clone(), 16)
    return codes.dequantize(dtype=torch.float32, scale=scale, double_scale=second, block_sizes={-1: 16})


def main():
    cases = [(f"int:scheme=asymmetric,variant=awq,block={group},bits={bits}", of_awq(bits, group), 0)
             for group in (32, 128) for bits in (3, 4)]
    cases += [(f"int:variant=reciprocal,bits={bits}", of_modelopt_int(bits), 0) for bits in (4, 8)]
    cases += [("nvfp4:variant=modelopt", of_modelopt_nvfp4, 2**-22)]  # it decodes with two roundings, we with one
    generator = torch.Generator().manual_seed(0)
    worst = 0
    for quantizer, owner, tolerance in cases:
        different = 0
        for case in range(6):
            w = torch.randn(256, 512, generator=generator) * 0.03
            if case % 2:
                w = w.bfloat16().float()
            if case == 4:
                w[:, :64] *= 1e-6  # scales at their floor
            ours, theirs = decoded(sys.argv[1], w, quantizer), owner(w)
            different += int(((ours - theirs).abs() > tolerance * theirs.abs()).sum())
        worst = max(worst, different)
        print(f"{quantizer:<56} {different} of {6 * 256 * 512} weights differ")
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
