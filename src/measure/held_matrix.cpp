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
        const auto bytes = reader.rows() * reader.cols() * static_cast<std::int64_t>(sizeof(float));
        if (values_.bytes() < bytes) {
            values_.release();  // first, so that old and new are never held together
            values_ = PageBuffer(bytes);
        }
        read_finite_rows(reader, 0, reader.rows(), values());
        key_ = key;
    }
    return values();
}

void HeldMatrix::release()
{
    key_.reset();
    values_.release();
}

}  // namespace specsweep::measure
