"""Every verb as a user meets it: help, tables, JSON, exit codes, errors with a way out."""
import csv
import io
import json
import os
import shutil
import subprocess

import pytest
from conftest import SOURCE, llama_checkpoint, write_manifest

VERBS = ["inspect", "formats", "plan", "run", "status", "aggregate", "export", "report", "compare", "verify", "quantize", "allocate",
         "slurm", "bench"]
COLUMNS = """unit_id, checkpoint, step, matrix, role, block_index, rows, cols, dtype, quantizer, bits_per_weight, state, reason,
method, sigma_count, sigma_max, sigma_max_error, sigma_min, frobenius_squared, stable_rank, condition_number, numerical_rank,
erank_sv, erank_energy, pr_energy, spectral_slope, powerlaw_alpha, powerlaw_xmin, powerlaw_d, powerlaw_n_tail,
stable_rank_ratio, frobenius_ratio, sigma_max_ratio, error_frobenius, error_spectral, error_max, sqnr_db, noise_alignment,
weyl_tightness, mirsky_tightness, epsilon_slope, epsilon_r2, epsilon_r2_null_median, epsilon_r2_null_95, zero_share,
clipped_share, error_spectral_upper, numerical_rank_low, numerical_rank_high, condition_number_lower,
unresolved_count""".replace("\n", " ").split(", ")


@pytest.fixture
def result(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4", "int:block=16"])
    program("run", job, "-o", tmp_path / "r.h5")
    return tmp_path / "r.h5"


@pytest.mark.parametrize("verb", VERBS)
def test_help(program, verb):
    for option in ("-h", "--help"):
        page = program(verb, option)
        assert page.stdout.startswith("usage: ") and verb in page.stdout
    assert program("help", verb).stdout == page.stdout
    assert "specsweep help VERB" in (SOURCE / "README.md").read_text() and "help VERB" in program("help").stdout


@pytest.mark.parametrize("word", ["render", "submit", "status", "resume", "cancel", "doctor"])
def test_help_for_the_words_after_slurm(program, word):
    page = program("slurm", word, "-h").stdout
    assert page.startswith(f"usage: specsweep slurm {word} ") and program("help", "slurm", word).stdout == page


def test_the_program_explains_itself(program):
    page = program("--help").stdout
    assert all(verb in page for verb in VERBS)
    assert program("--version").stdout.startswith("specsweep ")
    program(code=64)


@pytest.mark.parametrize("arguments, hint", [
    (["rum"], "run"), (["--verson"], "--version"), (["plan", "x.yaml", "--explian"], "--explain"), (["export", "x.h5", "--table", "unit"], "units"),
    (["formats", "nvpf4"], "nvfp4"), (["formats", "int:bit=4"], "bits"), (["formats", "int:bits=9"], "8"),
])
def test_a_typing_error_gets_the_nearest_name(program, arguments, hint):
    result = program(*arguments, code=64)
    assert hint in result.stderr and len(result.stderr.strip().splitlines()) == 1


def test_inspect_json(program):
    inventory = json.loads(program("inspect", SOURCE / "examples/shakespeare-gpt2/step0", "--json").stdout)
    assert inventory["model_type"] == "gpt2"
    matrix = next(m for m in inventory["matrices"] if m["matrix"] == "transformer.h.0.attn.c_attn.weight#key")
    assert matrix["role"] == "attention_key" and matrix["slice"] == "key" and matrix["orientation"] == "in_out"
    assert set(matrix) >= {"matrix", "tensor", "slice", "role", "block_index", "expert", "rows", "cols", "orientation", "dtype"}
    assert {"tensor", "reason"} == set(inventory["skipped"][0])


def test_units_table_has_its_columns_and_reasons(program, result):
    text = program("export", result, "--table", "units").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    header = text.splitlines()[0].split(",")
    assert [c for c in COLUMNS if c not in header] == []
    for row in rows:
        assert "nan" not in [value.lower() for value in row.values()]
        assert row["state"] == "done"
        if row["quantizer"] == "reference":
            assert row["stable_rank"] and not row["stable_rank_ratio"] and not row["error_frobenius"]
        else:
            assert float(row["stable_rank_ratio"]) == pytest.approx(
                float(row["frobenius_ratio"]) / float(row["sigma_max_ratio"]), rel=1e-12)
        if not row["powerlaw_alpha"]:
            assert "powerlaw_alpha:" in row["reason"] or "not-computed" in row["reason"]


def test_tables_go_to_files_too(program, result, tmp_path):
    for table in ("units", "spectra", "timing", "verdicts"):
        program("export", result, "--table", table, "-o", tmp_path / f"{table}.csv")
        assert (tmp_path / f"{table}.csv").read_text() == program("export", result, "--table", table).stdout


def test_verify_finds_nothing_in_a_good_file(program, result):
    found = json.loads(program("verify", result, "--json").stdout)
    assert found["findings"] == []


def test_status_counts(program, result):
    status = json.loads(program("status", result, "--json").stdout)
    assert status["done"] == 45 and status["failed"] == 0 and status["pending"] == 0
    assert "45" in program("status", result.with_name("r.h5.shards")).stdout
    plan = result.parent / "plan.json"
    program("plan", result.parent / "job.yaml", "-o", plan)
    assert f"no shard file in {result.parent}" not in program("status", result.with_name("r.h5.shards") / "plan.json").stdout
    assert "no shard file in results/job/job.h5.shards" in program("status", plan, cwd=result.parent).stdout
    result.unlink()  # as while the first run computes
    assert json.loads(program("status", result, "--json").stdout)["done"] == 45


def test_a_result_file_may_have_any_name(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"], matrices={"roles": ["mlp_up"]})
    for name in ("r.hdf5", "result", "two words.h5.old"):
        assert "4 computed now" in program("run", job, "-o", tmp_path / name).stdout
        assert " 0 computed now" in program("run", job, "-o", tmp_path / name).stdout
        assert json.loads(program("status", tmp_path / name, "--json").stdout)["done"] == 4


def test_what_is_no_result_file_is_not_written_over(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    program("plan", job, "-o", tmp_path / "plan.json")
    for name in ("job.yaml", "plan.json"):
        before = (tmp_path / name).read_bytes()
        assert "it is no result file" in program("run", job, "-o", tmp_path / name, code=64).stderr
        assert (tmp_path / name).read_bytes() == before and not (tmp_path / f"{name}.shards").exists()
    assert "neither a result file nor a plan" in program("status", SOURCE / "jobs" / "quickstart.yaml", code=64).stderr


def test_a_manifest_from_a_pipe_is_no_empty_manifest(program, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is no regular file" in program("plan", tmp_path / "pipe", code=65).stderr


def test_a_missing_folder_is_named_with_the_file_that_was_asked_for(program, result):
    said = program("plan", result.parent / "job.yaml", "-o", result.parent / "none" / "p.json", code=74).stderr
    assert "none/p.json (No such file or directory)" in said


@pytest.mark.parametrize("arguments", [
    ["inspect", "NONE"], ["plan", "NONE"], ["plan", "JOB", "--calibration", "NONE"], ["plan", "JOB", "--reuse", "NONE"],
    ["plan", "JOB", "--architecture", "NONE"], ["run", "NONE"], ["run", "NONE", "--shard", "0"], ["status", "NONE"],
    ["aggregate", "NONE", "-o", "x.h5"], ["export", "NONE", "--table", "units"], ["report", "NONE", "-o", "x"], ["compare", "NONE", "NONE"],
    ["verify", "NONE"], ["quantize", "NONE", "--quantizer", "int", "-o", "x"], ["allocate", "NONE", "--budget", "4"],
    ["slurm", "render", "NONE", "--profile", "generic", "-o", "x"], ["slurm", "submit", "NONE"], ["slurm", "status", "NONE"],
    ["slurm", "resume", "NONE"], ["slurm", "cancel", "NONE"], ["slurm", "doctor", "--folder", "NONE"],
], ids=" ".join)
def test_what_is_not_there_is_an_error_of_input_and_output(program, tmp_path, arguments):
    """One code for all verbs, and nothing is left behind."""
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    here = tmp_path / "here"
    here.mkdir()
    said = program(*[{"NONE": "none", "JOB": job}.get(word, word) for word in arguments], code=74, cwd=here).stderr
    assert "none" in said and len(said.splitlines()) == 1
    assert not list(here.iterdir())


def test_what_a_manifest_names_and_is_not_there_is_a_fault_of_the_manifest(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    first = write_manifest(tmp_path / "a.yaml", [tmp_path / "none"], ["nvfp4"])
    second = write_manifest(tmp_path / "b.yaml", [model], ["nvfp4", "checkpoint:path=none"])
    third = write_manifest(tmp_path / "c.yaml", [model], [{"format": "checkpoint", "path": ["${NOT_SET_ANYWHERE}"]}])
    for what, where in [(["plan", first], "a.yaml:"), (["plan", second], "b.yaml:"), (["plan", third], "c.yaml:"),
                        (["run", "--checkpoint", tmp_path / "none", "--quantizer", "nvfp4"], "command line:"),
                        (["run", "--checkpoint", model, "--quantizer", "checkpoint:path=none"], "command line:")]:
        said = program(*what, code=64, cwd=tmp_path).stderr
        assert where in said and ("'" in said and "none'" in said or "NOT_SET_ANYWHERE" in said), said


def test_the_doctor_makes_no_folder(program, tmp_path):
    result = program("slurm", "doctor", "--folder", tmp_path / "none", "-o", tmp_path / "p.yaml", code=74)
    assert result.stdout == "" and result.stderr.startswith(f"specsweep: error: there is no folder {tmp_path / 'none'};")
    assert "p.yaml (No such" in program("slurm", "doctor", "--folder", tmp_path, "-o", tmp_path / "none" / "p.yaml", code=74).stderr
    assert not list(tmp_path.iterdir())


def test_compare(program, result, tmp_path):
    program("compare", result, result)
    other = llama_checkpoint(tmp_path / "other", seed=1)
    job = write_manifest(tmp_path / "other.yaml", [other], ["nvfp4", "int:block=16"])
    program("run", job, "-o", tmp_path / "o.h5")
    difference = program("compare", result, tmp_path / "o.h5", code=1)
    assert "sigma" in difference.stdout


def test_rederive_keeps_the_bytes(program, result, tmp_path):
    program("aggregate", result, "--rederive", "-o", tmp_path / "again.h5", "--table", tmp_path / "units.csv")
    assert (tmp_path / "units.csv").read_text() == program("export", tmp_path / "again.h5", "--table", "units").stdout
    assert (tmp_path / "again.h5").read_bytes() == result.read_bytes()


def test_plan_prints_what_a_sweep_costs_and_writes_nothing(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    before = sorted(tmp_path.rglob("*.json"))
    page = program("plan", job).stdout
    assert "30 units" in page and "core-hours" in page
    after = [p for p in tmp_path.rglob("*.json") if "cache" not in p.parts]
    assert after == [p for p in before if "cache" not in p.parts]


def test_an_edited_plan_is_refused(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"])
    plan = tmp_path / "plan.json"
    program("plan", job, "-o", plan)
    plan.write_text(plan.read_text().replace("nvfp4", "int"))
    assert "plan" in program("run", plan, "-o", tmp_path / "r.h5", code=64).stderr


def test_a_result_file_of_another_plan_is_refused(program, result, tmp_path):
    job = write_manifest(tmp_path / "other.yaml", [tmp_path / "model"], ["uniform"])
    before = result.read_bytes()
    refusal = program("run", job, "-o", result, ranks=2, code=64)
    assert "another sweep" in refusal.stderr
    assert result.read_bytes() == before


def test_the_installed_program_runs_from_anywhere(program, tmp_path, demo):
    """cmake --install, then away from the build and the source folder."""
    prefix = tmp_path / "prefix"
    build = subprocess.run(["cmake", "--install", os.environ["SPECSWEEP_BUILD_DIR"], "--prefix", str(prefix)],
                           capture_output=True, text=True)
    assert build.returncode == 0, build.stderr
    program.path = str(prefix / "bin" / "specsweep")
    assert "gpt2" in program("inspect", demo / "step0", cwd=tmp_path).stdout
    assert (prefix / "share" / "specsweep" / "jobs" / "quickstart.yaml").is_file()
    shutil.rmtree(prefix)


def flip_a_bit_of_a_spectrum(file):
    """In the middle of the second unit's singular values."""
    import h5py
    with h5py.File(file) as opened:
        dataset = opened["/spectra/sigma"]
        place = dataset.id.get_offset() + 8 * (int(opened["/units/sigma_offset"][1]) + 5) + 3
    with open(file, "r+b") as raw:
        raw.seek(place)
        byte = raw.read(1)[0]
        raw.seek(place)
        raw.write(bytes([byte ^ 16]))


@pytest.mark.parametrize("verb", [("export", "--table", "units"), ("export", "--table", "spectra"), ("export", "--table", "verdicts"),
                                  ("report", "-o", "page")])
def test_what_was_damaged_after_it_was_written_is_not_shown(program, result, tmp_path, verb):
    flip_a_bit_of_a_spectrum(result)
    said = program(verb[0], result, *verb[1:], code=65, cwd=tmp_path).stderr
    assert "does not fit its CRC" in said and "specsweep verify" in said
    assert not (tmp_path / "page").exists()


def test_status_of_a_provenance_file_says_what_it_is(program, result):
    said = program("status", result.with_name("r.provenance.h5"), code=65).stderr
    assert "holds no units" in said and "give the file without .provenance" in said


def test_a_usage_error_is_said_once_whatever_the_number_of_ranks(program):
    said = program("run", "--bogus", ranks=3, code=64).stderr
    assert said.count("unknown option '--bogus'") == 1


def test_one_of_anything_is_singular(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model")
    job = write_manifest(tmp_path / "job.yaml", [model], ["nvfp4"], matrices={"roles": ["mlp_up"], "blocks": "0"}, shards={"count": 1})
    shown = program("plan", job).stdout
    assert "1 checkpoint, 1 matrix, " in shown and "2 units (1 reference, 0 share another's numbers)" in shown and "  1 shard, " in shown
