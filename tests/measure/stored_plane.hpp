#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "checkpoint/panel_reader.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::measure {

/// A file with one F32 plane of rows × cols small whole numbers, and what a test puts into it.
class StoredPlane {
public:
    StoredPlane(std::int64_t rows, std::int64_t cols, checkpoint::Orientation orientation)
        : values_(static_cast<std::size_t>(rows * cols)), stored_rows_(rows), stored_cols_(cols)
    {
        for (std::size_t i = 0; i < values_.size(); ++i)
            values_[i] = static_cast<float>(i % 1009);
        const bool straight = orientation == checkpoint::Orientation::out_in;
        const std::int64_t logical_rows = straight ? rows : cols;
        slice_ = {.name = "",
                  .first_element = 0,
                  .stored_rows = rows,
                  .stored_cols = cols,
                  .orientation = orientation,
                  .rows = logical_rows,
                  .cols = straight ? cols : rows,
                  .first = 0,
                  .group_rows = logical_rows,
                  .group_stride = logical_rows,
                  .step = 1};
    }

    float& at(std::size_t element) { return values_[element]; }

    checkpoint::PanelReader reader()
    {
        SafetensorsWriter writer;
        writer.add("w", DType::f32, {stored_rows_, stored_cols_}, std::span<const float>(values_));
        const auto file = folder_ / "model.safetensors";
        writer.write(file);
        const auto bytes = static_cast<std::int64_t>(values_.size() * sizeof(float));
        return {{.name = "w",
                 .file = file,
                 .offset = static_cast<std::int64_t>(std::filesystem::file_size(file)) - bytes,
                 .bytes = bytes,
                 .dtype = DType::f32,
                 .shape = {stored_rows_, stored_cols_}},
                slice_};
    }

private:
    TemporaryFolder folder_;
    std::vector<float> values_;
    std::int64_t stored_rows_, stored_cols_;
    checkpoint::Slice slice_;
};

}  // namespace specsweep::measure
