#!/usr/bin/env python3
"""Small packed checkpoints, written by the packages that own the layouts, each with what the same package decodes.

usage: generate.py FOLDER [CASE...]

Every case is a folder with config.json, model.safetensors (one packed linear layer) and expected.safetensors: "weight", the
owner's own decoded matrix [out, in], in the dtype in which the owner decodes. What is committed was made on a CPU with
compressed-tensors 0.20.0, gptqmodel 7.7.0, autoawq 0.2.9, bitsandbytes 0.50.2, nvidia-modelopt 0.47.0 and torch 2.15.0.
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file

ROWS, COLS = 24, 64
PREFIX = "model.layers.0.self_attn.q_proj."


def weights(rows=ROWS, cols=COLS):
    generator = torch.Generator().manual_seed(4)
    w = torch.randn(rows, cols, generator=generator) * 0.04
    w[0, :16] = 0  # a block of zeros
    return w


def write(folder, tensors, expected, quantization):
    folder.mkdir(parents=True, exist_ok=True)
    save_file({PREFIX + name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors")
    save_file({"weight": expected.contiguous()}, folder / "expected.safetensors")
    config = {"model_type": "llama", "quantization_config": quantization}
    (folder / "config.json").write_text(json.dumps(config, indent=1, default=str) + "\n")


def compressed_tensors(folder, compression, transform=lambda w: w, **arguments):
    from compressed_tensors.compressors import BaseCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationConfig, QuantizationScheme
    from compressed_tensors.quantization.utils import calculate_qparams, generate_gparam

    args = QuantizationArgs(**arguments)
    scheme = QuantizationScheme(targets=["Linear"], weights=args)
    w = transform(weights())
    if args.strategy == "tensor":
        blocks = w.reshape(1, 1, -1)
    elif args.strategy == "channel":
        blocks = w.reshape(ROWS, 1, COLS)
    elif args.strategy == "block":
        high, wide = args.block_structure
        padded = torch.nn.functional.pad(w, (0, -COLS % wide, 0, -ROWS % high))
        blocks = padded.reshape(padded.shape[0] // high, high, padded.shape[1] // wide, wide).transpose(1, 2).flatten(2)
    else:
        blocks = w.reshape(ROWS, -1, args.group_size)
    state = {"weight": w}
    global_scale = None
    if args.strategy == "tensor_group":
        global_scale = generate_gparam(w.min(), w.max())
        state["weight_global_scale"] = global_scale
    scale, zero = calculate_qparams(blocks.amin(-1), blocks.amax(-1), args, global_scale)
    if args.strategy == "tensor":
        scale, zero = scale.reshape(1), zero.reshape(1)
    state["weight_scale"] = scale
    state["weight_zero_point"] = zero
    compressor = BaseCompressor.get_value_from_registry(compression)
    packed = compressor.compress(state, scheme)
    expected = compressor.decompress(packed, scheme)["weight"]
    config = QuantizationConfig(config_groups={"group_0": scheme}, format=compression, quantization_status="compressed")
    write(folder, packed, expected, json.loads(config.model_dump_json()))


def nvfp4_weights(w):
    """2688/max |W| becomes a power of two, so that every order of the decoding products is exact."""
    w = w * (0.125 / w.abs().max())
    w[1, 1] = 0.1640625
    return w


def gptq(folder, bits, symmetric, reordered, v2):
    from gptqmodel.nn_modules.qlinear.torch import TorchLinear
    from gptqmodel.quantization.config import QuantizeConfig
    from gptqmodel.utils.model import convert_gptq_v2_to_v1_format_module

    rows, group = 32, 32
    layer = TorchLinear(bits=bits, group_size=group, sym=symmetric, desc_act=reordered, in_features=COLS, out_features=rows)
    w = weights(rows)
    top = 2**bits - 1
    generator = torch.Generator().manual_seed(5)
    order = torch.arange(COLS, dtype=torch.int32) // group
    if reordered:
        order = order[torch.randperm(COLS, generator=generator)]
    groups = torch.stack([w[:, order == g] for g in range(COLS // group)], dim=1)
    low, high = groups.amin(-1).clamp(max=0), groups.amax(-1).clamp(min=0)
    if symmetric:
        high = torch.maximum(high, -low)
        low = -high
    scales = ((high - low) / top).half().float()
    zeros = torch.full_like(scales, (top + 1) // 2) if symmetric else torch.round(-low / scales)
    linear = torch.nn.Linear(COLS, rows, bias=False)
    linear.weight.data = w
    layer.pack_original(linear, scales, zeros, order)
    layer.eval()
    if hasattr(layer, "_init_wf_unsqueeze_buffers"):
        layer._init_wf_unsqueeze_buffers()
    expected = layer.dequantize_weight().T.clone()
    if not v2:  # the first format stores zero points less one
        convert_gptq_v2_to_v1_format_module(layer, QuantizeConfig(bits=bits, group_size=group))
    tensors = {name: getattr(layer, name).clone() for name in ("qweight", "qzeros", "scales", "g_idx")}
    write(folder, tensors, expected,
          {"quant_method": "gptq", "bits": bits, "group_size": group, "sym": symmetric, "desc_act": reordered,
           "checkpoint_format": "gptq_v2" if v2 else "gptq"})


def awq(folder):
    from awq.modules.linear.gemm import WQLinear_GEMM
    from awq.utils.packing_utils import dequantize_gemm

    rows, group = 32, 32
    w = weights(rows)
    blocks = w.reshape(rows, -1, group)
    low, high = blocks.amin(-1), blocks.amax(-1)
    scales = ((high - low).clamp(min=1e-5) / 15).half().float()
    zeros = torch.round(-low / scales).clamp(0, 15)
    grid = torch.clamp(torch.round(blocks / scales[..., None]) + zeros[..., None], 0, 15) - zeros[..., None]
    linear = torch.nn.Linear(COLS, rows, bias=False)
    linear.weight.data = (grid * scales[..., None]).reshape(rows, COLS)  # from_linear() does not clamp
    layer = WQLinear_GEMM.from_linear(linear, 4, group, scales=scales.T.contiguous(), zeros=zeros.T.contiguous())
    expected = dequantize_gemm(layer.qweight, layer.qzeros, layer.scales, 4, group).T
    write(folder, {"qweight": layer.qweight, "qzeros": layer.qzeros, "scales": layer.scales}, expected,
          {"quant_method": "awq", "bits": 4, "group_size": group, "version": "gemm", "zero_point": True})


def bitsandbytes(folder, kind, nested):
    import bitsandbytes as bnb

    linear = bnb.nn.Linear4bit(COLS, ROWS, bias=False, quant_type=kind, compress_statistics=nested,
                               compute_dtype=torch.float32, quant_storage=torch.uint8)
    linear.load_state_dict({"weight": weights()})
    linear = linear.to("cpu")
    state = linear.state_dict()
    expected = bnb.functional.dequantize_4bit(linear.weight.data, linear.weight.quant_state)
    write(folder, dict(state), expected.reshape(ROWS, COLS),
          {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": kind,
           "bnb_4bit_use_double_quant": nested, "bnb_4bit_quant_storage": "uint8"})


def modelopt_nvfp4(folder):
    from modelopt.torch.quantization.qtensor import NVFP4QTensor

    w = nvfp4_weights(weights())
    packed, scale, scale_2 = NVFP4QTensor.quantize(w.clone(), 16)
    expected = packed.dequantize(dtype=torch.float32, scale=scale, double_scale=scale_2, block_sizes={-1: 16})
    write(folder, {"weight": packed._quantized_data, "weight_scale": scale, "weight_scale_2": scale_2}, expected,
          {"quant_method": "modelopt", "quant_algo": "NVFP4", "producer": {"name": "modelopt"}})


CASES = {
    "ct-int4-group": lambda f: compressed_tensors(f, "pack-quantized", num_bits=4, strategy="group", group_size=32, symmetric=True),
    "ct-int4-group-asymmetric": lambda f: compressed_tensors(f, "pack-quantized", num_bits=4, strategy="group", group_size=32, symmetric=False),
    "ct-int8-channel": lambda f: compressed_tensors(f, "pack-quantized", num_bits=8, strategy="channel", symmetric=True),
    "ct-int8-channel-asymmetric": lambda f: compressed_tensors(f, "pack-quantized", num_bits=8, strategy="channel", symmetric=False),
    "ct-int3-group-asymmetric": lambda f: compressed_tensors(f, "pack-quantized", num_bits=3, strategy="group", group_size=32, symmetric=False),
    "ct-int8-plain": lambda f: compressed_tensors(f, "int-quantized", num_bits=8, strategy="channel", symmetric=True),
    "ct-fp8-channel": lambda f: compressed_tensors(f, "float-quantized", num_bits=8, type="float", strategy="channel", symmetric=True),
    "ct-fp8-tensor": lambda f: compressed_tensors(f, "float-quantized", num_bits=8, type="float", strategy="tensor", symmetric=True),
    "ct-fp8-block": lambda f: compressed_tensors(f, "float-quantized", num_bits=8, type="float", strategy="block", block_structure=[16, 32], symmetric=True),
    "ct-nvfp4": lambda f: compressed_tensors(f, "nvfp4-pack-quantized", nvfp4_weights, num_bits=4, type="float", strategy="tensor_group", group_size=16, symmetric=True),
    "gptq-int4": lambda f: gptq(f, 4, False, False, False),
    "gptq-int4-reordered": lambda f: gptq(f, 4, False, True, False),
    "gptq-int8-symmetric": lambda f: gptq(f, 8, True, False, False),
    "gptq-int4-v2": lambda f: gptq(f, 4, False, False, True),
    "awq-int4": lambda f: awq(f),
    "bnb-nf4": lambda f: bitsandbytes(f, "nf4", False),
    "bnb-nf4-nested": lambda f: bitsandbytes(f, "nf4", True),
    "bnb-fp4": lambda f: bitsandbytes(f, "fp4", False),
    "modelopt-nvfp4": modelopt_nvfp4,
}


if __name__ == "__main__":
    for case in sys.argv[2:] or CASES:
        CASES[case](pathlib.Path(sys.argv[1]) / case)
