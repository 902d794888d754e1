#include "measure/held_matrix.hpp"

#include "measure/finite_rows.hpp"

namespace specsweep::measure {

bool HeldMatrix::can_hold(const checkpoint::PanelReader& reader)
{
    constexpr auto most_elements = most_bytes / static_cast<std::int64_t>(sizeof(float));
    return reader.dtype() != DType::f64 && (reader.cols() == 0 || reader.rows() <= most_elements / reader.cols());
}

const float* HeldMatrix::rows(std::int64_t key, checkpoint::PanelReader& reader)
{
    if (key_ != key) {
        key_.reset();
        const std::int64_t elements = reader.rows() * reader.cols();
        if (values_.size() < static_cast<std::size_t>(elements))
            values_.resize(static_cast<std::size_t>(elements));
        read_finite_rows(reader, 0, reader.rows(), values_.data());
        key_ = key;
    }
    return values_.data();
}

void HeldMatrix::release()
{
    key_.reset();
    values_ = {};
}

}  // namespace specsweep::measure
