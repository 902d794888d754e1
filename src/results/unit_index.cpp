#include "results/unit_index.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/error.hpp"
#include "base/format.hpp"

namespace specsweep::results {

namespace {

void require_same_sweep(const Header& first, const std::filesystem::path& first_file, const Header& other,
                        const std::filesystem::path& file)
{
    if (first.sweep_sha256 != other.sweep_sha256)
        throw UsageError(fmt::format("{} and {} belong to different sweeps", first_file.string(), file.string()),
                         fmt::format("sweep {} ({}) and sweep {} ({})", first.sweep_sha256, first.name,
                                     other.sweep_sha256, other.name),
                         "aggregate them one by one; `compare` shows what differs");
    const bool same = first.name == other.name && first.numerics_version == other.numerics_version &&
                      first.tolerance == other.tolerance && first.certificate == other.certificate &&
                      first.seed == other.seed && first.metrics == other.metrics &&
                      first.planned_units == other.planned_units;
    if (!same)
        throw UsageError(
            fmt::format("{} and {} name the same sweep differently", first_file.string(), file.string()),
            fmt::format("'{}' and '{}', or another tolerance, certificate, seed or metrics", first.name, other.name));
}

[[noreturn]] void disagree(std::string_view table, std::int64_t row)
{
    throw InputError(fmt::format("two files of the sweep disagree about row {} of {}", row, table), {},
                     "`verify` each of them");
}

/// Sorts by plan row and drops copies, which must be equal.
template <class Row, class Equal>
void unite(std::vector<Row>& rows, std::string_view table, Equal equal)
{
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.plan_row < b.plan_row; });
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (rows[i].plan_row == rows[i - 1].plan_row && !equal(rows[i], rows[i - 1]))
            disagree(table, rows[i].plan_row);
    rows.erase(
        std::unique(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.plan_row == b.plan_row; }),
        rows.end());
}

template <class Row>
std::int64_t find_row(const std::vector<Row>& rows, std::int64_t plan_row)
{
    const auto found = std::lower_bound(rows.begin(), rows.end(), plan_row,
                                        [](const Row& row, std::int64_t wanted) { return row.plan_row < wanted; });
    return found != rows.end() && found->plan_row == plan_row ? found - rows.begin() : -1;
}

bool same_place(const IndexRow& a, const IndexRow& b)
{
    return a.id == b.id && a.matrix == b.matrix && a.quantizer == b.quantizer && a.reference == b.reference;
}

/// @pre 64 hexadecimal digits
std::array<std::uint64_t, 2> first_bits(const std::string& id)
{
    std::array<std::uint64_t, 2> bits{};
    for (std::size_t half = 0; half < 2; ++half)
        std::from_chars(id.data() + 16 * half, id.data() + 16 * (half + 1), bits[half], 16);
    return bits;
}

}  // namespace

void UnitIndex::add(const Contents& contents, const std::filesystem::path& file)
{
    if (first_.empty()) {
        first_ = file;
        tables_.header = contents.header;
        tables_.checkpoints = contents.checkpoints;
        tables_.quantizers = contents.quantizers;
    }
    require_same_sweep(tables_.header, first_, contents.header, file);
    if (contents.checkpoints != tables_.checkpoints)
        throw InputError(fmt::format("{} and {} list different checkpoints", first_.string(), file.string()));
    if (contents.quantizers != tables_.quantizers)
        throw InputError(fmt::format("{} and {} list different quantizers", first_.string(), file.string()));
    tables_.matrices.insert(tables_.matrices.end(), contents.matrices.begin(), contents.matrices.end());
    for (const UnitRow& unit : contents.units) {
        IndexRow row;
        row.plan_row = unit.plan_row;
        row.id = first_bits(unit.id);
        row.matrix = contents.matrices[static_cast<std::size_t>(unit.matrix)].plan_row;
        row.reference = contents.units[static_cast<std::size_t>(unit.reference)].plan_row;
        row.quantizer = unit.quantizer;
        rows_.push_back(row);
    }
}

void UnitIndex::finish()
{
    if (first_.empty())
        throw UsageError("there is no result file to aggregate");
    unite(tables_.matrices, "/matrices", [](const MatrixRow& a, const MatrixRow& b) { return a == b; });
    unite(rows_, "/units", same_place);
    for (IndexRow& row : rows_) {
        row.matrix = find_row(tables_.matrices, row.matrix);
        row.reference = find_row(rows_, row.reference);
    }
    lay_out();
    Header& header = tables_.header;
    header.kind = FileKind::aggregate;
    header.complete = 0;
    header.cut_sha256.clear();
    header.shard = -1;
    header.shard_count = 0;
}

/// As lay_out_spectra(): rows of one id share the stretch of the first of them.
void UnitIndex::lay_out()
{
    std::vector<std::int64_t> by_id(rows_.size());
    std::iota(by_id.begin(), by_id.end(), 0);
    std::sort(by_id.begin(), by_id.end(), [&](std::int64_t a, std::int64_t b) {
        const auto& left = (*this)[a].id;
        const auto& right = (*this)[b].id;
        return left != right ? left < right : a < b;
    });
    for (std::size_t i = 0; i < by_id.size(); ++i) {
        IndexRow& row = rows_[static_cast<std::size_t>(by_id[i])];
        const bool is_first = i == 0 || (*this)[by_id[i - 1]].id != row.id;
        row.canonical = is_first ? by_id[i] : (*this)[by_id[i - 1]].canonical;
    }
    std::int64_t next = 0;
    for (std::int64_t row = 0; row < size(); ++row) {
        IndexRow& entry = rows_[static_cast<std::size_t>(row)];
        if (entry.canonical == row) {
            entry.sigma_offset = next;
            next += sigma_count(row);
        } else {
            entry.sigma_offset = (*this)[entry.canonical].sigma_offset;
        }
    }
    tables_.sigma_total = next;
}

const MatrixRow& UnitIndex::matrix_of(std::int64_t row) const
{
    return tables_.matrices[static_cast<std::size_t>((*this)[row].matrix)];
}

std::string UnitIndex::unit_title(std::int64_t row) const
{
    return tables_.unit_title(matrix_of(row), (*this)[row].quantizer);
}

std::int64_t UnitIndex::row_of_plan_row(std::int64_t plan_row) const
{
    return find_row(rows_, plan_row);
}

}  // namespace specsweep::results
