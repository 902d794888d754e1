#include "spectrum/twofold_gram.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/leading_dimension.hpp"
#include "linalg/matrix_product.hpp"
#include "linalg/symmetric_rank_update.hpp"
#include "spectrum/error_free.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {
namespace {

static_assert(LongSide::piece_length <= exact_length);

using linalg::MatrixView;
using linalg::Transpose;

/// The lower triangles of high and low, while pieces come in.
class TwofoldSum {
public:
    TwofoldSum(MatrixView high, MatrixView low, MatrixView product) : high_(high), low_(low), product_(product)
    {
        for (const MatrixView& part : {high_, low_})
            for (std::int64_t j = 0; j < part.cols; ++j)
                std::fill_n(part.column(j), part.rows, 0.0);
    }

    /// Both are overwritten.
    void add(MatrixView head, MatrixView tail)
    {
        add_exact(head);
        for (std::int64_t j = 0; j < head.cols; ++j)
            for (std::int64_t i = 0; i < head.rows; ++i)
                head(i, j) += tail(i, j) / 2;
        linalg::multiply(1, Transpose::yes, head, Transpose::no, tail, 0, product_);
        for (std::int64_t j = 0; j < low_.cols; ++j)
            for (std::int64_t i = j; i < low_.rows; ++i)
                low_(i, j) += product_(i, j) + product_(j, i);
    }

    /// The larger number of each pair then is the sum of both, rounded.
    void finish(double factor)
    {
        for (std::int64_t j = 0; j < high_.cols; ++j)
            for (std::int64_t i = j; i < high_.rows; ++i) {
                const ErrorFree sum = two_sum(high_(i, j) * factor, low_(i, j) * factor);
                high_(j, i) = high_(i, j) = sum.value;
                low_(j, i) = low_(i, j) = sum.error;
            }
    }

private:
    void add_exact(MatrixView head)
    {
        for (std::int64_t j = 0; j < product_.cols; ++j)
            std::fill(product_.column(j) + j, product_.column(j) + product_.rows, 0.0);
        linalg::add_gram_lower(head, product_);
        for (std::int64_t j = 0; j < high_.cols; ++j)
            for (std::int64_t i = j; i < high_.rows; ++i) {
                const ErrorFree sum = two_sum(high_(i, j), product_(i, j));
                high_(i, j) = sum.value;
                low_(i, j) += sum.error;
            }
    }

    MatrixView high_, low_, product_;
};

}  // namespace

TwofoldGram twofold_gram(LongSide& matrix, int exponent, double frobenius_squared, Workspace& workspace)
{
    const std::int64_t k = matrix.width();
    const std::int64_t ld = linalg::padded_leading_dimension(k);
    const std::span<double> both = workspace.doubles(Workspace::Slot::twofold, 2 * ld * k);
    TwofoldGram gram{{both.data(), k, k, ld}, {both.data() + ld * k, k, k, ld}};
    TwofoldSum sum(gram.high, gram.low, {workspace.doubles(Workspace::Slot::square, ld * k).data(), k, k, ld});
    matrix.for_each_piece([&](MatrixView piece) {
        const MatrixView tail{workspace.doubles(Workspace::Slot::tail, piece.ld * k).data(), piece.rows, k, piece.ld};
        split_columns(piece, tail);
        sum.add(piece, tail);
    });
    const double scale = std::ldexp(1.0, -exponent);
    sum.finish(scale);

    const auto pieces = static_cast<double>(matrix.pieces());
    gram.error = scale * frobenius_squared *
                 ((gamma_factor(264) + gamma_factor(2 * pieces + 2)) * 2.01 * tail_share +
                  gamma_factor(2 * pieces) * pieces * unit_roundoff);
    return gram;
}

}  // namespace specsweep::spectrum
