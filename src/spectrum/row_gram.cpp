#include "spectrum/row_gram.hpp"

#include <algorithm>

#include "linalg/blas_library.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/symmetric_rank_update.hpp"

namespace specsweep::spectrum {

RowGram::RowGram(std::int64_t cols, Workspace& workspace)
{
    linalg::prepare_blas();
    const std::int64_t ld = linalg::padded_leading_dimension(cols);
    gram_ = {workspace.floats(Workspace::Slot::square, ld * cols).data(), cols, cols, ld};
    for (std::int64_t j = 0; j < cols; ++j)
        std::fill_n(gram_.column(j), cols, 0.0f);
}

void RowGram::add(const float* rows, std::int64_t count)
{
    linalg::add_outer_lower({rows, gram_.cols, count, gram_.cols}, gram_);
}

double RowGram::frobenius_squared() const
{
    double diagonal = 0;
    double below = 0;
    for (std::int64_t j = 0; j < gram_.cols; ++j) {
        const float* const column = gram_.column(j);
        const auto square = [&](std::int64_t i) { return static_cast<double>(column[i]) * column[i]; };
        diagonal += square(j);
        double squares = 0;
        for (std::int64_t i = j + 1; i < gram_.rows; ++i)
            squares += square(i);
        below += squares;
    }
    return diagonal + 2 * below;
}

}  // namespace specsweep::spectrum
