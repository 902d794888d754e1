"""Metrics, verdicts and allocation of a whole run, against numpy on the same weights."""
import csv
import io
import json

import h5py
import numpy
import pytest
from conftest import SOURCE, Program, read_safetensors

EMBEDDING = "transformer.wte.weight"
QUANTIZERS = ["bf16", "binary", "int:bits=2,block=16", "int:bits=4,block=16", "int:bits=8,block=16", "uniform"]


def rows_of(program, file, table, *options):
    text = program("export", file, "--table", table, *options).stdout
    return list(csv.DictReader(io.StringIO(text, newline="")))


def to_bf16(w):
    """Nearest, ties to even."""
    bits = w.astype(numpy.float32).view(numpy.uint32).astype(numpy.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype(numpy.uint32).view(numpy.float32)


@pytest.fixture(scope="module")
def weights():
    return next(iter([read_safetensors(path) for path in
                      sorted((SOURCE / "examples/shakespeare-gpt2/step3000").glob("*.safetensors"))]))


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """One run for all tests: they read it, or write the same bytes again."""
    if not Program.path:
        pytest.skip("the program was not built")
    folder = tmp_path_factory.mktemp("metrics")
    file = folder / "r.h5"
    Program(folder / "cache")("run", "--checkpoint", SOURCE / "examples/shakespeare-gpt2/step3000", "--quantizer", *QUANTIZERS, "-o", file)
    return file


def test_columns_are_what_numpy_says(program, sweep, weights):
    units = rows_of(program, sweep, "units")
    spectra = {}
    for row in rows_of(program, sweep, "spectra"):
        spectra.setdefault(row["unit_id"], []).append(float(row["sigma"]))
    of = {(row["matrix"], row["quantizer"]): row for row in units}
    w = weights[EMBEDDING].astype(numpy.float32)
    v, d = w.shape
    x = w / numpy.linalg.norm(w.astype(float), axis=1, keepdims=True)
    cosines = x @ x.T
    off = cosines[~numpy.eye(v, dtype=bool)]
    row = of[EMBEDDING, "reference"]
    assert float(row["cosine_mean"]) == pytest.approx(off.mean(), abs=1e-9)
    assert float(row["cosine_mean_square"]) == pytest.approx((off ** 2).mean(), rel=1e-6)
    for t in (1, 2, 3):  # five standard errors of 100,000 sampled pairs
        assert float(row[f"cosine_share_{t}"]) == pytest.approx((abs(off) < t / d ** 0.5).mean(), abs=0.008)

    e = to_bf16(w).astype(float) - w.astype(float)
    row = of[EMBEDDING, "bf16"]
    norm = numpy.linalg.norm(e, 2)
    assert float(row["error_spectral"]) <= norm * (1 + 1e-12) <= float(row["error_spectral_upper"]) * (1 + 1e-12)
    assert float(row["error_spectral"]) > 0.8 * norm
    assert norm <= float(row["error_spectral_high"])
    assert float(row["error_spectral_upper"]) <= min(numpy.linalg.norm(e), (numpy.linalg.norm(e, 1) * numpy.linalg.norm(e, numpy.inf)) ** 0.5) * (1 + 1e-9)
    assert float(row["noise_alignment"]) == pytest.approx((w.astype(float) * e).sum() / (e ** 2).sum(), rel=1e-6, abs=1e-9)
    assert float(row["forward_error_rms"]) == pytest.approx(numpy.linalg.norm(e) / numpy.linalg.norm(w.astype(float)), rel=0.5)

    before, after = (numpy.array(spectra[of[EMBEDDING, q]["unit_id"]]) for q in ("reference", "bf16"))
    epsilon, inverse = abs(after - before) / before, 1 / before
    assert float(row["epsilon_r2"]) == pytest.approx(numpy.corrcoef(epsilon, inverse)[0, 1] ** 2, rel=1e-9)
    assert float(row["epsilon_slope"]) == pytest.approx(numpy.polyfit(inverse, epsilon, 1)[0], rel=1e-6)
    assert float(row["epsilon_r2_null_05"]) <= float(row["epsilon_r2_null_median"]) <= float(row["epsilon_r2_null_95"])

    energy = before ** 2
    share = numpy.cumsum(energy) / energy.sum()
    row = of[EMBEDDING, "reference"]
    assert [int(float(row[f"energy_rank_{p}"])) for p in (50, 90, 99)] == [int(numpy.argmax(share >= p / 100)) + 1 for p in (50, 90, 99)]
    k = numpy.arange(1, len(before) + 1)
    slope = numpy.polyfit(numpy.log(k), numpy.log(energy), 1, w=k ** -0.5)[0]
    assert float(row["spectral_slope"]) == pytest.approx(slope, rel=1e-9)


BLOCK = 128  # docs/metrics.md: sides of FARMS' submatrices


def test_extended_metrics_are_what_numpy_says(program, weights, tmp_path):
    manifest = tmp_path / "extended.yaml"
    manifest.write_text(json.dumps({"checkpoints": [str(SOURCE / "examples/shakespeare-gpt2/step3000")], "metrics": "extended",
                                    "matrices": {"include": [EMBEDDING, "transformer.h.0.mlp.c_fc.weight"]}, "quantizers": ["bf16", "binary"]}))
    program("run", manifest, "-o", tmp_path / "r.h5")
    program("run", manifest, "-o", tmp_path / "two.h5", ranks=2)
    assert (tmp_path / "r.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()
    program("verify", tmp_path / "r.h5")
    units = {(row["matrix"], row["quantizer"]): row for row in rows_of(program, tmp_path / "r.h5", "units")}
    for name, w in ((EMBEDDING, weights[EMBEDDING]), ("transformer.h.0.mlp.c_fc.weight", weights["transformer.h.0.mlp.c_fc.weight"].T)):
        w = w.astype(float)
        rounded = to_bf16(w).astype(float)
        row = units[name, "reference"]
        blocks = [w[i:i + BLOCK, j:j + BLOCK] for i in range(0, w.shape[0] - BLOCK + 1, BLOCK) for j in range(0, w.shape[1] - BLOCK + 1, BLOCK)]
        pooled = numpy.sort(numpy.concatenate([numpy.linalg.svd(b, compute_uv=False) ** 2 for b in blocks]))
        assert float(row["farms_blocks"]) == len(blocks)
        for column, k in (("farms_alpha_mid", len(pooled) // 2), ("farms_hill_alpha", max(10, len(pooled) // 10))):
            assert float(row[column]) == pytest.approx(1 + k / numpy.log(pooled[-k:] / pooled[-k - 1]).sum(), rel=1e-9)
        edge = w.std() * (w.shape[0] ** 0.5 + w.shape[1] ** 0.5)  # of independent elements, and what their mean adds
        assert float(row["shuffled_sigma_max"]) == pytest.approx(max(edge, abs(w.mean()) * w.size ** 0.5), rel=0.15)
        assert float(row["shuffled_softrank"]) == pytest.approx((float(row["shuffled_sigma_max"]) / float(row["sigma_max"])) ** 2)
        row = units[name, "bf16"]
        u, _, v = numpy.linalg.svd(w, full_matrices=False)
        u2, _, v2 = numpy.linalg.svd(rounded, full_matrices=False)
        for side, a, b in (("left", u[:, :10], u2[:, :10]), ("right", v[:10].T, v2[:10].T)):
            sines = numpy.linalg.svd(b - a @ (a.T @ b), compute_uv=False)  # accurate for small angles, as arccos is not
            assert float(row[f"subspace_{side}_max"]) == pytest.approx(numpy.arcsin(sines).max(), rel=1e-4)
            assert float(row[f"subspace_{side}_mean"]) == pytest.approx(numpy.arcsin(sines).mean(), rel=1e-4)
            sine = numpy.linalg.norm(b[:, 0] - a[:, 0] * (a[:, 0] @ b[:, 0]))
            assert float(row[f"leading_{side}"]) == pytest.approx(numpy.arcsin(sine), rel=1e-3)
    full = tmp_path / "full.yaml"
    full.write_text(manifest.read_text().replace("extended", "full"))
    program("run", full, "-o", tmp_path / "full.h5")
    plain = {(row["matrix"], row["quantizer"]): row for row in rows_of(program, tmp_path / "full.h5", "units")}
    for key, row in plain.items():
        assert row["unit_id"] != units[key]["unit_id"] and row["sigma_max"] == units[key]["sigma_max"]
        assert row["farms_alpha"] == row["subspace_rank"] == "" and "farms" not in row["reason"] and "subspace" not in row["reason"]
    watched = rows_of(program, tmp_path / "r.h5", "ww-compat")
    assert all(float(row["max_rand_eval"]) + float(row["ww_maxdist"]) == pytest.approx(float(row["lambda_max"])) for row in watched)
    assert all(row["max_rand_eval"] == "" for row in rows_of(program, tmp_path / "full.h5", "ww-compat"))


@pytest.mark.parametrize("metrics", ["full", "extended"])
def test_the_cosine_histogram_counts_pairs(program, weights, tmp_path, metrics):
    manifest = tmp_path / "m.yaml"
    manifest.write_text(json.dumps({"checkpoints": [str(SOURCE / "examples/shakespeare-gpt2/step3000")], "metrics": metrics,
                                    "matrices": {"include": [EMBEDDING, "transformer.h.0.mlp.c_fc.weight"]}, "quantizers": ["bf16"]}))
    program("run", manifest, "-o", tmp_path / "r.h5")
    with h5py.File(tmp_path / "r.h5") as file:
        edges, rows = file["cosine_histogram/edges"][:], file["cosine_histogram/unit"][:]
        counts = {name: file[f"cosine_histogram/{name}"][:].reshape(len(rows), -1) for name in ("raw", "centred")}
        names = [file["matrices/name"][file["units/matrix"][row]].decode() for row in rows]
        quantizers = file["units/quantizer"][:][rows]
    assert names == [EMBEDDING, EMBEDDING] and list(quantizers) == [0, 1]
    w = weights[EMBEDDING].astype(float)
    for centred, values in (("raw", w), ("centred", w - w.mean(axis=0))):
        x = values / numpy.linalg.norm(values, axis=1, keepdims=True)
        z = (x @ x.T)[numpy.triu_indices(len(x), 1)] * x.shape[1] ** 0.5
        expected = numpy.histogram(z, edges)[0]
        found = counts[centred][0]
        if metrics == "extended":
            assert found.sum() == len(z) and abs(found - expected).sum() <= 4, "only roundings at an edge may differ"
        else:  # five standard errors of each bin's share, and one pair
            assert found.sum() == 100000
            share = expected / len(z)
            assert (abs(found / 100000 - share) <= 5 * numpy.sqrt(share / 100000) + 1e-5).all()


def test_verdicts_cover_both_sources_and_every_law_holds(program, sweep):
    verdicts = rows_of(program, sweep, "verdicts")
    assert list(verdicts[0]) == ["claim", "source", "scope", "unit_id", "left", "right", "ratio", "verdict", "note"]
    assert {row["verdict"] for row in verdicts} <= {"holds", "violated", "vacuous", "not testable"}
    units = {row["unit_id"]: row for row in rows_of(program, sweep, "units")}
    assert all(row["unit_id"] in units for row in verdicts if row["scope"] == "unit")
    assert all(not row["unit_id"] for row in verdicts if row["scope"] != "unit")
    assert all(row["note"] for row in verdicts if row["verdict"] == "not testable")
    for law in ("weyl", "mirsky", "welch", "error-bound-uniform", "binary-alpha", "forward-error-worst-case"):
        rows = [row for row in verdicts if row["claim"] == law]
        assert rows and all(row["verdict"] != "violated" for row in rows), law
    summary = {row["claim"]: row for row in verdicts if row["scope"] == "all"}
    for row in summary.values():
        mine = [r["verdict"] for r in verdicts if r["claim"] == row["claim"] and r["scope"] == "unit"]
        assert float(row["left"]) == mine.count("holds") + mine.count("vacuous")
        assert float(row["right"]) == len(mine) - mine.count("not testable")
        assert (row["verdict"] == "violated") == ("violated" in mine)


def test_rederiving_changes_nothing(program, sweep):
    before = sweep.read_bytes()
    program("aggregate", "--rederive", sweep)
    assert sweep.read_bytes() == before
    program("verify", sweep)


@pytest.mark.parametrize("rule", ["condition", "error", "alpha", "stable-rank"])
def test_an_allocation_keeps_its_budget_and_runs(program, sweep, tmp_path, rule):
    manifest = tmp_path / "allocation.yaml"
    report = json.loads(program("allocate", sweep, "--budget", "4.5", "--rule", rule, "-o", manifest, "--json").stdout)
    rules = {entry["rule"]: entry for entry in report["rules"]}
    assert set(rules) == {"condition", "error", "alpha", "stable-rank"}
    units = rows_of(program, sweep, "units")
    size = {row["matrix"]: int(row["rows"]) * int(row["cols"]) for row in units}
    energy = {row["matrix"]: float(row["frobenius_squared"]) for row in units if row["quantizer"] == "reference"}
    of = {(row["matrix"], row["quantizer"]): row for row in units}
    for entry in rules.values():
        bits = error = 0
        for layer in entry["layers"]:
            row = of[layer["matrix"], layer["quantizer"]]
            bits += size[layer["matrix"]] * float(row["bits_per_weight"])
            error += size[layer["matrix"]] * float(row["error_frobenius"]) ** 2 / energy[layer["matrix"]]
        total = sum(size[layer["matrix"]] for layer in entry["layers"])
        assert bits / total == pytest.approx(entry["bits"]) and entry["bits"] <= 4.5
        assert error / total == pytest.approx(entry["error"])
        assert entry["error"] >= report["error_bound"] * (1 - 1e-12)
        assert entry["error"] >= rules["error"]["error"] * (1 - 1e-12)
    again = tmp_path / "again.h5"
    program("run", manifest, "-o", again)
    chosen = {(layer["matrix"], layer["quantizer"]) for layer in rules[rule]["layers"]}
    assert {(row["matrix"], row["quantizer"]) for row in rows_of(program, again, "units") if row["quantizer"] != "reference"} == chosen
    # And as a checkpoint: its error is that of the units, each layer with its own quantizer.
    said = program("quantize", SOURCE / "examples/shakespeare-gpt2/step3000", "--manifest", manifest, "-o", tmp_path / "model", "--dtype", "f32").stdout
    error = sum(float(of[key]["error_frobenius"]) ** 2 for key in chosen) ** 0.5
    assert float(said.split("‖Ŵ − W‖_F")[1].split()[0]) == pytest.approx(error, rel=1e-5)
    written = read_safetensors(next((tmp_path / "model").glob("*.safetensors")))
    original = read_safetensors(next((SOURCE / "examples/shakespeare-gpt2/step3000").glob("*.safetensors")))
    stored = sum(numpy.linalg.norm(written[name].astype(float) - original[name].astype(float)) ** 2 for name in original) ** 0.5
    assert stored == pytest.approx(error, rel=1e-6)


def test_the_curve_compares_the_rules_at_every_budget(program, sweep, tmp_path):
    program("allocate", sweep, "--curve", "-o", tmp_path / "curve.csv")
    with open(tmp_path / "curve.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    budgets = sorted({float(row["budget"]) for row in rows})
    assert numpy.allclose(numpy.diff(budgets), 0.25) and all(b * 4 == round(b * 4) for b in budgets)
    errors = []
    for budget in budgets:
        here = {row["rule"]: row for row in rows if float(row["budget"]) == budget}
        assert set(here) == {"condition", "error", "alpha", "stable-rank"}
        for row in here.values():
            if row["error"]:
                assert float(row["bits"]) <= budget * (1 + 1e-12)
                assert float(row["error"]) >= float(here["error"]["error"]) * (1 - 1e-12)
                assert float(row["times_bound"]) == pytest.approx(float(row["error"]) / float(row["error_bound"]))
        errors.append(float(here["error"]["error"]))
    assert (numpy.diff(errors) <= 0).all()
    one = json.loads(program("allocate", sweep, "--budget", "4.5", "--json").stdout)
    said = {row["rule"]: row for row in rows if row["budget"] == "4.5"}
    assert all(float(said[rule["rule"]]["error"]) == pytest.approx(rule["error"], rel=1e-12) for rule in one["rules"])
    assert "--curve" in program("allocate", sweep, "--curve", "--budget", "4", code=64).stderr


def test_a_manifest_that_chooses_nothing_or_twice_is_refused_by_quantize(program, tmp_path):
    model = SOURCE / "examples/shakespeare-gpt2/step3000"
    for quantizers, words in (([], "chooses no quantizer"), (["bf16", "nvfp4"], "has two quantizers for")):
        manifest = tmp_path / "m.yaml"
        manifest.write_text(json.dumps({"checkpoints": [str(model)], "matrices": {"blocks": "0"}, **({"quantizers": quantizers} if quantizers else {})}))
        refused = program("quantize", model, "--manifest", manifest, "-o", tmp_path / "out", code=64)
        assert words in refused.stderr and "m.yaml" in refused.stderr and not (tmp_path / "out").exists()


def test_an_allocation_that_cannot_be_is_refused(program, sweep, tmp_path):
    assert "budget" in program("allocate", sweep, "--budget", "0.5", "-o", tmp_path / "x.yaml", code=64).stderr
    assert "--budget" in program("allocate", sweep, code=64).stderr
    assert "condition" in program("allocate", sweep, "--budget", "4", "--rule", "conditon", code=64).stderr
    assert "step3000" in program("allocate", sweep, "--budget", "4", "--checkpoint", "step300", code=64).stderr


def test_weight_watcher_and_power_law_tables(program, sweep):
    units = {row["unit_id"]: row for row in rows_of(program, sweep, "units")}
    for row in rows_of(program, sweep, "ww-compat"):
        assert float(row["norm"]) == pytest.approx(float(units[row["unit_id"]]["frobenius_squared"]), rel=1e-6)
        assert float(row["spectral_norm"]) == pytest.approx(float(row["sv_max"]) ** 2)
    laws = rows_of(program, sweep, "powerlaw", "--bootstrap", "5")
    assert {row["convention"] for row in laws} == {"index_ecdf", "left_ecdf", "kolmogorov"}
    for row in laws:
        assert 0 <= float(row["bootstrap_p"]) <= 1
        if row["convention"] == "left_ecdf":
            assert float(row["alpha"]) == float(units[row["unit_id"]]["powerlaw_alpha"])
    program("export", sweep, "--table", "units", "--bootstrap", "5", code=64)
    longer = rows_of(program, sweep, "powerlaw", "--minimum-tail", "50")
    assert longer and all(int(row["n_tail"]) >= 50 and int(row["runner_up_n_tail"] or 50) >= 50 for row in longer)
    assert any(int(row["n_tail"]) < 50 for row in laws)
    program("export", sweep, "--table", "units", "--minimum-tail", "50", code=64)
    program("export", sweep, "--table", "powerlaw", "--minimum-tail", "0", code=64)


def test_every_column_is_documented(sweep):
    """docs/columns.md is what the file says of itself; what the file says nothing of stands in docs/result_file.md."""
    table = (SOURCE / "docs/columns.md").read_text("utf-8").replace("\\|", "|")
    layout = (SOURCE / "docs/result_file.md").read_text("utf-8")
    with h5py.File(sweep) as file:
        described = {}
        for name, dataset in file["units"].items():
            summary = dataset.attrs.get("summary", b"").decode()
            if summary:
                described[name] = f"| `{name}` | {dataset.attrs['unit'].decode()} | {summary} |"
            else:
                assert f"`{name}`" in layout, name
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert rows == [described[name] for name in sorted(described)]
