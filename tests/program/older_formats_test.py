"""Shard files of older format versions are gone on with, and aggregated, without computing their units again."""
import zlib

import h5py
import numpy
import pytest
from conftest import write_manifest

BROUGHT_BY = {  # docs/result_file.md
    2: ["weight_min", "weight_max", "absolute_sum", "error_column_sum_max", "error_row_sum_max", "error_spectral_low",
        "error_spectral_high", "forward_error_rms", "forward_error_worst", "cosine_mean", "cosine_mean_square", "cosine_share_1",
        "cosine_share_2", "cosine_share_3", "centred_cosine_mean", "centred_cosine_mean_square", "centred_cosine_share_1",
        "centred_cosine_share_2", "centred_cosine_share_3", "cosine_rows", "cosine_pairs"],
    3: ["zipf_exponent"],
    4: [],
    5: [],
    6: [],
}
GROUPS = {"derived": 4, "cosine_histogram": 5, "extended": 5}  # since which version
FIRST = ["frobenius_squared", "frobenius_squared_error", "inner_product", "error_frobenius_squared", "error_max", "zeroed", "clipped"]


COUNTS = ["zeroed", "clipped", "cosine_rows", "cosine_pairs"]


def moments_of(file):
    """Name → values of a shard file; a table since version 6, counts too."""
    if "values" not in file["moments"]:
        return {name: column[:] for name, column in file["moments"].items()}
    names = [bytes(name).rstrip(b"\0").decode() for name in file["moments/columns"]]
    table = dict(zip(names, file["moments/values"][:].T))
    return {name: numpy.nan_to_num(v, nan=-1).astype("<i8") if name in COUNTS else v for name, v in table.items()}


def crc_of(file, row, version):
    """content_crc as docs/result_file.md specifies it: reals, then counts, in the order in which they came."""
    names = FIRST + [name for v in range(2, version + 1) for name in BROUGHT_BY[v]]
    units, moments = file["units"], moments_of(file)
    text = lambda name: bytes(units[name][row]).rstrip(b"\0") + b"\0"
    state = int(units["state"][row])
    parts = [text("id"), bytes([state])] + ([text("reason")] if state == 2 else []) + [text("method")]
    for kind in ("f8", "i8"):
        parts += [moments[name][row].tobytes() for name in names if moments[name].dtype == kind]
    if version >= 5 and "cosine_histogram" in file and row in file["cosine_histogram/unit"][:]:
        raise AssertionError("these sweeps have no embeddings")
    first, count = int(units["sigma_offset"][row]), int(units["sigma_count"][row])
    parts += [file["spectra/" + name][first:first + count].tobytes() for name in ("sigma", "error")]
    return zlib.crc32(b"".join(parts))


def made_older(source, target, version, pending):
    """The file as an older program would have left it: fewer moments, its own CRCs, some units still to do."""
    with h5py.File(source, "r") as new, h5py.File(target, "w") as old:
        for key, value in new.attrs.items():
            old.attrs[key] = value
        for group in (g for g in new if GROUPS.get(g, 1) <= version):
            for name in new[group] if group != "moments" else []:
                new.copy(f"{group}/{name}", old.require_group(group))
        for name, values in moments_of(new).items():
            if not any(name in names for v, names in BROUGHT_BY.items() if v > version):
                old[f"moments/{name}"] = values
        if "derived" in old:  # in one dimension
            values = old["derived/values"][:]
            del old["derived/values"]
            old["derived/values"] = values.ravel()
        old.attrs["format_version"] = numpy.int64(version)
        for row in range(len(old["units/id"])):
            assert crc_of(new, row, max(BROUGHT_BY)) == new["units/content_crc"][row]
            old["units/content_crc"][row] = crc_of(old, row, version)
            if row in pending:
                old["units/state"][row] = 0


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("ranks", [None, 2])
def test_an_older_shard_is_gone_on_with(program, tmp_path, demo, version, ranks):
    manifest = write_manifest(tmp_path / "m.yaml", [demo / "step3000"], ["int:block=32", "nvfp4"], matrices={"blocks": "0-1"})
    program("run", manifest, "-o", tmp_path / "r.h5", "--no-table")
    fresh = (tmp_path / "r.h5").read_bytes()
    shard = tmp_path / "r.h5.shards/shard-0000.h5"
    made_older(shard, tmp_path / "old.h5", version, pending={2, 7})
    (tmp_path / "old.h5").replace(shard)
    result = program("run", manifest, "-o", tmp_path / "r.h5", ranks=ranks)
    assert "2 computed now" in result.stdout, result.stdout
    assert (tmp_path / f"r.h5.shards/shard-0000.h5.format-{version}").exists(), "nothing is lost"
    if version >= 2:  # has all that these units have
        assert (tmp_path / "r.h5").read_bytes() == fresh
    with h5py.File(tmp_path / "r.h5") as file:
        assert file.attrs["format_version"] == max(BROUGHT_BY) and numpy.all(file["units/state"][:] == 1)
        forward = file["units/forward_error_rms"][:]
        rows = numpy.array([q != 0 for q in file["units/quantizer"][:]])
        assert numpy.isfinite(forward[rows]).sum() == (rows.sum() if version >= 2 else sum(rows[i] for i in (2, 7)))


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
def test_older_shards_are_aggregated(program, tmp_path, demo, version):
    manifest = write_manifest(tmp_path / "m.yaml", [demo / "step3000"], ["int:block=32"], matrices={"blocks": "0"})
    program("run", manifest, "-o", tmp_path / "r.h5", "--no-table")
    made_older(tmp_path / "r.h5.shards/shard-0000.h5", tmp_path / "old.h5", version, pending=())
    program("aggregate", tmp_path / "old.h5", "-o", tmp_path / "a.h5")
    if version >= 2:
        assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "r.h5").read_bytes()
    program("verify", tmp_path / "a.h5")
    program("verify", tmp_path / "old.h5")
