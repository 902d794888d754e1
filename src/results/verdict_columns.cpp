#include "results/verdict_columns.hpp"

#include <span>

#include "base/error.hpp"
#include "hdf5/attribute.hpp"
#include "results/layout.hpp"

namespace specsweep::results {

namespace {

namespace place = layout::verdicts;

}  // namespace

VerdictColumns::VerdictColumns(hdf5::File& file, const VerdictSpool& of_units, const Judgement& judgement)
{
    std::int64_t next = 0;
    for (std::size_t claim = 0; claim < of_units.claims(); ++claim) {
        const std::int64_t summaries = next + of_units.size(claim);
        places_.push_back({next, summaries, summaries + judgement.summary_rows(claim)});
        next = places_.back().end;
    }
    file.create_group(place::group);
    claim_ = hdf5::Column<std::int32_t>::create_unfilled(file, place::claim, next);
    scope_ = hdf5::Column<std::int32_t>::create_unfilled(file, place::scope, next);
    unit_ = hdf5::Column<std::int64_t>::create_unfilled(file, place::unit, next);
    left_ = hdf5::Column<double>::create_unfilled(file, place::left, next);
    right_ = hdf5::Column<double>::create_unfilled(file, place::right, next);
    ratio_ = hdf5::Column<double>::create_unfilled(file, place::ratio, next);
    verdict_ = hdf5::Column<std::uint8_t>::create_unfilled(file, place::verdict, next);
    note_ = hdf5::Column<std::int32_t>::create_unfilled(file, place::note, next);
    hdf5::write_attribute(file, place::verdict, layout::summary_attribute, place::verdict_summary);
}

void VerdictColumns::write_units(const VerdictSpool& rows)
{
    for (std::size_t claim = 0; claim < places_.size(); ++claim) {
        std::int64_t next = places_[claim].units;
        rows.for_each_piece(claim, [&](const VerdictPiece& piece) {
            write(static_cast<std::int32_t>(claim), piece, next);
            next += static_cast<std::int64_t>(piece.count);
        });
    }
}

void VerdictColumns::write_summaries(const VerdictSpool& rows)
{
    for (std::size_t claim = 0; claim < places_.size(); ++claim) {
        std::int64_t next = places_[claim].summaries;
        if (next + rows.size(claim) != places_[claim].end)
            throw InternalError("a claim has not as many summaries as it announced");
        rows.for_each_piece(claim, [&](const VerdictPiece& piece) {
            write(static_cast<std::int32_t>(claim), piece, next);
            next += static_cast<std::int64_t>(piece.count);
        });
    }
}

void VerdictColumns::write(std::int32_t claim, const VerdictPiece& rows, std::int64_t first)
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

}  // namespace specsweep::results
