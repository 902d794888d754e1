"""Fixtures of the whole-program tests: the program as a user starts it, small checkpoints, and an independent reader."""
import json
import os
import subprocess
from pathlib import Path

import numpy
import pytest

SOURCE = Path(os.environ["SPECSWEEP_SOURCE_DIR"])
SHARED = Path(os.environ.get("SPECSWEEP_SHARED", SOURCE.parent / "shared"))


class Program:
    """specsweep, alone or on several ranks; stdout and stderr as text."""

    path = os.environ.get("SPECSWEEP_PROGRAM", "")
    mpirun = os.environ["SPECSWEEP_MPIRUN"]

    def __init__(self, cache):
        self.environment = dict(os.environ, XDG_CACHE_HOME=str(cache), OPENBLAS_NUM_THREADS="1")

    def command(self, *arguments, ranks=None):
        prefix = [self.mpirun, str(ranks)] if ranks else []
        return [*prefix, self.path, *map(str, arguments)]

    def __call__(self, *arguments, ranks=None, code=0, **options):
        result = subprocess.run(self.command(*arguments, ranks=ranks), env=self.environment, capture_output=True, text=True,
                                timeout=options.pop("timeout", 240), **options)
        if code is not None:
            assert result.returncode == code, f"exit {result.returncode}\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
        return result

    def start(self, *arguments, ranks=None):
        return subprocess.Popen(self.command(*arguments, ranks=ranks), env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.fixture
def program(tmp_path):
    if not Program.path:
        pytest.skip("the program was not built")
    return Program(tmp_path / "cache")


@pytest.fixture
def demo():
    """The two training steps that are in the repository."""
    return SOURCE / "examples" / "shakespeare-gpt2"


@pytest.fixture
def shared():
    if not SHARED.is_dir():
        pytest.skip("no shared folder on this machine (SPECSWEEP_SHARED)")
    return SHARED


DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "U8": "u1"}


def write_safetensors(path, tensors):
    """tensors: name → array, or (dtype name, shape, bytes)."""
    header, data = {}, b""
    for name, value in tensors.items():
        if isinstance(value, tuple):
            dtype, shape, raw = value
        else:
            dtype = {numpy.dtype(code): key for key, code in DTYPES.items()}[value.dtype]
            shape, raw = list(value.shape), value.tobytes()
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    Path(path).write_bytes(len(text).to_bytes(8, "little") + text + data)


def read_safetensors(path):
    raw = Path(path).read_bytes()
    length = int.from_bytes(raw[:8], "little")
    out = {}
    for name, entry in json.loads(raw[8:8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        stored = raw[8 + length + begin:8 + length + end]
        if entry["dtype"] == "BF16":
            values = (numpy.frombuffer(stored, "<u2").astype("u4") << 16).view("<f4")
        else:
            values = numpy.frombuffer(stored, DTYPES[entry["dtype"]])
        out[name] = values.reshape(entry["shape"])
    return out


def llama_checkpoint(folder, blocks=2, width=48, inner=96, seed=0, dtype="<f4", change=None):
    """A small model of type llama with power-law spectra. `change(tensors)` may spoil it before it is written."""
    random = numpy.random.default_rng(seed)
    tensors = {"model.embed_tokens.weight": random.standard_normal((64, width))}
    shapes = {"self_attn.q_proj": (width, width), "self_attn.k_proj": (width, width), "self_attn.v_proj": (width, width),
              "self_attn.o_proj": (width, width), "mlp.gate_proj": (inner, width), "mlp.up_proj": (inner, width),
              "mlp.down_proj": (width, inner)}
    for block in range(blocks):
        for name, shape in shapes.items():
            decay = numpy.arange(1, shape[1] + 1) ** -0.3
            tensors[f"model.layers.{block}.{name}.weight"] = random.standard_normal(shape) * decay
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"model.layers.{block}.{norm}.weight"] = numpy.ones(width)
    tensors["model.norm.weight"] = numpy.ones(width)
    tensors = {name: value.astype(dtype) for name, value in tensors.items()}
    if change:
        change(tensors)
    folder = Path(folder)
    folder.mkdir(parents=True)
    config = {"model_type": "llama", "hidden_size": width, "intermediate_size": inner, "num_hidden_layers": blocks,
              "num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": 64, "tie_word_embeddings": True}
    (folder / "config.json").write_text(json.dumps(config))
    write_safetensors(folder / "model.safetensors", tensors)
    return folder


def write_manifest(path, checkpoints, quantizers, **more):
    """YAML is a superset of JSON."""
    manifest = {"name": Path(path).stem, "checkpoints": [{"path": str(c), "id": f"c{i}"} for i, c in enumerate(checkpoints)],
                "quantizers": quantizers, **more}
    Path(path).write_text(json.dumps(manifest))
    return path
