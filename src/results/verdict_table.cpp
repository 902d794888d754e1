#include "results/verdict_table.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/layout.hpp"
#include "results/table_io.hpp"

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

void write_verdict_texts(hdf5::File& file, const VerdictTable& texts)
{
    file.create_group(place::claims);
    write_text_member(file, place::claim_name, texts.claims, &ClaimRow::name);
    write_text_member(file, place::claim_statement, texts.claims, &ClaimRow::statement);
    write_text_member(file, place::claim_source, texts.claims, &ClaimRow::source);
    write_member(file, place::claim_law, texts.claims, &ClaimRow::law);
    write_texts(file, place::scopes, place::scope_text, texts.scopes);
    write_texts(file, place::notes, place::note_text, texts.notes);
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
