"""load, spectrum, verdicts and what they are made of, on files written by hand."""

import math

import numpy
import pytest
import synthetic


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return synthetic.write(tmp_path_factory.mktemp("reading") / "r.h5", steps=(0, 100))


def test_every_unit_is_a_row_with_names(path):
    from specsweep_analysis import load

    units = load(path)
    assert len(units) == 2 * 2 * 3 * 4 * 5
    row = units.iloc[7]
    assert (row.checkpoint, row.step, row.role, row.block_index, row.quantizer) == ("alpha", 0, "attention_query", 1, "nvfp4")
    assert row.state == "done" and len(row.unit_id) == 64 and row.matrix == "layers.1.attention_query.weight"
    assert (row.format, row.block, units.iloc[8].family) == ("nvfp4", 16, "int:bits=3")


def test_spectrum_gives_values_and_bounds_of_that_unit(path):
    import h5py
    from specsweep_analysis import load, spectrum

    units = load(path)
    unit = units.loc[9]
    sigma, error = spectrum(unit)
    with h5py.File(path) as file:
        assert numpy.array_equal(sigma, file["spectra/sigma"][9 * 24 : 10 * 24])
    assert sigma.shape == error.shape == (24,) and (error == 1e-12).all()
    assert math.isclose(unit.stable_rank, (sigma**2).sum() / sigma[0] ** 2, rel_tol=1e-14)
    assert numpy.array_equal(spectrum(units.loc[unit.reference]).sigma, spectrum(units.loc[5]).sigma)


def test_cosine_histograms_are_of_embeddings(tmp_path):
    from specsweep_analysis import cosine_histograms, load

    made = synthetic.write(tmp_path / "h.h5", models=("m",), blocks=1, roles=["mlp_up", "embedding"], version=5, histograms=True)
    found, units = cosine_histograms(made), load(made)
    assert list(found) == list(units.index[units.role == "embedding"])
    for histogram in found.values():
        assert len(histogram.edges) == len(histogram.raw) + 1 and histogram.raw.sum() == histogram.centred.sum() == 44850
    assert cosine_histograms(synthetic.write(tmp_path / "old.h5", models=("m",), blocks=1, roles=["embedding"])) == {}


def test_the_density_of_random_directions_integrates_to_one():
    from specsweep_analysis.figures.cosine_histogram import random_density

    for d in (4, 64, 768):
        z = numpy.linspace(-(d**0.5), d**0.5, 200001)
        assert abs(numpy.trapz(random_density(z, d), z) - 1) < 1e-5
        assert abs(numpy.trapz(z**2 * random_density(z, d), z) - 1) < 1e-4  # E cos² = 1/d


def test_relative_error_uses_the_norm_of_the_reference(path):
    from specsweep_analysis import before, load

    units = load(path)
    assert numpy.isnan(units.relative_error[0])
    assert math.isclose(units.relative_error[3], units.error_frobenius[3] / math.sqrt(units.frobenius_squared[0]))
    assert before(units, "stable_rank")[8] == units.stable_rank[5]


def test_verdicts_have_names_and_rows(path):
    from specsweep_analysis import load, verdicts

    claims, units = verdicts(path), load(path)
    single = claims[claims.scope == "unit"]
    assert set(claims.claim) == {"weyl", "rises", "training"} and set(single.verdict) == {"holds", "violated"}
    assert (units.loc[single.unit, "quantizer"] != "reference").all()
    assert claims.iloc[-1].verdict == "not testable" and claims.iloc[-1].scope == "sweep"


@pytest.mark.parametrize(
    "text, family, block",
    [
        ("int:bits=3,block=64", "int:bits=3", 64),
        ("nvfp4", "nvfp4", 16),
        ("nvfp4:block=1x32", "nvfp4", 32),
        ("nvfp4:block=16x16", "nvfp4", None),
        ("int", "int", None),
        ("uniform:bits=2", "uniform:bits=2", None),
        ("mxfp4", "mxfp4", 32),
    ],
)
def test_quantizer_texts(text, family, block):
    from specsweep_analysis import quantizer_text

    assert quantizer_text.family_of(text) == family
    found = quantizer_text.block_of(text)
    assert found == block if block else math.isnan(found)


@pytest.mark.parametrize(
    "text, bits",
    [
        ("int:bits=3,block=32", 3),
        ("kmeans", 4),
        ("nvfp4:block=16x16", 4),
        ("mxint8", 8),
        ("iq4_nl", 4),
        ("q6_k", 6),
        ("binary", 1),
        ("fp:e=2,m=3", 6),
        ("checkpoint:digest=ab12", None),
    ],
)
def test_bits_of_a_code(text, bits):
    """As src/verdicts/code_bits.cpp says it for the verdicts."""
    from specsweep_analysis import quantizer_text

    assert quantizer_text.code_bits(text) == bits


@pytest.mark.parametrize(
    "text, shown",
    [
        ("‖W‖_∞ Q_spec(W) b_l + b_base", "‖W‖<sub>∞</sub> Q<sub>spec</sub>(W) b<sub>l</sub> + b<sub>base</sub>"),
        ("Π_{j>l} ‖W_j‖_op", "Π<sub>j&gt;l</sub> ‖W<sub>j</sub>‖<sub>op</sub>"),
        ("(1 − z²/d)^{(d−3)/2}, k^(−a), 2^b", "(1 − z²/d)<sup>(d−3)/2</sup>, k<sup>−a</sup>, 2<sup>b</sup>"),
        ("`allocate <x>` at 12 %", "<code>allocate &lt;x&gt;</code> at 12&nbsp;%"),
        ("iq4_nl and attention_query stay", "iq4_nl and attention_query stay"),
    ],
)
def test_formulas(text, shown):
    from specsweep_analysis import page

    assert page.formula(text) == shown


@pytest.mark.parametrize(
    "checkpoint, model",
    [
        ("gpt2", "gpt2"),
        ("gpt2/step10", "gpt2"),
        ("shakespeare-step3000", "shakespeare"),
        ("step5", "step5"),
        ("pythia-70m", "pythia-70m"),
    ],
)
def test_a_trajectory_is_one_model(checkpoint, model):
    from specsweep_analysis.frames import model_of

    assert model_of(checkpoint) == model


def test_regression_against_numbers_made_for_it():
    """ε = 3/σ exactly gives R² = 1; its permutations do not; fewer than ten values give none."""
    from specsweep_analysis import Spectrum

    pytest.importorskip("matplotlib")
    from specsweep_analysis.figures.epsilon import regression

    sigma = numpy.linspace(10, 1, 50)
    before = Spectrum(sigma, numpy.zeros(50))
    fit = regression(before, Spectrum(sigma + 0.3, numpy.zeros(50)))
    assert math.isclose(fit["r2"], 1) and math.isclose(fit["slope"], 0.3) and abs(fit["intercept"]) < 1e-12
    uneven = regression(before, Spectrum(sigma + 0.1 * sigma**2, numpy.zeros(50)))
    assert uneven["r2"] < 0.9 and uneven["null"][0] < uneven["null"][1]
    assert regression(Spectrum(sigma[:9], numpy.zeros(9)), Spectrum(sigma[:9] + 1, numpy.zeros(9))) is None


@pytest.mark.parametrize(
    "value, digits, text",
    [
        (1.0095, 3, "1.01"),
        (0, 3, "0"),
        (-0.5, 1, "−0.5"),
        (2.34e-5, 2, "2.3·10⁻⁵"),
        (1234.5, 3, "1234"),
        (math.nan, 3, "–"),
        (math.inf, 3, "∞"),
        (1e9, 2, "1.0·10⁹"),
    ],
)
def test_numbers_for_people(value, digits, text):
    from specsweep_analysis import style

    assert style.number(value, digits) == text


@pytest.mark.parametrize(
    "part, whole, text",
    [(0, 5, "0 %"), (5, 5, "100 %"), (1, 1000, "< 1 %"), (999, 1000, "> 99 %"), (1, 0, "–"), (1, 3, "33 %")],
)
def test_shares_are_never_rounded_to_all_or_nothing(part, whole, text):
    from specsweep_analysis import style

    assert style.percent(part, whole) == text


def test_svg_keeps_its_words_and_gets_the_colours_of_the_page():
    from specsweep_analysis import style, svg

    text = (
        '<?xml version="1.0"?>\n<svg width="10pt" height="5pt" viewBox="0 0 10 5"><metadata>x</metadata><g id="unused"><defs><path id="m1" '
        f'd="M 1.23456 2.00000" style="fill: {style.BLUE}"/></defs><use xlink:href="#m1" x="7.98765"/>'
        "<text style=\"font: 9px 'Liberation Sans', 'DejaVu Sans'; text-anchor: middle\">1.00456 and 0.080</text></g></svg>"
    )
    inline = svg.inline(text, "ratio-w", 'σ < "1"')
    assert ">1.00456 and 0.080<" in inline and ">1.00456 and 0.080<" in svg.standalone(text)
    assert 'd="M 1.23 2"' in inline and 'x="7.99"' in inline and "var(--blue)" in inline and style.BLUE not in inline
    assert 'id="ratio-w-m1"' in inline and 'href="#ratio-w-m1"' in inline and "unused" not in inline
    assert (
        'aria-label="σ &lt; &quot;1&quot;"' in inline
        and "width=" not in inline
        and "font: 9px var(--figure-font); text-anchor" in inline
    )


@pytest.mark.parametrize(
    "text, markup",
    [
        ("‖W‖_F² ≤ σ_k", "‖W‖<sub>F</sub>² ≤ σ<sub>k</sub>"),
        ("Σ_{k>1} σ̃_k", "Σ<sub>k&gt;1</sub> σ̃<sub>k</sub>"),
        ("κ > 2^b", "κ &gt; 2<sup>b</sup>"),
        ("epsilon_r2 of attn_q", "epsilon_r2 of attn_q"),
        ("<b>‖W‖_op", "&lt;b&gt;‖W‖<sub>op</sub>"),
    ],
)
def test_formulas_become_markup_and_nothing_else_does(text, markup):
    from specsweep_analysis import page

    assert page.formula(text) == markup


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    import os
    import re
    from pathlib import Path

    text = (Path(os.environ["SPECSWEEP_SOURCE_DIR"]) / "analysis" / "README.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S)[1]
    synthetic.write(tmp_path / "quickstart.h5")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README", "exec"), {})
    printed = capsys.readouterr().out
    assert "nvfp4" in printed and "<=" in printed


def test_claim_table(tmp_path):
    import os
    import subprocess
    import sys
    from pathlib import Path

    result = synthetic.write(tmp_path / "r.h5", models=("m",), blocks=1)
    script = Path(os.environ["SPECSWEEP_SOURCE_DIR"]) / "analysis" / "claim_table.py"
    lines = subprocess.run([sys.executable, script, result], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == 5 and lines[2] == "| `weyl` | \\|Δσ\\| ≤ ‖E‖₂ | holds | 12 | 0.500 |"
    also = subprocess.run([sys.executable, script, result, "--also", result], capture_output=True, text=True, check=True).stdout
    assert also.splitlines() == lines, "claims that the first file speaks of count once"
    assert lines[3].startswith("| `rises` |") and "violated in 33 % | 4 of 12 |" in lines[3] and "not testable | – |" in lines[4]
