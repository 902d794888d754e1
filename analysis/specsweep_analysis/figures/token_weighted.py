"""λ_k of the token-weighted embedding against Zipf's law of the tokens, before and after quantization."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture

MOST = 6


def make(results):
    frame = selection.last_steps(results.frame, derived=True)
    frame = frame[selection.token_weighted(frame) & (frame["state"] == "done")]
    references = frame[frame["quantizer"] == "reference"]
    if references.empty:
        raise NotDrawn("no checkpoint of the sweep has token counts")
    quantizers = selection.spanning(frame[frame["quantizer"] != "reference"])[:2]
    panels = []
    for label, unit in list(references.iterrows())[:MOST]:
        units = results.units_of_matrix(label)
        chosen = {q: units[q] for q in quantizers if q in units}
        spectra = results.spectra([label, *chosen.values()])
        panels.append((unit, embedding_of(results, unit), spectra[0], dict(zip(chosen, spectra[1:]))))
    colours = dict(zip(quantizers, [style.SKY, style.GREEN]))

    def draw(layout):
        entries = [("before", style.INK, "-"), *((selection.short_quantizer(q), colours[q], "-") for q in quantizers)]
        entries += [("k⁻ᵃ of the tokens", style.ORANGE, "--"), ("E itself, unweighted", style.MUTED, ":")]
        top = plotting.legend_height(entries, layout)
        figure, axes = layout.panels(len(panels), columns=2, height=2.7, top=top)
        for axis, (unit, plain, before, after) in zip(axes, panels):
            one(axis, unit, plain, before, after, colours)
        plotting.legend(figure, entries, layout)
        return figure

    left_out = f" {len(references) - MOST} more are in the table of units." if len(references) > MOST else ""
    return Picture(
        "token-weighted",
        "Does the corpus's spectrum inherit Zipf's law?",
        "λₖ = σₖ² of X = diag(√p)·E over its largest value: p are the token frequencies of a corpus, so XᵀX is the second moment of "
        "the embedded corpus (centred: its covariance). The first source says that p ∝ k^(−a) gives λₖ ∝ k^(−a), before quantizing E. "
        + "; ".join(words(unit) for unit, *_ in panels)
        + "."
        + left_out,
        draw,
        "Embeddings",
    )


def words(unit):
    centred = ", centred" if unit["slice"].endswith("centred") else ""
    return (
        f"{unit['model']}{centred}: tokens a = {style.number(unit['zipf_exponent'], 3)}, spectrum "
        f"{style.number(-unit['spectral_slope'], 3)}, 1/(α − 1) = {style.number(unit['powerlaw_zipf'], 3)}"
    )


def embedding_of(results, unit):
    """The spectrum of the embedding that is weighted; None where it is not in the sweep."""
    frame = results.frame
    same = frame[
        (frame["matrix"] == unit["tensor"])
        & (frame["checkpoint"] == unit["checkpoint"])
        & ((frame["step"] == unit["step"]) | (frame["step"].isna() & numpy.isnan(unit["step"])))
        & (frame["quantizer"] == "reference")
        & (frame["state"] == "done")
    ]
    return results.spectra(same.index[:1])[0] if len(same) else None


def one(axis, unit, plain, before, after, colours):
    lines = [(before, style.INK, "-", 2.4), *((spectrum, colours[q], "-", 1.1) for q, spectrum in after.items())]
    if plain is not None:
        lines.append((plain, style.MUTED, ":", 1.2))
    for spectrum, colour, kind, width in lines:
        keep = plotting.thin(len(spectrum.sigma), 160)
        values = (spectrum.sigma[keep] / spectrum.sigma[0]) ** 2
        shown = values > 0
        axis.plot(keep[shown] + 1, values[shown], color=colour, linestyle=kind, linewidth=width)
    k = numpy.array([1.0, len(before.sigma)])
    if numpy.isfinite(unit["zipf_exponent"]):
        axis.plot(k, k ** -unit["zipf_exponent"], color=style.ORANGE, linestyle="--", linewidth=1.4)
    plotting.log_axes(axis, x=True, y=True)
    axis.set_title(f"{plotting.shorten(unit['model'], 24)}{', centred' if unit['slice'].endswith('centred') else ''}")
    axis.set_xlabel("k")
    axis.set_ylabel("λₖ/λ₁")
