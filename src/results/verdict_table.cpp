#include "results/verdict_table.hpp"

#include <future>
#include <span>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/describe.hpp"
#include "results/layout.hpp"
#include "results/table_io.hpp"
#include "results/verdict_spool.hpp"

namespace specsweep::results {

namespace {

namespace place = layout::verdicts;

struct TextRow {
    std::string text;
};

void write_texts(hdf5::File& file, std::string_view group, std::string_view path, const std::vector<std::string>& texts)
{
    file.create_group(group);
    std::vector<TextRow> rows;
    rows.reserve(texts.size());
    for (const std::string& text : texts)
        rows.push_back({text});
    write_text_member(file, path, rows, &TextRow::text);
}

void require_row(std::int64_t row, std::size_t rows, std::string_view path, const hdf5::File& file)
{
    if (row < 0 || row >= static_cast<std::int64_t>(rows))
        throw InputError(fmt::format("{} is damaged", file.path().string()),
                         fmt::format("{} names row {} of a table with {}", path, row, rows));
}

void require_rows(const VerdictTable& table, const hdf5::File& file)
{
    for (const VerdictRow& row : table.rows) {
        require_row(row.claim, table.claims.size(), place::claim, file);
        require_row(row.scope, table.scopes.size(), place::scope, file);
        require_row(row.note, table.notes.size(), place::note, file);
        require_row(row.verdict, 4, place::verdict, file);
    }
}

/// /verdicts of a new file, row by row.
class VerdictColumns {
public:
    VerdictColumns(hdf5::File& file, std::int64_t rows)
        : claim_(hdf5::Column<std::int32_t>::create_unfilled(file, place::claim, rows)),
          scope_(hdf5::Column<std::int32_t>::create_unfilled(file, place::scope, rows)),
          unit_(hdf5::Column<std::int64_t>::create_unfilled(file, place::unit, rows)),
          left_(hdf5::Column<double>::create_unfilled(file, place::left, rows)),
          right_(hdf5::Column<double>::create_unfilled(file, place::right, rows)),
          ratio_(hdf5::Column<double>::create_unfilled(file, place::ratio, rows)),
          verdict_(hdf5::Column<std::uint8_t>::create_unfilled(file, place::verdict, rows)),
          note_(hdf5::Column<std::int32_t>::create_unfilled(file, place::note, rows))
    {
    }

    /// All rows of some claims, the first of which goes to row `next`.
    void write(const VerdictSpool& rows, std::size_t first_claim, std::size_t end_claim, std::int64_t next)
    {
        for (std::size_t claim = first_claim; claim < end_claim; ++claim)
            rows.for_each_piece(claim, [&](const VerdictPiece& piece) {
                write(static_cast<std::int32_t>(claim), piece, next);
                next += static_cast<std::int64_t>(piece.count);
            });
    }

    bool is_without_library() const { return claim_.is_without_library(); }

private:
    void write(std::int32_t claim, const VerdictPiece& rows, std::int64_t first)
    {
        const std::vector<std::int32_t> claims(rows.count, claim);
        claim_.write(first, claims);
        const auto write_column = [&](auto& column, const auto& values) {
            column.write(first, std::span(values).first(rows.count));
        };
        write_column(scope_, rows.scope);
        write_column(unit_, rows.unit);
        write_column(left_, rows.left);
        write_column(right_, rows.right);
        write_column(ratio_, rows.ratio);
        write_column(verdict_, rows.verdict);
        write_column(note_, rows.note);
    }

    hdf5::Column<std::int32_t> claim_, scope_;
    hdf5::Column<std::int64_t> unit_;
    hdf5::Column<double> left_, right_, ratio_;
    hdf5::Column<std::uint8_t> verdict_;
    hdf5::Column<std::int32_t> note_;
};

/// The rows of all claims, half of them by a thread beside this one where HDF5, which has no threads, is not asked.
void write_rows(hdf5::File& file, const VerdictSpool& rows, std::size_t claims)
{
    VerdictColumns columns(file, rows.size());
    std::size_t half = 0;
    std::int64_t before = 0;
    while (half < claims && 2 * before < rows.size())
        before += rows.size(half++);
    if (!columns.is_without_library())
        return columns.write(rows, 0, claims, 0);
    std::future<void> beside = std::async(std::launch::async, [&] { columns.write(rows, half, claims, before); });
    columns.write(rows, 0, half, 0);
    beside.get();
}

}  // namespace

std::string_view name(Verdict verdict)
{
    switch (verdict) {
        case Verdict::holds:
            return "holds";
        case Verdict::violated:
            return "violated";
        case Verdict::vacuous:
            return "vacuous";
        case Verdict::not_testable:
            break;
    }
    return "not testable";
}

void write_verdicts(hdf5::File& file, const VerdictTable& texts, const VerdictSpool& rows)
{
    file.create_group(place::group);
    file.create_group(place::claims);
    write_text_member(file, place::claim_name, texts.claims, &ClaimRow::name);
    write_text_member(file, place::claim_statement, texts.claims, &ClaimRow::statement);
    write_text_member(file, place::claim_source, texts.claims, &ClaimRow::source);
    write_member(file, place::claim_law, texts.claims, &ClaimRow::law);
    write_texts(file, place::scopes, place::scope_text, texts.scopes);
    write_texts(file, place::notes, place::note_text, texts.notes);
    write_rows(file, rows, texts.claims.size());
    hdf5::write_attribute(file, place::verdict, layout::summary_attribute, place::verdict_summary);
}

VerdictTable read_verdicts(const hdf5::File& file)
{
    VerdictTable table;
    if (!file.contains(place::group))
        return table;
    table.claims.resize(static_cast<std::size_t>(hdf5::TextColumn::open(file, place::claim_name).size()));
    read_text_member(file, place::claim_name, table.claims, &ClaimRow::name);
    read_text_member(file, place::claim_statement, table.claims, &ClaimRow::statement);
    read_text_member(file, place::claim_source, table.claims, &ClaimRow::source);
    read_member(file, place::claim_law, table.claims, &ClaimRow::law);
    table.scopes = hdf5::TextColumn::open(file, place::scope_text).read_all();
    table.notes = hdf5::TextColumn::open(file, place::note_text).read_all();
    table.rows.resize(static_cast<std::size_t>(hdf5::Column<std::int32_t>::open(file, place::claim).size()));
    read_member(file, place::claim, table.rows, &VerdictRow::claim);
    read_member(file, place::scope, table.rows, &VerdictRow::scope);
    read_member(file, place::unit, table.rows, &VerdictRow::unit);
    read_member(file, place::left, table.rows, &VerdictRow::left);
    read_member(file, place::right, table.rows, &VerdictRow::right);
    read_member(file, place::ratio, table.rows, &VerdictRow::ratio);
    read_member(file, place::verdict, table.rows, &VerdictRow::verdict);
    read_member(file, place::note, table.rows, &VerdictRow::note);
    require_rows(table, file);
    return table;
}

}  // namespace specsweep::results
