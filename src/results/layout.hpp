#pragma once

#include <cstdint>
#include <string_view>

/// Every name in a result file. Twin of docs/result_file.md: a change here is a change there, and a new format_version.
namespace specsweep::results::layout {

inline constexpr std::string_view format = "specsweep-results";
inline constexpr std::int64_t format_version = 6;
inline constexpr std::int64_t oldest_format_version = 1;  // can be read

/// Attributes of the root group.
namespace attribute {
inline constexpr std::string_view format = "format";
inline constexpr std::string_view format_version = "format_version";
inline constexpr std::string_view kind = "kind";  // "shard", "aggregate" or "provenance"
inline constexpr std::string_view name = "name";
inline constexpr std::string_view sweep_sha256 = "sweep_sha256";
inline constexpr std::string_view numerics_version = "numerics_version";
inline constexpr std::string_view complete = "complete";  // 1: every unit of the sweep is here and none is pending
inline constexpr std::string_view tolerance = "tolerance";
inline constexpr std::string_view certificate = "certificate";
inline constexpr std::string_view seed = "seed";
inline constexpr std::string_view metrics = "metrics";
inline constexpr std::string_view planned_units = "planned_units";
inline constexpr std::string_view static_crc = "static_crc";  // CRC-32 of everything that the plan fixes
inline constexpr std::string_view cut_sha256 = "cut_sha256";  // shards only, like the next two
inline constexpr std::string_view shard = "shard";
inline constexpr std::string_view shard_count = "shard_count";
}  // namespace attribute

/// Attributes of a dataset.
inline constexpr std::string_view unit_attribute = "unit";
inline constexpr std::string_view summary_attribute = "summary";
inline constexpr std::string_view status_attribute = "status";  // "not-computed": this version fills no row of it
inline constexpr std::string_view not_computed = "not-computed";
inline constexpr std::string_view state_summary = "0 pending, 1 done, 2 failed";

namespace checkpoints {
inline constexpr std::string_view group = "/checkpoints";
inline constexpr std::string_view id = "/checkpoints/id";
inline constexpr std::string_view step = "/checkpoints/step";  // −1: none
inline constexpr std::string_view model_type = "/checkpoints/model_type";
}  // namespace checkpoints

namespace matrices {
inline constexpr std::string_view group = "/matrices";
inline constexpr std::string_view plan_row = "/matrices/plan_row";
inline constexpr std::string_view checkpoint = "/matrices/checkpoint";
inline constexpr std::string_view name = "/matrices/name";
inline constexpr std::string_view tensor = "/matrices/tensor";
inline constexpr std::string_view slice = "/matrices/slice";
inline constexpr std::string_view role = "/matrices/role";
inline constexpr std::string_view block_index = "/matrices/block_index";  // −1: none
inline constexpr std::string_view expert = "/matrices/expert";            // −1: none
inline constexpr std::string_view rows = "/matrices/rows";
inline constexpr std::string_view cols = "/matrices/cols";
inline constexpr std::string_view orientation = "/matrices/orientation";
inline constexpr std::string_view dtype = "/matrices/dtype";
inline constexpr std::string_view content_digest = "/matrices/content_digest";
}  // namespace matrices

namespace quantizers {
inline constexpr std::string_view group = "/quantizers";
inline constexpr std::string_view text = "/quantizers/text";
}  // namespace quantizers

namespace units {
inline constexpr std::string_view group = "/units";
inline constexpr std::string_view plan_row = "/units/plan_row";
inline constexpr std::string_view id = "/units/id";
inline constexpr std::string_view matrix = "/units/matrix";
inline constexpr std::string_view quantizer = "/units/quantizer";
inline constexpr std::string_view reference = "/units/reference";
inline constexpr std::string_view solver = "/units/solver";
inline constexpr std::string_view bits_per_weight = "/units/bits_per_weight";
inline constexpr std::string_view sigma_offset = "/units/sigma_offset";
inline constexpr std::string_view sigma_count = "/units/sigma_count";
inline constexpr std::string_view state = "/units/state";
inline constexpr std::string_view content_crc = "/units/content_crc";
inline constexpr std::string_view method = "/units/method";
inline constexpr std::string_view reason = "/units/reason";
}  // namespace units

namespace moments {
inline constexpr std::string_view group = "/moments";
inline constexpr std::string_view frobenius_squared = "/moments/frobenius_squared";
inline constexpr std::string_view frobenius_squared_error = "/moments/frobenius_squared_error";
inline constexpr std::string_view inner_product = "/moments/inner_product";
inline constexpr std::string_view error_frobenius_squared = "/moments/error_frobenius_squared";
inline constexpr std::string_view error_max = "/moments/error_max";
inline constexpr std::string_view zeroed = "/moments/zeroed";
inline constexpr std::string_view clipped = "/moments/clipped";
// Since format_version 2.
inline constexpr std::string_view weight_min = "/moments/weight_min";
inline constexpr std::string_view weight_max = "/moments/weight_max";
inline constexpr std::string_view absolute_sum = "/moments/absolute_sum";
inline constexpr std::string_view error_column_sum_max = "/moments/error_column_sum_max";
inline constexpr std::string_view error_row_sum_max = "/moments/error_row_sum_max";
inline constexpr std::string_view error_spectral_low = "/moments/error_spectral_low";
inline constexpr std::string_view error_spectral_high = "/moments/error_spectral_high";
inline constexpr std::string_view forward_error_rms = "/moments/forward_error_rms";
inline constexpr std::string_view forward_error_worst = "/moments/forward_error_worst";
inline constexpr std::string_view cosine_mean = "/moments/cosine_mean";
inline constexpr std::string_view cosine_mean_square = "/moments/cosine_mean_square";
inline constexpr std::string_view cosine_share_1 = "/moments/cosine_share_1";
inline constexpr std::string_view cosine_share_2 = "/moments/cosine_share_2";
inline constexpr std::string_view cosine_share_3 = "/moments/cosine_share_3";
inline constexpr std::string_view centred_cosine_mean = "/moments/centred_cosine_mean";
inline constexpr std::string_view centred_cosine_mean_square = "/moments/centred_cosine_mean_square";
inline constexpr std::string_view centred_cosine_share_1 = "/moments/centred_cosine_share_1";
inline constexpr std::string_view centred_cosine_share_2 = "/moments/centred_cosine_share_2";
inline constexpr std::string_view centred_cosine_share_3 = "/moments/centred_cosine_share_3";
inline constexpr std::string_view cosine_rows = "/moments/cosine_rows";
inline constexpr std::string_view cosine_pairs = "/moments/cosine_pairs";
// Since format_version 3.
inline constexpr std::string_view zipf_exponent = "/moments/zipf_exponent";
// Shards since format_version 6: instead of the columns above.
inline constexpr std::string_view columns = "/moments/columns";  // their names, without the group
inline constexpr std::string_view values = "/moments/values";    // a row a unit, a column each
}  // namespace moments

/// Shards only, since format_version 4 (with one-dimensional values, which are not read any more, before version 6).
namespace derived {
inline constexpr std::string_view group = "/derived";
inline constexpr std::string_view columns = "/derived/columns";  // names
inline constexpr std::string_view values = "/derived/values";    // a row a unit, a column each
inline constexpr std::string_view crc = "/derived/crc";          // 0: not derived yet
}  // namespace derived

/// Since format_version 5; one row a unit, only where the sweep asked for `metrics: extended`.
namespace extended {
inline constexpr std::string_view group = "/extended";
inline constexpr std::string_view farms_alpha = "/extended/farms_alpha";
inline constexpr std::string_view farms_alpha_mid = "/extended/farms_alpha_mid";
inline constexpr std::string_view farms_hill_alpha = "/extended/farms_hill_alpha";
inline constexpr std::string_view farms_blocks = "/extended/farms_blocks";
inline constexpr std::string_view shuffled_sigma_max = "/extended/shuffled_sigma_max";
inline constexpr std::string_view shuffled_divergence = "/extended/shuffled_divergence";
inline constexpr std::string_view subspace_rank = "/extended/subspace_rank";
inline constexpr std::string_view subspace_left_max = "/extended/subspace_left_max";
inline constexpr std::string_view subspace_left_mean = "/extended/subspace_left_mean";
inline constexpr std::string_view subspace_right_max = "/extended/subspace_right_max";
inline constexpr std::string_view subspace_right_mean = "/extended/subspace_right_mean";
inline constexpr std::string_view leading_left = "/extended/leading_left";
inline constexpr std::string_view leading_right = "/extended/leading_right";
}  // namespace extended

/// Since format_version 5; only where there are embeddings.
namespace cosine_histogram {
inline constexpr std::string_view group = "/cosine_histogram";
inline constexpr std::string_view edges = "/cosine_histogram/edges";      // of cos·√d, ascending
inline constexpr std::string_view unit = "/cosine_histogram/unit";        // rows of /units, ascending
inline constexpr std::string_view raw = "/cosine_histogram/raw";          // counts, bin by bin, a unit after another
inline constexpr std::string_view centred = "/cosine_histogram/centred";  // −1: not written
}  // namespace cosine_histogram

namespace spectra {
inline constexpr std::string_view group = "/spectra";
inline constexpr std::string_view sigma = "/spectra/sigma";
inline constexpr std::string_view error = "/spectra/error";
}  // namespace spectra

namespace timing {
inline constexpr std::string_view group = "/timing";
inline constexpr std::string_view unit_id = "/timing/unit_id";  // provenance files only, like the next one
inline constexpr std::string_view source = "/timing/source";    // row of /sources
inline constexpr std::string_view rank = "/timing/rank";        // −1: nothing written yet
inline constexpr std::string_view ranks = "/timing/ranks";
inline constexpr std::string_view attempt = "/timing/attempt";
inline constexpr std::string_view seconds_read = "/timing/seconds_read";
inline constexpr std::string_view seconds_quantize = "/timing/seconds_quantize";
inline constexpr std::string_view seconds_solve = "/timing/seconds_solve";
inline constexpr std::string_view seconds = "/timing/seconds";
inline constexpr std::string_view predicted_seconds = "/timing/predicted_seconds";
inline constexpr std::string_view peak_bytes = "/timing/peak_bytes";
}  // namespace timing

namespace provenance {
inline constexpr std::string_view group = "/provenance";
inline constexpr std::string_view plan = "/provenance/plan";            // one JSON text
inline constexpr std::string_view runs = "/provenance/runs";            // JSON, one slot an opening
inline constexpr std::string_view aggregate = "/provenance/aggregate";  // provenance files only: one JSON text
}  // namespace provenance

/// The files that an aggregate was made from (provenance files only).
namespace sources {
inline constexpr std::string_view group = "/sources";
inline constexpr std::string_view path = "/sources/path";
inline constexpr std::string_view cut_sha256 = "/sources/cut_sha256";
inline constexpr std::string_view shard = "/sources/shard";
inline constexpr std::string_view units = "/sources/units";
inline constexpr std::string_view plan = "/sources/plan";
inline constexpr std::string_view run_source = "/provenance/source";  // row of /sources for each of /provenance/runs
}  // namespace sources

/// Aggregates only.
namespace verdicts {
inline constexpr std::string_view group = "/verdicts";
inline constexpr std::string_view claim = "/verdicts/claim";  // row of claims
inline constexpr std::string_view scope = "/verdicts/scope";  // row of scopes
inline constexpr std::string_view unit = "/verdicts/unit";    // row of /units, −1: a summary
inline constexpr std::string_view left = "/verdicts/left";    // NaN: none, like the next two
inline constexpr std::string_view right = "/verdicts/right";
inline constexpr std::string_view ratio = "/verdicts/ratio";
inline constexpr std::string_view verdict = "/verdicts/verdict";
inline constexpr std::string_view note = "/verdicts/note";  // row of notes
inline constexpr std::string_view claims = "/verdict_claims";
inline constexpr std::string_view claim_name = "/verdict_claims/name";
inline constexpr std::string_view claim_statement = "/verdict_claims/statement";
inline constexpr std::string_view claim_source = "/verdict_claims/source";
inline constexpr std::string_view claim_law = "/verdict_claims/law";  // 1: a theorem; a violation is a fault of ours
inline constexpr std::string_view scope_text = "/verdict_scopes/text";
inline constexpr std::string_view scopes = "/verdict_scopes";
inline constexpr std::string_view notes = "/verdict_notes";
inline constexpr std::string_view note_text = "/verdict_notes/text";
inline constexpr std::string_view verdict_summary = "0 holds, 1 violated, 2 vacuous, 3 not testable";
}  // namespace verdicts

/// A path without its group.
constexpr std::string_view name_of(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

inline constexpr std::int64_t id_width = 64;
inline constexpr std::int64_t solver_width = 32;
inline constexpr std::int64_t method_width = 32;
inline constexpr std::int64_t reason_width = 256;
inline constexpr std::int64_t run_width = 16 * 1024;
inline constexpr std::int64_t run_slots = 8;

/// All metadata of a file of ours fit in here, so that they lie together at its start and raw data after them.
inline constexpr std::int64_t metadata_bytes = 128 * 1024;
/// The same of an aggregate, which has derived columns and verdicts.
inline constexpr std::int64_t aggregate_metadata_bytes = 256 * 1024;

}  // namespace specsweep::results::layout
