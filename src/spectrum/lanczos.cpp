#include "spectrum/lanczos.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/integer.hpp"
#include "linalg/blas_library.hpp"
#include "linalg/lapack_failure.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/gaussian_block.hpp"
#include "spectrum/gram_operator.hpp"
#include "spectrum/krylov_bound.hpp"
#include "spectrum/krylov_space.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/row_store.hpp"
#include "spectrum/sweep_block.hpp"

namespace specsweep::spectrum {
namespace {

/// The rows of one rank, with room for X and Z of one pass.
class StoredGram final : public GramOperator {
public:
    StoredGram(RowStore& rows, Workspace& workspace) : rows_(rows), block_(rows.cols(), workspace) {}

    std::int64_t rows() const override { return rows_.rows(); }
    std::int64_t cols() const override { return rows_.cols(); }
    double energy() const override { return rows_.energy().value(); }
    double energy_error() const override { return rows_.energy().error_bound(); }
    linalg::MatrixView x() const override { return block_.x; }
    linalg::MatrixView multiply(linalg::ConstMatrixView block) override
    {
        block_.sweep(rows_, block);
        ++passes_;
        return block_.z;
    }
    const std::array<double, sweep_width>& squares() const override { return block_.squares; }
    std::int64_t passes() const override { return passes_; }

private:
    RowStore& rows_;
    SweepBlock block_;
    std::int64_t passes_ = 0;
};

/// Whether σ = √θ has stopped growing: what θ has left, taken as a geometric series of its last two increments, is
/// below 2 tolerance · θ, twice in a row. σ then grows by less than half of that.
class Growth {
public:
    explicit Growth(double tolerance) : tolerance_(tolerance) {}

    bool ended(double theta)
    {
        const double increment = std::max(0.0, theta - theta_);
        const double ratio = increment_ > 0 ? increment / increment_ : 1;
        const double left = ratio < 1 ? increment * ratio / (1 - ratio) : theta;
        small_ = left <= 2 * tolerance_ * theta ? small_ + 1 : 0;
        theta_ = theta;
        increment_ = increment;
        return small_ >= 2;
    }

private:
    double tolerance_;
    double theta_ = 0, increment_ = 0;
    int small_ = 0;
};

/// Rounding of Ritz values relative to σ₁²: products of length n and m, a basis of `dimension` columns; far above what
/// occurs, far below ε.
double ritz_rounding(const GramOperator& rows, std::int64_t dimension)
{
    const double stable_root = std::sqrt(static_cast<double>(std::min(rows.rows(), rows.cols())));
    return 4 * gamma_factor(static_cast<double>(rows.rows() + rows.cols() + dimension)) * stable_root;
}

/// ‖W x‖/‖x‖ less what rounding may have added.
double guaranteed_norm(double image_squared, const double* x, const GramOperator& rows)
{
    double squared = 0;
    for (std::int64_t i = 0; i < rows.cols(); ++i)
        squared += x[i] * x[i];
    if (squared == 0)
        return 0;
    const auto m = static_cast<double>(rows.rows()), n = static_cast<double>(rows.cols());
    const double image = std::sqrt(image_squared) * (1 - gamma_factor(m + 2));
    const double length = std::sqrt(squared) * (1 + gamma_factor(n + 2));
    const double frobenius = std::sqrt(rows.energy() + rows.energy_error());
    const double error = gamma_factor(n + 2) * frobenius;
    return std::max(0.0, (image / length - error) * (1 - 4 * unit_roundoff));
}

double residual(const double* z, const double* x, double theta, std::int64_t n)
{
    double squared = 0;
    for (std::int64_t i = 0; i < n; ++i)
        squared += (z[i] - theta * x[i]) * (z[i] - theta * x[i]);
    return std::sqrt(squared);
}

/// One pass for each four Ritz vectors: bounds of σ₁ and residuals.
void certify(const KrylovSpace& space, const NormRequest& request, GramOperator& rows, SpectralNorm& result)
{
    const std::int64_t wanted = std::min({std::max<std::int64_t>(1, request.leading), rows.rows(), rows.cols()});
    const linalg::LargestEigenpairs pairs = space.ritz_pairs(std::max(wanted, sweep_width));
    const std::int64_t n = rows.cols();
    const std::int64_t size = std::ssize(pairs.vectors) / std::ssize(pairs.values);
    for (std::int64_t first = 0; first < wanted; first += sweep_width) {
        linalg::LargestEigenpairs four;
        const std::int64_t count = std::min<std::int64_t>(sweep_width, std::ssize(pairs.values) - first);
        four.vectors.assign(pairs.vectors.begin() + first * size, pairs.vectors.begin() + (first + count) * size);
        four.vectors.resize(static_cast<std::size_t>(size * sweep_width));
        space.ritz_vectors(four, rows.x());
        const linalg::MatrixView z = rows.multiply(rows.x());
        for (std::int64_t q = 0; q < std::min(count, wanted - first); ++q) {
            const double theta = std::max(0.0, pairs.values[static_cast<std::size_t>(first + q)]);
            const double root = std::sqrt(theta);
            const double distance = residual(z.column(q), rows.x().column(q), theta, n) +
                                    ritz_rounding(rows, space.dimension()) * pairs.values[0];
            result.leading.push_back(root);
            // |√λ − √θ| = |λ − θ|/(√λ + √θ), and never more than √|λ − θ|.
            result.leading_error.push_back(root > 0 ? std::min(distance / root, std::sqrt(distance))
                                                    : std::sqrt(distance));
            // Any vector gives a lower bound; the best one counts.
            result.lower = std::max(
                result.lower, guaranteed_norm(rows.squares()[static_cast<std::size_t>(q)], rows.x().column(q), rows));
        }
    }
    const double theta = pairs.values[0] * (1 + ritz_rounding(rows, space.dimension()));
    const double gap = krylov_gap(n, space.known_blocks(), sweep_width);
    const double frobenius = std::sqrt(rows.energy() + rows.energy_error()) * (1 + 4 * unit_roundoff);
    result.upper = gap < 1 ? std::min(frobenius, std::sqrt(theta / (1 - gap))) : frobenius;
    result.upper = std::max(result.upper, result.lower);
}

}  // namespace

SpectralNorm norm_by_lanczos(GramOperator& rows, const NormRequest& request, Workspace& workspace)
{
    SpectralNorm result;
    result.frobenius_squared = rows.energy();
    result.frobenius_squared_error = rows.energy_error();
    if (result.frobenius_squared == 0) {
        result.leading.assign(static_cast<std::size_t>(std::min({request.leading, rows.rows(), rows.cols()})), 0);
        result.leading_error = result.leading;
        result.converged = true;
        return result;
    }
    const std::int64_t most = std::max<std::int64_t>(1, std::min(request.most_steps, rows.cols()));
    KrylovSpace space(rows.cols(), sweep_width, most, workspace);
    fill_gaussian(rows.x(), request.seed);
    space.start(rows.x());
    Growth growth(request.tolerance);
    for (bool extended = true; extended && !result.converged;) {
        const std::int64_t blocks = space.blocks();
        extended = space.extend(rows.multiply(space.newest()));
        const bool invariant = !extended && blocks < most;
        const bool enough = blocks * sweep_width >= 2 * request.leading;
        result.converged = invariant || (growth.ended(space.ritz_values(1)[0]) && enough);
    }
    certify(space, request, rows, result);
    result.steps = rows.passes();
    return result;
}

SpectralNorm spectral_norm(PanelSource& source, const NormRequest& request, Workspace& workspace)
{
    linalg::prepare_blas();
    RowStore rows(source, workspace, request.kept_bytes);
    try {
        StoredGram gram(rows, workspace);
        SpectralNorm result = norm_by_lanczos(gram, request, workspace);
        const int e = rows.exponent();
        for (double* const value : {&result.lower, &result.upper})
            *value = std::ldexp(*value, e);
        for (double* const value : {&result.frobenius_squared, &result.frobenius_squared_error})
            *value = std::ldexp(*value, 2 * e);
        for (std::vector<double>* const values : {&result.leading, &result.leading_error})
            for (double& value : *values)
                value = std::ldexp(value, e);
        return result;
    } catch (const linalg::LapackFailure& failure) {
        throw SolverFailure(failure.problem(), failure.why());
    }
}

std::int64_t norm_working_set_bytes(std::int64_t rows, std::int64_t cols)
{
    const std::int64_t blocks = std::min<std::int64_t>(NormRequest{}.most_steps, cols);
    const std::int64_t basis = KrylovSpace::memory_needed(cols, sweep_width, blocks);
    const std::int64_t vectors = checked_add(basis, 2 * sweep_width * cols);
    return checked_add(RowStore::buffer_bytes(rows, cols, NormRequest{}.kept_bytes), checked_multiply(vectors, 8));
}

}  // namespace specsweep::spectrum
