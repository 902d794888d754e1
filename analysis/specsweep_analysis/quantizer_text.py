"""Canonical quantizer texts, taken apart: "int:bits=3,block=32" → format, block, bits, family."""

import math
import re

# Defaults that canonical texts leave out (docs/quantizers.md), as far as figures sort or group by them.
DEFAULT_BLOCK = {
    "int": "channel",
    "uniform": "tensor",
    "binary": "tensor",
    "ternary": "tensor",
    "nvfp4": "1x16",
    "mxfp4": "32",
    "mxfp6": "32",
    "mxfp8": "32",
    "mxint8": "32",
    "fp8": "tensor",
    "fp": "tensor",
    "nf4": "64",
    "af4": "64",
    "bnb-fp4": "64",
    "log2": "channel",
    "apot": "channel",
    "kmeans": "channel",
    "lloyd": "channel",
    "mulaw": "channel",
}


def parse(text):
    """(format, parameters as a dict of texts)."""
    name, _, rest = text.partition(":")
    items = [item.partition("=") for item in rest.split(",") if item]
    return name, {key: value for key, _, value in items}


def block_of(text):
    """Weights that share a scale along a row, or NaN where that is no number (tensor, channel, tiles)."""
    name, parameters = parse(text)
    block = parameters.get("block", DEFAULT_BLOCK.get(name, ""))
    found = re.fullmatch(r"(?:1x)?(\d+)", block)
    return float(found[1]) if found else math.nan


def family_of(text):
    """The text without its block: quantizers of one family differ in nothing else."""
    name, parameters = parse(text)
    rest = ",".join(f"{key}={value}" for key, value in parameters.items() if key != "block")
    return f"{name}:{rest}" if rest else name


def format_of(text):
    return parse(text)[0]


def code_bits(text):
    """Bits of one code, scales not counted (src/verdicts/code_bits.cpp); None where a text does not say."""
    name, parameters = parse(text)
    if name in ("binary", "ternary"):
        return 1 if name == "binary" else 2
    if name == "fp":
        return 1 + int(parameters["e"]) + int(parameters["m"])
    digits = re.search(r"\d+", name)
    if name in ("int", "uniform", "log2", "apot", "kmeans", "lloyd", "mulaw"):
        return int(parameters.get("bits", 4))
    return int(digits[0]) if digits else None
