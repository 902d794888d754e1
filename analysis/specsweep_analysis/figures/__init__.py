"""The figures of a report, in its order. Each module has make(results) → Picture, or raises NotDrawn with the reason."""

from . import (
    block_size,
    condition,
    depth,
    embeddings,
    epsilon,
    epsilon_r2,
    factors,
    models,
    pareto,
    ranks,
    ratio,
    spectra,
    token_weighted,
    training,
    verdict_layers,
    verdict_map,
)

ALL = {
    "verdicts": verdict_map,
    "verdict-layers": verdict_layers,
    "spectra": spectra,
    "stable-rank-ratio": ratio,
    "factors": factors,
    "stable-rank-depth": depth,
    "block-size": block_size,
    "epsilon": epsilon,
    "epsilon-r2": epsilon_r2,
    "pareto": pareto,
    "condition": condition,
    "ranks": ranks,
    "embeddings": embeddings,
    "token-weighted": token_weighted,
    "training": training,
    "models": models,
}
