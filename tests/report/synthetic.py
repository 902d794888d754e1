"""Result files made by hand with h5py, as docs/result_file.md specifies them: the reader's own data, no program needed.

Spectra are power laws with noise from a seed; nothing here was computed by specsweep.
"""

import hashlib

import h5py
import numpy

QUANTIZERS = ["reference", "int:block=32", "nvfp4", "int:bits=3,block=32", "int:bits=3,block=64"]
ROLES = ["attention_query", "mlp_up", "mlp_down"]
PAIR = [
    "stable_rank_ratio",
    "frobenius_ratio",
    "sigma_max_ratio",
    "error_frobenius",
    "error_spectral",
    "error_spectral_upper",
    "error_max",
    "sqnr_db",
    "noise_alignment",
    "weyl_tightness",
    "mirsky_tightness",
    "epsilon_slope",
    "epsilon_r2",
    "epsilon_r2_null_median",
    "epsilon_r2_null_95",
    "zero_share",
    "clipped_share",
]
SINGLE = [
    "sigma_max",
    "sigma_max_error",
    "sigma_min",
    "frobenius_squared",
    "stable_rank",
    "condition_number",
    "numerical_rank",
    "erank_sv",
    "erank_energy",
    "pr_energy",
    "spectral_slope",
    "powerlaw_alpha",
    "powerlaw_xmin",
    "powerlaw_d",
    "powerlaw_n_tail",
]


def write(
    path,
    models=("alpha", "beta"),
    steps=(None,),
    blocks=4,
    width=24,
    quantizers=QUANTIZERS,
    roles=ROLES,
    change=None,
    name="synthetic",
    version=1,
    kind="aggregate",
    with_verdicts=True,
    planned=None,
    histograms=False,
):
    """`change(units, sigma)` may spoil the columns (dict of arrays) and the spectra before they are written."""
    random = numpy.random.default_rng(7)
    checkpoints = [(m, s) for m in models for s in steps]
    matrices = [(c, role, block) for c in range(len(checkpoints)) for role in roles for block in range(blocks)]
    count, each = len(matrices) * len(quantizers), len(quantizers)
    row = numpy.arange(count)
    units = {
        "matrix": row // each,
        "quantizer": row % each,
        "reference": row - row % each,
        "state": numpy.ones(count, "u1"),
        "reason": numpy.full(count, b"", "S256"),
        "bits_per_weight": numpy.where(row % each, 3.0 + row % each / 4, 16.0),
        "sigma_offset": row * width,
        "sigma_count": numpy.full(count, width),
    }
    units["id"] = numpy.array([hashlib.sha256(f"{name} {i}".encode()).hexdigest() for i in row], "S64")
    clean = numpy.arange(1, width + 1)[None, :] ** -0.6 * (1 + 0.2 * random.random((len(matrices), 1)))
    noise = numpy.linspace(0, 0.05, each)[None, :, None]
    sigma = -numpy.sort(-clean[:, None, :] * (1 + noise * random.standard_normal((len(matrices), each, width))), axis=2)
    sigma = numpy.abs(sigma).reshape(count, width)
    derive(units, sigma)
    if change:
        change(units, sigma)
    with h5py.File(path, "w") as file:
        attributes = {
            "format": "specsweep-results",
            "format_version": version,
            "kind": kind,
            "name": name,
            "sweep_sha256": "ab" * 32,
            "numerics_version": 1,
            "complete": int((units["state"] != 0).all()),
            "tolerance": 1e-4,
            "certificate": "probabilistic",
            "seed": 0,
            "metrics": "full",
            "planned_units": planned or count,
        }
        for key, value in attributes.items():
            file.attrs[key] = numpy.bytes_(value.encode()) if isinstance(value, str) else value
        texts(file, "checkpoints", id=[m for m, _ in checkpoints], model_type=["llama"] * len(checkpoints))
        file["checkpoints/step"] = numpy.array([-1 if s is None else s for _, s in checkpoints])
        names = [f"layers.{b}.{r}.weight" for _, r, b in matrices]
        texts(
            file,
            "matrices",
            name=names,
            tensor=names,
            slice=[""] * len(names),
            role=[r for _, r, _ in matrices],
            dtype=["BF16"] * len(names),
            orientation=["out_in"] * len(names),
        )
        for key, values in {
            "checkpoint": [c for c, _, _ in matrices],
            "block_index": [b for _, _, b in matrices],
            "expert": [-1] * len(names),
            "rows": [2 * width] * len(names),
            "cols": [width] * len(names),
        }.items():
            file[f"matrices/{key}"] = numpy.array(values)
        texts(file, "quantizers", text=list(quantizers))
        for key, values in units.items():
            file[f"units/{key}"] = values
        file["spectra/sigma"], file["spectra/error"] = sigma.ravel(), numpy.full(sigma.size, 1e-12)
        if "embedding" in roles:
            is_embedding = numpy.array([matrices[m][1] == "embedding" for m in units["matrix"]])
            for place, name in enumerate(("cosine_share_1", "cosine_share_2", "cosine_share_3")):
                file[f"moments/{name}"] = numpy.where(is_embedding, (0.6, 0.9, 0.99)[place], numpy.nan)
                file[f"moments/centred_{name}"] = numpy.where(is_embedding, (0.65, 0.93, 0.995)[place], numpy.nan)
        if histograms:
            rows = [i for i in row if matrices[units["matrix"][i]][1] == "embedding" and units["state"][i] == 1]
            write_histograms(file, rows, width)
        if with_verdicts:
            verdicts(file, units)
    return path


def write_histograms(file, rows, width):
    """Pairs of random directions for each of these rows, in bins that look like those of the format."""
    edges = numpy.concatenate([[-128, -8], numpy.linspace(-4, 4, 65), [8, 128]])
    random = numpy.random.default_rng(3)
    x = random.standard_normal((300, width))
    x /= numpy.linalg.norm(x, axis=1, keepdims=True)
    counts = numpy.histogram((x @ x.T)[numpy.triu_indices(300, 1)] * width**0.5, edges)[0].astype("i4")
    file["cosine_histogram/edges"], file["cosine_histogram/unit"] = edges, numpy.array(rows)
    for name in ("raw", "centred"):
        file[f"cosine_histogram/{name}"] = numpy.tile(counts, len(rows))


def derive(units, sigma):
    """Single and pair columns that figures use: from the spectra where it is simple, else plain numbers of the right size."""
    square = sigma**2
    p = square / square.sum(axis=1, keepdims=True)
    units.update(
        sigma_max=sigma[:, 0],
        sigma_min=sigma[:, -1],
        frobenius_squared=square.sum(axis=1),
        erank_sv=numpy.exp(-(p * numpy.log(p)).sum(axis=1)),
    )
    units["stable_rank"] = units["frobenius_squared"] / units["sigma_max"] ** 2
    units["condition_number"] = units["sigma_max"] / units["sigma_min"]
    units["pr_energy"] = 1 / (p**2).sum(axis=1)
    units["powerlaw_alpha"] = 2 + 0.1 * numpy.sin(numpy.arange(len(sigma)))
    for name in SINGLE:
        units.setdefault(name, numpy.full(len(sigma), 1.5))
    before = units["reference"]
    for name, of in (("stable_rank_ratio", "stable_rank"), ("frobenius_ratio", "frobenius_squared")):
        units[name] = units[of] / units[of][before]
    units["sigma_max_ratio"] = (units["sigma_max"] / units["sigma_max"][before]) ** 2
    units["error_frobenius"] = 0.1 * (1 + units["quantizer"]) * numpy.sqrt(units["frobenius_squared"][before])
    units["epsilon_r2"] = numpy.abs(numpy.cos(numpy.arange(len(sigma))))
    for name in PAIR:
        units.setdefault(name, numpy.full(len(sigma), 0.5))
        units[name] = numpy.where(units["quantizer"] == 0, numpy.nan, units[name])


def verdicts(file, units):
    """Two claims on every done quantized unit, one of them violated in a third, and one on the sweep."""
    rows = numpy.flatnonzero((units["quantizer"] > 0) & (units["state"] == 1))
    claim = numpy.concatenate([numpy.zeros(len(rows)), numpy.ones(len(rows)), [2]]).astype("i4")
    unit = numpy.concatenate([rows, rows, [-1]]).astype("i8")
    verdict = numpy.concatenate([numpy.zeros(len(rows)), (rows % 3 == 0) * 1, [3]]).astype("u1")
    ratio = numpy.where(verdict == 3, numpy.nan, 0.5 + verdict)
    for name, values in {
        "claim": claim,
        "scope": numpy.where(unit < 0, 1, 0).astype("i4"),
        "unit": unit,
        "left": ratio,
        "right": ratio * 0 + 1,
        "ratio": ratio,
        "verdict": verdict,
        "note": numpy.zeros(len(claim), "i4"),
    }.items():
        file[f"verdicts/{name}"] = values
    texts(
        file,
        "verdict_claims",
        name=["weyl", "rises", "training"],
        statement=["|Δσ| ≤ ‖E‖₂", "Sr rises <b>always</b>", "a statement about training"],
        source=["first", "first", "second"],
    )
    file["verdict_claims/law"] = numpy.array([1, 0, 0])
    texts(file, "verdict_scopes", text=["unit", "sweep"])
    texts(file, "verdict_notes", text=[""])


def texts(file, group, **columns):
    for name, values in columns.items():
        raw = [v.encode() for v in values]
        file[f"{group}/{name}"] = numpy.array(raw, dtype=f"S{max([8, *map(len, raw)])}")
