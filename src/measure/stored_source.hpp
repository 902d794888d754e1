#pragma once

#include "base/stopwatch.hpp"
#include "checkpoint/panel_reader.hpp"
#include "measure/held_matrix.hpp"
#include "spectrum/panel_source.hpp"

namespace specsweep::measure {

/// The logical matrix as stored, widened; every element is checked to be finite.
class StoredSource : public spectrum::PanelSource {
public:
    /// @param reader is used, not owned.
    explicit StoredSource(checkpoint::PanelReader& reader) : reader_(reader) {}

    /// Takes the rows from `held`, which is filled when somebody first asks for rows, where it can hold the matrix.
    /// @param reader, held are used, not owned. @param key names the matrix in `held`.
    StoredSource(checkpoint::PanelReader& reader, HeldMatrix& held, std::int64_t key);

    std::int64_t rows() const override { return reader_.rows(); }
    std::int64_t cols() const override { return reader_.cols(); }
    bool needs_double() const override { return reader_.dtype() == DType::f64; }

    /// @throws UnitFailure with row and column of a weight that is not finite; IoError.
    void read(std::int64_t first_row, std::int64_t row_count, float* out) override;
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override;

    /// The rows from `first_row` on where they lie in memory, otherwise nullptr. @throws as read()
    const float* rows_in_memory(std::int64_t first_row);

    double seconds_read() const { return seconds_; }

private:
    checkpoint::PanelReader& reader_;
    HeldMatrix* held_ = nullptr;
    std::int64_t key_ = 0;
    double seconds_ = 0;
};

}  // namespace specsweep::measure
