#pragma once

#include <algorithm>
#include <array>

#include "spectrum/row_store.hpp"
#include "spectrum/row_sweep.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// Room for X and Z of one pass over stored rows, n × sweep_width each, in Workspace::Slot::chunk.
struct SweepBlock {
    SweepBlock(std::int64_t n, Workspace& workspace)
    {
        double* const memory = workspace.doubles(Workspace::Slot::chunk, 2 * n * sweep_width).data();
        x = {memory, n, sweep_width, n};
        z = {memory + n * sweep_width, n, sweep_width, n};
    }

    /// z = PᵀP · block over the stored rows P, squares[q] = ‖P · block_q‖².
    void sweep(RowStore& rows, linalg::ConstMatrixView block)
    {
        std::fill_n(z.data, z.rows * z.cols, 0.0);
        squares.fill(0);
        rows.for_each([&](const float* p, std::int64_t count) { sweep_rows(p, count, block, z, squares.data()); },
                      [&](const double* p, std::int64_t count) { sweep_rows(p, count, block, z, squares.data()); });
    }

    linalg::MatrixView x, z;
    std::array<double, sweep_width> squares{};
};

}  // namespace specsweep::spectrum
