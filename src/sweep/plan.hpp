#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "checkpoint/matrix.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::sweep {

/// Version of the text that plan_to_text() writes; docs/manifest.md is its specification.
inline constexpr int plan_format_version = 1;

struct PlanCheckpoint {
    std::string id;                    ///< the manifest's id; unique in a plan
    std::optional<std::int64_t> step;  ///< training step of a trajectory
    std::string path;                  ///< absolute folder; part of the cut, never of an identity
    std::string model_type;
};

/// How often each token occurs in the corpus that weights the embeddings of some checkpoints.
struct PlanTokenCounts {
    std::string path;  ///< absolute; part of the cut, never of an identity
    Digest128 digest{};
};

/// The matrix is not the embedding E but diag(√p)·E, or diag(√p)·(E − 1μᵀ): measure/token_weighting.hpp.
struct PlanWeighting {
    std::int32_t counts = 0;  ///< row of Plan::token_counts
    bool centred = false;
};

/// One logical matrix of one checkpoint, with what is needed to read it without opening the checkpoint again.
struct PlanMatrix {
    std::int32_t checkpoint = 0;  ///< row of Plan::checkpoints
    checkpoint::Matrix matrix;
    checkpoint::TensorLocation location;
    Digest128 content_digest{};      ///< of all bytes of the tensor
    std::int64_t file_size = 0;      ///< of location.file when the digest was taken
    std::int64_t file_mtime_ns = 0;  ///< since the epoch, same moment
    std::optional<PlanWeighting> weighting;
    std::string solver;                ///< text name of the method, the same for every unit of the matrix
    std::int64_t predicted_bytes = 0;  ///< peak working set of one unit on one rank, and of those that wait with it
    std::int32_t shard = 0;            ///< all units of a matrix are in one shard
};

/// The checkpoint behind a quantizer `checkpoint:digest=…`, with its matrices that have the names of the plan's.
struct PlanCounterpart {
    struct Matrix {
        checkpoint::TensorLocation location;
        checkpoint::Slice slice;
        Digest128 content_digest{};
    };
    std::string digest;  ///< 32 hexadecimal digits: of names, slices and contents of all its matrices
    std::string path;    ///< absolute folder; part of the cut, never of an identity
    std::map<std::string, Matrix, std::less<>> matrices;  ///< by name
};

/// (matrix, quantizer): the atom that is scheduled, written, resumed and counted (architecture.md §2).
struct PlanUnit {
    std::int32_t matrix = 0;         ///< row of Plan::matrices
    std::int32_t quantizer = 0;      ///< row of Plan::quantizers; 0 = reference
    std::int64_t reference = 0;      ///< row of the reference unit of the same matrix (its own row for a reference)
    std::int64_t canonical_row = 0;  ///< first unit row with the same id; its own row when it is the first
    std::string id;                  ///< 64 hexadecimal digits
    std::string solver;              ///< text name, "gram-two-stage"
    std::int32_t shard = 0;
    double predicted_seconds =
        0;  ///< on the named machine of the cost model, in rank-seconds: of a group, its time times its ranks
    double bits_per_weight = 0;  ///< scales included; of the stored dtype for a reference
};

/// A point of the product that did not become a unit. Empty texts mean "all of them".
struct DroppedPoint {
    std::string checkpoint, matrix, quantizer;
    std::string rule;  ///< "matrices.roles", "exclude[0]: bits == 2 and block > 64", "refused: …"
};

/// How many points stood after each step of the expansion, in order.
struct ExpansionStep {
    std::string name;  ///< product, zip, exclude, include, derive, deduplicate, …
    std::int64_t points = 0;
};

/// Of a plan that is only the part of one shard (sweep/shard_plan.hpp): where its rows stand in the whole plan.
struct WholePlan {
    std::int64_t units = 0;
    std::vector<std::int64_t> unit_rows, matrix_rows;  ///< by row of the part; empty: it is the whole plan
};

/// The frozen list of units. Units of a matrix are neighbours: its reference, then its quantizers in the order of the
/// table.
struct Plan {
    std::string name;
    double tolerance = 1e-4;  ///< relative, of each singular value
    std::string certificate = "probabilistic";
    std::int64_t seed = 0;
    std::string metrics = "full";
    int numerics_version = 0;
    std::int64_t memory_per_rank = 0;  ///< bytes given to `plan`
    std::string cost_machine;          ///< where the constants of the cost model come from

    std::vector<PlanCheckpoint> checkpoints;
    std::vector<PlanMatrix> matrices;
    std::vector<std::string> quantizers;  ///< canonical texts; [0] = "reference"
    std::vector<PlanCounterpart> counterparts;
    std::vector<PlanTokenCounts> token_counts;
    std::vector<PlanUnit> units;
    std::int32_t shard_count = 1;

    std::string
        sweep_sha256;  ///< unit ids in order, their solvers, numerics_version: names the sweep, what resume checks
    std::string cut_sha256;  ///< everything else that the text holds: paths, shards, costs

    WholePlan whole;
    std::int64_t planned_units() const { return whole.unit_rows.empty() ? std::ssize(units) : whole.units; }
    std::int64_t whole_unit_row(std::int64_t row) const
    {
        return whole.unit_rows.empty() ? row : whole.unit_rows[static_cast<std::size_t>(row)];
    }
    std::int64_t whole_matrix_row(std::int64_t row) const
    {
        return whole.matrix_rows.empty() ? row : whole.matrix_rows[static_cast<std::size_t>(row)];
    }

    std::vector<DroppedPoint> dropped;  ///< for --explain; not part of the text
    std::vector<ExpansionStep> steps;   ///< for --explain; not part of the text
};

/// Fills what follows from the tables: `reference`, `solver`, `shard`, `id` and `canonical_row` of every unit (from its
/// matrix) and both hashes. A unit of a matrix must come after its reference unit.
/// @throws InternalError when an index is outside its table or a reference is missing.
void seal(Plan&);

/// Rows of Plan::units that belong to `shard`, ascending.
std::vector<std::int64_t> units_of_shard(const Plan&, std::int32_t shard);

/// Compact JSON: tables by column, units as ranges of quantizers; ids are not stored but follow (docs/manifest.md).
/// Ends with a newline. The plan must be sealed.
std::string plan_to_text(const Plan&);

/// @throws UsageError naming `source`: not a plan, a newer version, or its hashes do not fit (edited by hand).
Plan plan_from_text(std::string_view text, std::string_view source);

}  // namespace specsweep::sweep
