#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace specsweep::results {

enum class CsvTable { units, spectra, timing, verdicts, ww_compat, powerlaw };

struct ExportOptions {
    std::int64_t bootstrap = 0;     ///< samples of the goodness-of-fit test of table powerlaw
    std::int64_t minimum_tail = 0;  ///< values that a tail of table powerlaw must have
};

std::optional<CsvTable> parse_csv_table(std::string_view);
std::span<const std::string> csv_table_names();

/// One flat table of a shard file or an aggregate (interface.md §4): RFC 4180 (lines end with
/// CRLF), 17 significant digits, empty = not defined, `inf`, never NaN. `timing` of an aggregate comes from the
/// provenance file beside it. `spectra` and `timing` list a unit id once; `verdicts` has rows in
/// aggregates only.
/// @throws InputError: not a result file;  IoError;  UsageError: timing of an aggregate without its provenance file
/// @return number of rows without the header
std::int64_t export_csv(const std::filesystem::path& file, CsvTable table, std::ostream& out,
                        const ExportOptions& options = {});

/// The same into a file that appears whole or not at all.
std::int64_t export_csv(const std::filesystem::path& file, CsvTable table, const std::filesystem::path& output,
                        const ExportOptions& options = {});

}  // namespace specsweep::results
