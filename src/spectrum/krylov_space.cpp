#include "spectrum/krylov_space.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/integer.hpp"
#include "linalg/matrix_product.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::Transpose;

double norm(const double* x, std::int64_t n)
{
    double largest = 0;
    for (std::int64_t i = 0; i < n; ++i)
        largest = std::max(largest, std::fabs(x[i]));
    if (largest == 0)
        return 0;
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i)
        sum += (x[i] / largest) * (x[i] / largest);
    return largest * std::sqrt(sum);
}

/// x −= Σ_j v_j (v_jᵀ x) over the columns of v.
void project_out_of(double* x, linalg::ConstMatrixView v)
{
    for (std::int64_t j = 0; j < v.cols; ++j) {
        const double* const column = v.column(j);
        double dot = 0;
        for (std::int64_t i = 0; i < v.rows; ++i)
            dot += column[i] * x[i];
        for (std::int64_t i = 0; i < v.rows; ++i)
            x[i] -= dot * column[i];
    }
}

}  // namespace

KrylovSpace::KrylovSpace(std::int64_t order, std::int64_t block, std::int64_t most_blocks, Workspace& workspace)
    : block_(block), most_blocks_(most_blocks)
{
    const std::int64_t columns = checked_multiply(block, most_blocks);
    basis_ = {workspace.doubles(Workspace::Slot::reflectors, memory_needed(order, block, most_blocks)).data(), order,
              columns, order};
    projected_.resize(static_cast<std::size_t>(checked_multiply(columns, columns)));
}

std::int64_t KrylovSpace::memory_needed(std::int64_t order, std::int64_t block, std::int64_t most_blocks)
{
    return checked_multiply(order, checked_multiply(block, most_blocks));
}

void KrylovSpace::start(linalg::ConstMatrixView start)
{
    blocks_ = 1;
    known_ = 0;
    const linalg::MatrixView first = newest();
    for (std::int64_t j = 0; j < block_; ++j)
        std::copy_n(start.column(j), start.rows, first.column(j));
    blocks_ = 0;  // nothing to be orthogonal to
    orthonormalize(first, 0);
    blocks_ = 1;
}

bool KrylovSpace::extend(linalg::MatrixView z)
{
    known_ = blocks_;
    project_out(z, block_, true);
    project_out(z, block_, false);
    double scale = 0;  // H's largest diagonal entry ≤ ‖G‖
    for (std::int64_t i = 0; i < dimension(); ++i)
        scale = std::max(scale, projected_[static_cast<std::size_t>(i + i * basis_.cols)]);
    if (blocks_ == most_blocks_)
        return false;
    const auto n = static_cast<double>(basis_.rows);
    if (orthonormalize(z, 4 * std::sqrt(n) * unit_roundoff * scale) == 0)
        return false;
    ++blocks_;
    const linalg::MatrixView next = newest();
    for (std::int64_t j = 0; j < block_; ++j)
        std::copy_n(z.column(j), z.rows, next.column(j));
    return true;
}

/// z ← (I − VVᵀ)z for its first columns; with `record`, Vᵀz becomes the newest block column of H.
void KrylovSpace::project_out(linalg::MatrixView z, std::int64_t columns, bool record)
{
    const linalg::MatrixView v = basis_.block(0, 0, basis_.rows, dimension());
    std::vector<double> memory(static_cast<std::size_t>(dimension() * columns));
    const linalg::MatrixView dots{memory.data(), dimension(), columns, dimension()};
    linalg::multiply(1, Transpose::yes, v, Transpose::no, z, 0, dots);
    linalg::multiply(-1, Transpose::no, v, Transpose::no, dots, 1, z);
    if (!record)
        return;
    const std::int64_t first = dimension() - block_;
    for (std::int64_t j = 0; j < columns; ++j)
        for (std::int64_t i = 0; i < dimension(); ++i)
            projected_[static_cast<std::size_t>(i + (first + j) * basis_.cols)] = dots(i, j);
}

/// Gram-Schmidt inside the block; a column that cancels is made orthogonal to the whole basis again, and set to zero
/// when nothing above `negligible` is left. @returns how many columns are not zero.
std::int64_t KrylovSpace::orthonormalize(linalg::MatrixView z, double negligible)
{
    std::int64_t kept = 0;
    for (std::int64_t j = 0; j < z.cols; ++j) {
        double* const x = z.column(j);
        const double before = norm(x, z.rows);
        double left = before;
        for (int pass = 0; pass < 3 && left > negligible; ++pass) {
            const double last = left;
            project_out_of(x, z.block(0, 0, z.rows, j));
            if (dimension() > 0 && left < 1e-3 * before)
                project_out({x, z.rows, 1, z.ld}, 1, false);
            left = norm(x, z.rows);
            if (pass > 0 && left > 0.7 * last)
                break;
        }
        const bool zero = !(left > negligible);
        kept += zero ? 0 : 1;
        for (std::int64_t i = 0; i < z.rows; ++i)
            x[i] = zero ? 0 : x[i] / left;
    }
    return kept;
}

linalg::MatrixView KrylovSpace::projected_copy(std::vector<double>& memory) const
{
    memory = projected_;
    const std::int64_t size = known_ * block_;
    return {memory.data(), size, size, basis_.cols};
}

std::vector<double> KrylovSpace::ritz_values(std::int64_t count) const
{
    std::vector<double> memory;
    linalg::HeapScratch scratch;
    return linalg::largest_eigenpairs(projected_copy(memory), std::min(count, known_ * block_),
                                      linalg::Eigenvectors::none, scratch.scratch())
        .values;
}

linalg::LargestEigenpairs KrylovSpace::ritz_pairs(std::int64_t count) const
{
    std::vector<double> memory;
    linalg::HeapScratch scratch;
    return linalg::largest_eigenpairs(projected_copy(memory), std::min(count, known_ * block_),
                                      linalg::Eigenvectors::wanted, scratch.scratch());
}

void KrylovSpace::ritz_vectors(const linalg::LargestEigenpairs& pairs, linalg::MatrixView x) const
{
    const std::int64_t size = known_ * block_;
    linalg::multiply(1, Transpose::no, basis_.block(0, 0, basis_.rows, size), Transpose::no,
                     {pairs.vectors.data(), size, x.cols, size}, 0, x);
}

}  // namespace specsweep::spectrum
