#pragma once

#include "base/stopwatch.hpp"
#include "checkpoint/panel_reader.hpp"
#include "spectrum/panel_source.hpp"

namespace specsweep::measure {

/// The logical matrix as stored, widened; every element is checked to be finite.
class StoredSource : public spectrum::PanelSource {
public:
    /// @param reader is used, not owned.
    explicit StoredSource(checkpoint::PanelReader& reader) : reader_(reader) {}

    std::int64_t rows() const override { return reader_.rows(); }
    std::int64_t cols() const override { return reader_.cols(); }
    bool needs_double() const override { return reader_.dtype() == DType::f64; }

    /// @throws NonfiniteWeight with row and column; IoError.
    void read(std::int64_t first_row, std::int64_t row_count, float* out) override;
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override;

    double seconds_read() const { return seconds_; }

private:
    checkpoint::PanelReader& reader_;
    double seconds_ = 0;
};

}  // namespace specsweep::measure
