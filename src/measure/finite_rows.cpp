#include "measure/finite_rows.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/format.hpp"
#include "checkpoint/finite.hpp"
#include "measure/unit_failure.hpp"

namespace specsweep::measure {
namespace {

/// Few enough that they are still in the cache when they are looked at.
constexpr std::int64_t rows_at_once = 256;

/// @param bad as read; an F64 weight that binary32 does not hold looks infinite there.
[[noreturn]] void refuse(checkpoint::PanelReader& reader, const checkpoint::Nonfinite& bad)
{
    if (reader.dtype() == DType::f64) {
        std::vector<double> row(static_cast<std::size_t>(reader.cols()));
        reader.read_rows(bad.row, 1, std::span<double>(row));
        if (const double weight = row[static_cast<std::size_t>(bad.col)]; std::isfinite(weight))
            throw UnitFailure(
                ExitCode::bad_input, fmt::format("{}[{},{}]={}", beyond_binary32, bad.row, bad.col, weight),
                fmt::format("weight [{}, {}] is {}, which binary32 does not hold", bad.row, bad.col, weight),
                "quantizers take binary32");
    }
    throw UnitFailure(ExitCode::bad_input, fmt::format("unit:nonfinite-weight[{},{}]={}", bad.row, bad.col, bad.value),
                      fmt::format("weight [{}, {}] is {}", bad.row, bad.col, bad.value),
                      "a spectrum needs finite weights");
}

template <class T>
void read_checked(checkpoint::PanelReader& reader, std::int64_t first_row, std::int64_t row_count, T* out)
{
    for (std::int64_t done = 0; done < row_count; done += rows_at_once) {
        const std::int64_t rows = std::min(rows_at_once, row_count - done);
        const std::span<T> panel(out + done * reader.cols(), static_cast<std::size_t>(rows * reader.cols()));
        reader.read_rows(first_row + done, rows, panel);
        const std::span<const T> values(panel);
        if (const auto bad = checkpoint::first_nonfinite(values, reader.cols(), first_row + done))
            refuse(reader, *bad);
    }
}

}  // namespace

void read_finite_rows(checkpoint::PanelReader& reader, std::int64_t first_row, std::int64_t row_count, float* out)
{
    read_checked(reader, first_row, row_count, out);
}

void read_finite_rows(checkpoint::PanelReader& reader, std::int64_t first_row, std::int64_t row_count, double* out)
{
    read_checked(reader, first_row, row_count, out);
}

}  // namespace specsweep::measure
