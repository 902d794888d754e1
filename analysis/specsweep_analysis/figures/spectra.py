"""σ_k against k before and after, with what bounds the change and what bounds the error."""

import numpy

from .. import plotting, selection, style
from ..plotting import NotDrawn, Picture


def make(results):
    frame = selection.last_steps(results.frame)
    frame = frame[frame["model"] == selection.main_model(frame)]
    references = selection.middle_matrices(frame)
    if not references:
        raise NotDrawn("no unquantized matrix is done")
    quantizers = selection.spanning(selection.quantized(frame))
    panels = []
    for reference in references:
        units = results.units_of_matrix(reference)
        chosen = {q: units[q] for q in quantizers if q in units}
        spectra = results.spectra([reference, *chosen.values()])
        panels.append((reference, spectra[0], dict(zip(chosen, spectra[1:]))))
    colours = dict(zip(quantizers, style.SERIES))
    norms = {reference: error_norms(results, reference, quantizers) for reference in references}

    def draw(layout):
        entries = [("reference", style.INK, "-"), *((selection.short_quantizer(q), colours[q], "-") for q in quantizers)]
        if any(norms.values()):
            entries.append(("‖E‖₂ of that format", style.MUTED, "--"))
        entries.append(("certified error of σₖ", style.MUTED, ":"))
        top = plotting.legend_height(entries, layout)
        figure, axes = layout.panels(len(panels), columns=3, height=2.6, top=top)
        for axis, (reference, before, after) in zip(axes, panels):
            one(axis, results.frame.loc[reference], before, after, colours, norms[reference])
        plotting.legend(figure, entries, layout)
        return figure

    model = results.frame.at[references[0], "checkpoint"]
    return Picture(
        "spectra",
        "Spectra before and after",
        f"All singular values σₖ against their rank k, logarithmic on both axes, before (ink) and after quantization. "
        f"Units: {model}, its last step, one matrix for each role, that of the middle block; the quantizer with the largest "
        f"error and two near four bits. "
        + reading(panels)
        + " Dashed: the spectral norm of the quantization error, which bounds every change (Weyl). Dotted: the certified "
        "numerical error of σₖ; where a curve comes near it, the value is not resolved. "
        "At most 160 points a curve are drawn, evenly spaced in log k.",
        draw,
        "Spectra",
    )


def error_norms(results, reference, quantizers):
    if not results.has("error_spectral"):
        return {}
    units = results.units_of_matrix(reference)
    return {q: results.frame.at[units[q], "error_spectral"] for q in quantizers if q in units}


def reading(panels):
    """What the panels show: where the spectra part."""
    head, tail = [], []
    for _, before, after in panels:
        for spectrum in after.values():
            with numpy.errstate(divide="ignore", invalid="ignore"):
                change = numpy.abs(spectrum.sigma / before.sigma - 1)
            change = numpy.where(before.sigma > before.error, change, numpy.nan)
            tenth = max(1, len(change) // 10)
            head.append(_median(change[:tenth]))
            tail.append(_median(change[-tenth:]))
    if not head:
        return "No quantized unit of these matrices is done."
    return (
        f"The largest tenth of the values moves by {style.number(100 * _median(head), 2)} % (median), the smallest tenth by "
        f"{style.number(100 * _median(tail), 2)} %."
    )


def _median(values):
    values = numpy.asarray(values, dtype=float)
    values = values[numpy.isfinite(values)]
    return float(numpy.median(values)) if len(values) else numpy.nan


def one(axis, unit, before, after, colours, norms):
    keep = plotting.thin(len(before.sigma), 160)
    k = keep + 1
    positive = before.sigma[keep] > 0
    axis.plot(k[positive], before.sigma[keep][positive], color=style.INK, linewidth=2.6, alpha=0.85, zorder=3)
    for quantizer, spectrum in after.items():
        values = spectrum.sigma[keep]
        axis.plot(k[values > 0], values[values > 0], color=colours[quantizer], linewidth=1.1, zorder=4)
        if numpy.isfinite(norms.get(quantizer, numpy.nan)) and norms[quantizer] > 0:
            axis.axhline(norms[quantizer], color=colours[quantizer], linestyle="--", linewidth=0.8)
    floor = before.error[keep]
    largest = before.sigma[0] if len(before.sigma) else 0
    if largest > 0 and numpy.isfinite(largest):
        plotting.log_axes(axis, x=True, y=True)
        shown = floor[numpy.isfinite(floor) & (floor > 0)]
        smallest = before.sigma[before.sigma > 0].min()
        low = max(smallest / 3, largest * 1e-8)
        # The bound is often ten decades below: it is drawn where it comes near the values, and stands as a number elsewhere.
        if len(shown) and shown.max() > low / 10:
            axis.plot(k[floor > 0], floor[floor > 0], color=style.MUTED, linestyle=":", linewidth=1.0)
            low = min(low, shown.max() / 2)
        elif len(shown):
            axis.text(
                0.03,
                0.04,
                f"certified error ≤ {style.number(shown.max(), 1)}",
                transform=axis.transAxes,
                color=style.MUTED,
                fontsize=style.SMALL,
            )
        shown = [v for v in norms.values() if numpy.isfinite(v) and v > largest * 1e-8]
        axis.set_ylim(min([low, *(v / 1.8 for v in shown)]), largest * 1.8)
    else:
        axis.text(0.5, 0.5, "zero matrix", transform=axis.transAxes, ha="center", color=style.MUTED)
    axis.set_title(f"{unit['role'].replace('_', ' ')}  {int(unit['rows'])}×{int(unit['cols'])}")
    axis.set_xlabel("k")
    axis.set_ylabel("σₖ")
