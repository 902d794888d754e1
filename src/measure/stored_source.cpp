#include "measure/stored_source.hpp"

#include <algorithm>

#include "measure/finite_rows.hpp"

namespace specsweep::measure {

StoredSource::StoredSource(checkpoint::PanelReader& reader, HeldMatrix& held, std::int64_t key)
    : reader_(reader), held_(HeldMatrix::can_hold(reader) ? &held : nullptr), key_(key)
{
    if (held_ == nullptr)
        held.release();  // a large matrix needs the memory itself
}

const float* StoredSource::rows_in_memory(std::int64_t first_row)
{
    if (held_ == nullptr)
        return nullptr;
    const Stopwatch watch;
    const float* first = held_->rows(key_, reader_);
    seconds_ += watch.seconds();
    return first + first_row * cols();
}

void StoredSource::read(std::int64_t first_row, std::int64_t row_count, float* out)
{
    const float* held = rows_in_memory(first_row);
    const Stopwatch watch;
    if (held != nullptr)
        std::copy_n(held, row_count * cols(), out);
    else
        read_finite_rows(reader_, first_row, row_count, out);
    seconds_ += watch.seconds();
}

void StoredSource::read(std::int64_t first_row, std::int64_t row_count, double* out)
{
    const float* held = rows_in_memory(first_row);
    const Stopwatch watch;
    if (held != nullptr)
        std::copy_n(held, row_count * cols(), out);  // exact: every dtype but F64 lies within fp32
    else
        read_finite_rows(reader_, first_row, row_count, out);
    seconds_ += watch.seconds();
}

}  // namespace specsweep::measure
