"""The token-weighted embedding diag(sqrt(p)) E of a sweep, against numpy: before and after quantization, raw and centred."""
import csv
import io
import json

import numpy
import pytest
from conftest import SOURCE, read_safetensors

MODEL = SOURCE / "examples/shakespeare-gpt2/step3000"
EMBEDDING = "transformer.wte.weight"
DERIVED = {EMBEDDING + "#token_weighted": False, EMBEDDING + "#token_weighted_centred": True}


def zipf_counts(tokens, a=1.0, total=200000):
    """Counts of a Zipf law over shuffled ids; rare tokens do not occur at all."""
    ranks = numpy.random.default_rng(5).permutation(tokens) + 1
    weights = ranks ** -a
    return [int(n) for n in numpy.floor(total * weights / weights.sum() - 0.5).clip(0)]


@pytest.fixture(scope="module")
def embedding():
    return read_safetensors(next(MODEL.glob("*.safetensors")))[EMBEDDING].astype(numpy.float32)


def manifest_of(tmp_path, counts, quantizers=("int:bits=2", "bf16"), **more):
    file = tmp_path / "counts.json"
    file.write_text(json.dumps(counts))
    entry = {"path": str(MODEL), "id": "m", "token_counts": str(file)}
    manifest = {"name": "m", "checkpoints": [entry], "quantizers": list(quantizers), "matrices": {"roles": ["embedding"]}, **more}
    (tmp_path / "m.yaml").write_text(json.dumps(manifest))
    return tmp_path / "m.yaml"


def units_of(program, file):
    rows = csv.DictReader(io.StringIO(program("export", file, "--table", "units").stdout, newline=""))
    return {(row["matrix"], row["quantizer"]): row for row in rows}


def spectra_of(program, file):
    out = {}
    for row in csv.DictReader(io.StringIO(program("export", file, "--table", "spectra").stdout, newline="")):
        out.setdefault(row["unit_id"], []).append((float(row["sigma"]), float(row["error"])))
    return {key: numpy.array(values).T for key, values in out.items()}


def int2(w):
    """int:bits=2 per channel: scale max|w|, codes -1, 0, 1 (quantization.md 1.2)."""
    scale = numpy.abs(w).max(axis=1, keepdims=True)
    codes = numpy.rint(w / numpy.where(scale == 0, 1, scale)).clip(-1, 1)
    return (codes * scale).astype(numpy.float32)


def weighted(matrix, p, centred):
    """The definition: in fp64, rounded once to fp32 (docs/metrics.md)."""
    e = matrix.astype(float)
    mean = p @ e if centred else 0.0
    return (numpy.sqrt(p)[:, None] * (e - mean)).astype(numpy.float32).astype(float)


def test_spectra_and_moments_are_what_numpy_says(program, tmp_path, embedding):
    counts = zipf_counts(len(embedding))
    p = numpy.array(counts, float) / sum(counts)
    program("run", manifest_of(tmp_path, counts), "-o", tmp_path / "r.h5", "--no-table")
    units, spectra = units_of(program, tmp_path / "r.h5"), spectra_of(program, tmp_path / "r.h5")
    assert {matrix for matrix, _ in units} == {EMBEDDING, *DERIVED}
    for name, centred in DERIVED.items():
        before, after = weighted(embedding, p, centred), weighted(int2(embedding), p, centred)
        for quantizer, matrix in (("reference", before), ("int:bits=2", after)):
            row = units[name, quantizer]
            sigma, bound = spectra[row["unit_id"]]
            reference = numpy.linalg.svd(matrix, compute_uv=False)
            # The mean is summed in another order: 1024 terms, entries below 1, then one rounding to fp32 may flip.
            slack = 1e-13 * reference[0] + (1e-7 * numpy.abs(matrix).max() if centred else 0)
            assert numpy.all(numpy.abs(sigma - reference) <= bound + slack), (name, quantizer)
        row = units[name, "int:bits=2"]
        error = after - before
        assert float(row["error_frobenius"]) == pytest.approx(numpy.linalg.norm(error), rel=1e-6)
        assert float(row["error_max"]) == pytest.approx(numpy.abs(error).max(), rel=1e-5)
        spectral = numpy.linalg.norm(error, 2)
        assert float(row["error_spectral"]) <= spectral * (1 + 1e-6) <= float(row["error_spectral_upper"]) * (1 + 2e-6)
        assert row["cosine_mean"] == "" and float(row["weyl_tightness"]) <= 1


def test_the_gram_matrix_is_the_covariance_of_the_corpus(program, tmp_path, embedding):
    """Embedding a corpus token by token and taking its covariance gives the squared singular values."""
    counts = zipf_counts(len(embedding), total=30000)
    corpus = numpy.repeat(embedding.astype(float), counts, axis=0)
    program("run", manifest_of(tmp_path, counts, ["bf16"]), "-o", tmp_path / "r.h5", "--no-table")
    units, spectra = units_of(program, tmp_path / "r.h5"), spectra_of(program, tmp_path / "r.h5")
    second_moment = corpus.T @ corpus / len(corpus)
    for name, matrix in zip(DERIVED, (second_moment, numpy.cov(corpus.T, bias=True))):
        sigma, _ = spectra[units[name, "reference"]["unit_id"]]
        values = numpy.linalg.eigvalsh(matrix)[::-1]
        assert numpy.allclose(sigma ** 2, values, rtol=1e-5, atol=1e-9 * values[0]), name


def test_zipf_exponent_and_its_claims(program, tmp_path, embedding):
    counts = zipf_counts(len(embedding), a=1.2)
    program("run", manifest_of(tmp_path, counts), "-o", tmp_path / "r.h5", "--no-table")
    units = units_of(program, tmp_path / "r.h5")
    assert units[EMBEDDING, "reference"]["zipf_exponent"] == ""
    for name in DERIVED:
        # The least-squares line over ranks 1 to d, weights 1/k.
        top = numpy.sort(numpy.array(counts, float))[::-1][: embedding.shape[1]]
        k = numpy.arange(1, len(top) + 1)
        slope = numpy.polyfit(numpy.log(k), numpy.log(top), 1, w=k ** -0.5)[0]
        assert float(units[name, "reference"]["zipf_exponent"]) == pytest.approx(-slope, rel=1e-9)
        assert -slope == pytest.approx(1.2, abs=0.01)
    rows = list(csv.DictReader(io.StringIO(program("export", tmp_path / "r.h5", "--table", "verdicts").stdout, newline="")))
    by_id = {unit["unit_id"]: unit for unit in units.values() if unit["matrix"] in DERIVED}
    unit_rows = [row for row in rows if row["scope"] == "unit" and row["unit_id"] in by_id]
    assert {row["claim"] for row in unit_rows} >= {"zipf-slope", "zipf-alpha", "weyl", "mirsky", "stable-rank-increases"}
    assert not {row["claim"] for row in unit_rows} & {"error-bound-entry", "condition-lock", "quasi-orthogonality", "welch"}
    for row in unit_rows:
        if row["claim"] == "zipf-slope":
            unit = by_id[row["unit_id"]]
            left, right = -float(unit["spectral_slope"]), float(unit["zipf_exponent"])
            assert (float(row["left"]), float(row["right"])) == pytest.approx((left, right))
            assert row["verdict"] == ("holds" if max(left, right) <= 1.25 * min(left, right) else "violated")


def test_same_on_any_ranks_and_with_any_spelling(program, tmp_path, embedding):
    counts = zipf_counts(len(embedding))
    program("run", manifest_of(tmp_path, counts), "-o", tmp_path / "one.h5", "--no-table")
    (tmp_path / "two").mkdir()
    as_object = {str(i): n for i, n in reversed(list(enumerate(counts))) if n}
    program("run", manifest_of(tmp_path / "two", as_object), "-o", tmp_path / "two.h5", "--no-table", ranks=2)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_other_counts_are_other_units(program, tmp_path, embedding):
    counts = zipf_counts(len(embedding))
    program("run", manifest_of(tmp_path, counts), "-o", tmp_path / "a.h5", "--no-table")
    counts[3] += 1
    outcome = tmp_path / "outcome.json"
    program("run", manifest_of(tmp_path, counts), "-o", tmp_path / "b.h5", "--no-table", "--reuse", tmp_path / "a.h5", "--outcome-file", outcome)
    assert json.loads(outcome.read_text())["reused"] == 3, "the embedding itself, not what the counts make of it"


def test_patterns_choose_derived_matrices(program, tmp_path, embedding):
    matrices = {"roles": ["embedding"], "exclude": ["*_centred"]}
    program("run", manifest_of(tmp_path, zipf_counts(len(embedding)), matrices=matrices), "-o", tmp_path / "r.h5", "--no-table")
    assert {matrix for matrix, _ in units_of(program, tmp_path / "r.h5")} == {EMBEDDING, EMBEDDING + "#token_weighted"}


def test_counts_that_change_after_planning(program, tmp_path, embedding):
    counts = zipf_counts(len(embedding))
    program("plan", manifest_of(tmp_path, counts), "-o", tmp_path / "plan.json")
    counts[0] += 1
    (tmp_path / "counts.json").write_text(json.dumps(counts))
    result = program("run", tmp_path / "plan.json", "-o", tmp_path / "r.h5", code=3)
    assert "token counts" in result.stderr and "not those that were planned" in result.stderr
    states = [row["state"] for row in units_of(program, tmp_path / "r.h5").values()]
    assert states.count("done") == 3 and states.count("failed") == 6


@pytest.mark.parametrize(
    "content, words",
    [
        ("[1, -2]", ["count of token 1 is -2"]),
        ("[1, 2.5]", ["count of token 1 is 2.5"]),
        ('{"a": 1}', ["'a' is no token id"]),
        ("[0, 0]", ["no token occurs"]),
        ("3", ["neither a list nor an object"]),
        ("[1, 2", ["counts.json"]),
        (json.dumps([1] * 1025), ["do not fit m", "1025 tokens", "tokenizer of that model"]),
        (json.dumps([2 ** 62, 2 ** 62]), ["more than 2^53"]),
    ],
    ids=["negative", "fraction", "name", "zeros", "number", "cut", "too-many", "too-large"],
)
def test_bad_counts(program, tmp_path, content, words):
    manifest = manifest_of(tmp_path, [1])
    (tmp_path / "counts.json").write_text(content)
    result = program("plan", manifest, code=None)
    assert result.returncode in (64, 65), result.stderr
    assert all(word in result.stderr for word in words), result.stderr


def test_a_missing_file_of_counts(program, tmp_path):
    manifest = manifest_of(tmp_path, [1])
    (tmp_path / "counts.json").unlink()
    result = program("plan", manifest, code=64)
    assert "there is no file" in result.stderr and "m.yaml:" in result.stderr
