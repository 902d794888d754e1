#include "spectrum/row_store.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "linalg/block_cyclic.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/magnitude.hpp"

namespace specsweep::spectrum {
namespace {

/// How many rows of a share of `own` are kept.
std::int64_t kept_rows(std::int64_t own, std::int64_t rows, std::int64_t cols, std::int64_t element_bytes,
                       std::int64_t most_bytes, std::int64_t ranks)
{
    const std::int64_t k = std::min(rows, cols);
    const std::int64_t bytes = ranks == 1 ? RowStore::kept_bytes(rows, cols, element_bytes, most_bytes)
                                          : checked_multiply(8, checked_multiply(k, k)) / ranks;
    const std::int64_t fitting = bytes / checked_multiply(cols, element_bytes);
    return fitting >= own ? own : fitting / RowStore::panel_rows * RowStore::panel_rows;
}

int exponent_of_largest(PanelSource& source, Workspace& workspace)
{
    double largest = 0;
    for (std::int64_t first = 0; first < source.rows(); first += RowStore::panel_rows) {
        const std::int64_t count = std::min(RowStore::panel_rows, source.rows() - first);
        const std::int64_t size = checked_multiply(count, source.cols());
        double* const panel = workspace.doubles(Workspace::Slot::panel, size).data();
        source.read(first, count, panel);
        largest = larger_magnitude(largest, panel, size);
    }
    return scaling_exponent(largest);
}

}  // namespace

RowStore::RowStore(PanelSource& source, Workspace& workspace, std::int64_t most_bytes, Share share)
    : source_(source), workspace_(workspace), most_bytes_(most_bytes), share_(share)
{
    if (rows() <= 0 || cols() <= 0)
        throw InputError(fmt::format("a {} x {} matrix has no spectral norm", rows(), cols()),
                         "one of its sides is empty");
    if (source.needs_double() && share.ranks > 1)
        throw InternalError("the largest entry of a share is not that of the matrix");
    if (source.needs_double()) {
        exponent_ = exponent_of_largest(source, workspace);
        scale_ = std::ldexp(1.0, -exponent_);
        load<double>();
    } else if (resident_ = share.ranks == 1 ? source.resident() : nullptr; resident_ != nullptr) {
        look_at_resident();
    } else {
        load<float>();
    }
    if (!std::isfinite(energy_.value()))
        throw NotFinite();
}

/// Calls visit(row of the share, row of the matrix, count) for the panels of the share from its row `from` on.
template <class Visit>
void RowStore::for_each_panel(std::int64_t from, Visit visit)
{
    const linalg::BlockCyclicAxis axis(rows(), panel_rows, share_.ranks);
    for (std::int64_t at = from; at < axis.extent(share_.rank); at += panel_rows) {
        const std::int64_t first = axis.global(share_.rank, at);
        visit(at, first, std::min(panel_rows, rows() - first));
    }
}

template <class T>
void RowStore::read(std::int64_t first, std::int64_t count, T* out)
{
    source_.read(first, count, out);
    if constexpr (std::is_same_v<T, double>)
        for (std::int64_t i = 0; i < count * cols(); ++i)
            out[i] *= scale_;
}

void RowStore::look_at_resident()
{
    kept_rows_ = rows();
    for_each_panel(0, [&](std::int64_t at, std::int64_t /*first*/, std::int64_t count) {
        energy_.add_values(resident_ + at * cols(), count * cols());
    });
}

template <class T>
void RowStore::load()
{
    const std::int64_t own = linalg::BlockCyclicAxis(rows(), panel_rows, share_.ranks).extent(share_.rank);
    kept_rows_ = kept_rows(own, rows(), cols(), sizeof(T), most_bytes_, share_.ranks);
    T* const store = workspace_.elements<T>(Workspace::Slot::square, checked_multiply(kept_rows_, cols())).data();
    for_each_panel(0, [&](std::int64_t at, std::int64_t first, std::int64_t count) {
        T* const panel = at < kept_rows_ ? store + at * cols()
                                         : workspace_.elements<T>(Workspace::Slot::panel, panel_rows * cols()).data();
        read(first, count, panel);
        energy_.add_values(panel, count * cols());
    });
}

template <class T, class Visitor>
void RowStore::visit(const Visitor& visitor)
{
    if (kept_rows_ > 0)
        visitor(workspace_.elements<T>(Workspace::Slot::square, kept_rows_ * cols()).data(), kept_rows_);
    for_each_panel(kept_rows_, [&](std::int64_t /*at*/, std::int64_t first, std::int64_t count) {
        T* const panel = workspace_.elements<T>(Workspace::Slot::panel, panel_rows * cols()).data();
        read(first, count, panel);
        visitor(panel, count);
    });
}

void RowStore::for_each(const std::function<void(const float*, std::int64_t)>& single,
                        const std::function<void(const double*, std::int64_t)>& wide)
{
    if (resident_ != nullptr)
        single(resident_, kept_rows_);
    else
        source_.needs_double() ? visit<double>(wide) : visit<float>(single);
}

std::int64_t RowStore::kept_bytes(std::int64_t rows, std::int64_t cols, std::int64_t element_bytes,
                                  std::int64_t most_bytes)
{
    const std::int64_t k = std::min(rows, cols);
    const std::int64_t gram = checked_multiply(8, checked_multiply(k, k));
    return std::min(checked_multiply(checked_multiply(rows, cols), element_bytes), std::max(most_bytes, gram));
}

std::int64_t RowStore::buffer_bytes(std::int64_t rows, std::int64_t cols, std::int64_t most_bytes)
{
    const std::int64_t panel = checked_multiply(std::min(panel_rows, rows) * std::int64_t{sizeof(float)}, cols);
    return checked_add(kept_bytes(rows, cols, sizeof(float), most_bytes), panel);
}

}  // namespace specsweep::spectrum
