#include "measure/stored_source.hpp"

#include <span>

#include "base/format.hpp"
#include "checkpoint/finite.hpp"
#include "measure/unit_failure.hpp"

namespace specsweep::measure {
namespace {

template <class T>
void check_finite(std::span<const T> panel, std::int64_t cols, std::int64_t first_row)
{
    if (const auto bad = checkpoint::first_nonfinite(panel, cols, first_row))
        throw UnitFailure(
            ExitCode::bad_input, fmt::format("unit:nonfinite-weight[{},{}]={}", bad->row, bad->col, bad->value),
            fmt::format("weight [{}, {}] is {}", bad->row, bad->col, bad->value), "a spectrum needs finite weights");
}

template <class T>
void read_checked(checkpoint::PanelReader& reader, std::int64_t first_row, std::int64_t row_count, T* out)
{
    const std::span<T> panel(out, static_cast<std::size_t>(row_count * reader.cols()));
    reader.read_rows(first_row, row_count, panel);
    check_finite(std::span<const T>(panel), reader.cols(), first_row);
}

}  // namespace

void StoredSource::read(std::int64_t first_row, std::int64_t row_count, float* out)
{
    const Stopwatch watch;
    read_checked(reader_, first_row, row_count, out);
    seconds_ += watch.seconds();
}

void StoredSource::read(std::int64_t first_row, std::int64_t row_count, double* out)
{
    const Stopwatch watch;
    read_checked(reader_, first_row, row_count, out);
    seconds_ += watch.seconds();
}

}  // namespace specsweep::measure
