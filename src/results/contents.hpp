#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/plan.hpp"

namespace specsweep::results {

enum class FileKind { shard, aggregate, provenance };
std::string_view name(FileKind);

/// Root attributes: which sweep a file belongs to, and which part of it.
struct Header {
    FileKind kind = FileKind::shard;
    std::int64_t format_version = 0;  ///< of the file that was read; what is written has the newest
    std::string name;                 ///< of the sweep
    std::string sweep_sha256;
    std::int64_t numerics_version = 0;
    std::int64_t complete = 0;
    double tolerance = 0;
    std::string certificate;
    std::int64_t seed = 0;
    std::string metrics;
    std::int64_t planned_units = 0;  ///< of the whole sweep
    std::string cut_sha256;          ///< empty but in shards
    std::int64_t shard = -1;
    std::int64_t shard_count = 0;
};

struct CheckpointRow {
    std::string id;
    std::int64_t step = -1;
    std::string model_type;
    std::string title() const;  ///< the id, with the step where there is one: unique in a file
    friend bool operator==(const CheckpointRow&, const CheckpointRow&) = default;
};

struct MatrixRow {
    std::int64_t plan_row = 0;
    std::int64_t checkpoint = 0;  ///< row of this file's checkpoints
    std::string name, tensor, slice, role;
    std::int64_t block_index = -1, expert = -1;
    std::int64_t rows = 0, cols = 0;  ///< logical [out, in]
    std::string orientation, dtype, content_digest;
    friend bool operator==(const MatrixRow&, const MatrixRow&) = default;

    std::int64_t rank_bound() const { return rows < cols ? rows : cols; }  ///< how many singular values there are
    /// diag(√p)·E, which follows from the embedding E that quantizers act on.
    bool is_token_weighted() const { return slice.starts_with("token_weighted"); }
    /// Its rows are vectors whose angles are measured.
    bool has_angles() const { return role == "embedding" && !is_token_weighted(); }
};

/// What the plan fixes of a unit. Rows are rows of the same file.
struct UnitRow {
    std::int64_t plan_row = 0;
    std::string id;
    std::int64_t matrix = 0, quantizer = 0, reference = 0;
    std::string solver;
    double bits_per_weight = 0;
    std::int64_t sigma_offset = 0, sigma_count = 0;
};

/// Everything static in a shard file or an aggregate: known before the first number is computed.
struct Contents {
    Header header;
    std::vector<CheckpointRow> checkpoints;
    std::vector<MatrixRow> matrices;
    std::vector<std::string> quantizers;
    std::vector<UnitRow> units;
    std::int64_t sigma_total = 0;  ///< length of /spectra/sigma

    bool is_reference(std::int64_t row) const { return units[static_cast<std::size_t>(row)].quantizer == 0; }
    const MatrixRow& matrix_of(std::int64_t row) const;
    /// "checkpoint matrix quantizer": how messages call a unit.
    std::string unit_title(std::int64_t row) const;
    std::string unit_title(const MatrixRow&, std::int64_t quantizer) const;
};

/// The part of a plan that one shard file holds: its units in plan order, the matrices they need, all quantizers and
/// checkpoints. @throws UsageError when the plan has no such shard.
Contents shard_contents(const sweep::Plan&, std::int32_t shard);

/// How many singular values a unit of the matrix has: min(rows, cols), with fast metrics only the largest.
std::int64_t spectrum_length(const Header&, const MatrixRow&);

/// Gives every unit its stretch of /spectra, in row order; rows with the same id share one. Sets sigma_total.
void lay_out_spectra(Contents&);

/// CRC-32 of header (without `complete`) and tables in a fixed byte order: finds a flipped bit in what the plan fixes.
std::uint32_t static_crc(const Contents&);

/// @throws InputError naming `source`: an index outside its table, a reference that is none, stretches that do not fit.
void check_contents(const Contents&, const std::string& source);

}  // namespace specsweep::results
