#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "results/contents.hpp"

namespace specsweep::results {

namespace {

/// Reads like: in.require(condition, "what is wrong").
class Checker {
public:
    explicit Checker(const std::string& source) : source_(source) {}

    void require(bool holds, std::string_view table, std::size_t row, std::string_view what) const
    {
        if (!holds)
            throw InputError(fmt::format("{} is damaged", source_), fmt::format("row {} of {}: {}", row, table, what),
                             "verify says more; a new run of the same plan into another file replaces it");
    }

private:
    const std::string& source_;
};

bool inside(std::int64_t index, std::size_t size)
{
    return index >= 0 && static_cast<std::uint64_t>(index) < size;
}

/// All are looked at, so that the compiler takes many at a time.
bool all_hexadecimal(std::string_view text)
{
    bool all = true;
    for (const char c : text) {
        const bool is_decimal = static_cast<unsigned char>(c - '0') <= 9;
        const bool is_letter = static_cast<unsigned char>(c - 'a') <= 5;
        all &= is_decimal | is_letter;
    }
    return all;
}

void check_matrices(const Contents& contents, const Checker& in)
{
    std::int64_t before = -1;
    for (std::size_t i = 0; i < contents.matrices.size(); ++i) {
        const MatrixRow& matrix = contents.matrices[i];
        in.require(inside(matrix.checkpoint, contents.checkpoints.size()), "/matrices", i, "checkpoint is no row");
        in.require(matrix.rows >= 0 && matrix.cols >= 0 && multiply_if_fits(matrix.rows, matrix.cols).has_value(),
                   "/matrices", i, "impossible shape");
        in.require(matrix.plan_row > before, "/matrices", i, "plan_row does not ascend");
        before = matrix.plan_row;
    }
}

void check_unit(const Contents& contents, std::size_t i, const Checker& in)
{
    const UnitRow& unit = contents.units[i];
    in.require(inside(unit.matrix, contents.matrices.size()), "/units", i, "matrix is no row");
    in.require(inside(unit.quantizer, contents.quantizers.size()), "/units", i, "quantizer is no row");
    in.require(inside(unit.reference, contents.units.size()), "/units", i, "reference is no row");
    const UnitRow& reference = contents.units[static_cast<std::size_t>(unit.reference)];
    in.require(reference.quantizer == 0 && reference.matrix == unit.matrix, "/units", i,
               "reference is not the reference of its matrix");
    in.require(unit.plan_row >= 0 && unit.plan_row < contents.header.planned_units &&
                   (i == 0 || contents.units[i - 1].plan_row < unit.plan_row),
               "/units", i, "plan_row does not ascend within the sweep");
    in.require(
        unit.sigma_count == spectrum_length(contents.header, contents.matrices[static_cast<std::size_t>(unit.matrix)]),
        "/units", i, "sigma_count is not min(rows, cols), nor 1 with fast metrics");
    in.require(unit.id.size() == 64 && all_hexadecimal(unit.id), "/units", i, "id is not 64 hexadecimal digits");
}

/// Ids are digits of SHA-256: any eight of them are as good as a hash of all.
struct IdHash {
    std::size_t operator()(std::string_view id) const
    {
        std::uint64_t digits = 0;
        std::memcpy(&digits, id.data(), std::min(id.size(), sizeof(digits)));
        return static_cast<std::size_t>(digits * 0x9e3779b97f4a7c15U >> 16U);
    }
};

}  // namespace

void check_contents(const Contents& contents, const std::string& source)
{
    const Checker in(source);
    check_matrices(contents, in);
    std::unordered_map<std::string_view, std::int64_t, IdHash> stretch;
    stretch.reserve(contents.units.size());
    std::int64_t next = 0;
    for (std::size_t i = 0; i < contents.units.size(); ++i) {
        check_unit(contents, i, in);
        const UnitRow& unit = contents.units[i];
        const auto [place, is_new] = stretch.emplace(unit.id, next);
        in.require(unit.sigma_offset == place->second, "/units", i, "sigma_offset is not where the layout puts it");
        if (is_new) {
            const auto end = add_if_fits(next, unit.sigma_count);
            in.require(end.has_value(), "/units", i, "the spectra are impossibly long");
            next = *end;
        }
    }
    in.require(next == contents.sigma_total, "/spectra", 0, "its length is not what the units need");
}

}  // namespace specsweep::results
