#include "spectrum/group_norm.hpp"

#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "linalg/blas_library.hpp"
#include "linalg/lapack_failure.hpp"
#include "mpi/collectives.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/peer_failure.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/sweep_block.hpp"

namespace specsweep::spectrum {
namespace {

/// What rank 0 asks of the others.
enum class Request { pass, done, given_up };

struct Energy {
    double value = 0, error = 0;
};

Energy energy_of_all(const SquareSum& mine, const mpi::Communicator& group)
{
    const std::vector<Energy> parts = mpi::all_gather(group, Energy{mine.value(), mine.error_bound()});
    Energy total;
    for (const Energy& part : parts) {
        total.value += part.value;
        total.error += part.error;
    }
    total.error += static_cast<double>(parts.size()) * unit_roundoff * total.value;
    return total;
}

/// The rows of all ranks. Rank 0 calls multiply(); the others serve() until it is done.
class SharedGram final : public GramOperator {
public:
    SharedGram(RowStore& rows, Energy energy, const mpi::Communicator& group, Workspace& workspace)
        : rows_(rows),
          energy_(energy),
          group_(group),
          block_(rows.cols(), workspace),
          scratch_(static_cast<std::size_t>(rows.cols() * sweep_width + group.size()))
    {
    }

    std::int64_t rows() const override { return rows_.rows(); }
    std::int64_t cols() const override { return rows_.cols(); }
    double energy() const override { return energy_.value; }
    double energy_error() const override { return energy_.error; }
    linalg::MatrixView x() const override { return block_.x; }
    const std::array<double, sweep_width>& squares() const override { return block_.squares; }
    std::int64_t passes() const override { return passes_; }

    linalg::MatrixView multiply(linalg::ConstMatrixView block) override
    {
        for (std::int64_t j = 0; j < sweep_width; ++j)
            if (block.column(j) != block_.x.column(j))
                std::copy_n(block.column(j), block.rows, block_.x.column(j));
        ask(Request::pass);
        pass();
        ++passes_;
        return block_.z;
    }

    void serve()
    {
        for (Request request = Request::pass;;) {
            mpi::broadcast(group_, request, 0);
            if (request == Request::given_up)
                throw PeerFailure();
            if (request == Request::done)
                return;
            pass();
        }
    }

    /// Ends serve() on the others, unless a fault has ended it on all ranks already.
    void dismiss(Request request)
    {
        if (!over_)
            ask(request);
    }

private:
    void ask(Request request) { mpi::broadcast(group_, request, 0); }

    void pass()
    {
        mpi::broadcast_bytes(group_, std::as_writable_bytes(values(block_.x)), 0);
        over_ = true;  // until all ranks have come through
        run_together(group_, [&] { block_.sweep(rows_, block_.x); });
        over_ = false;
        mpi::add_in_rank_order(group_, values(block_.z), scratch_);
        mpi::add_in_rank_order(group_, block_.squares, scratch_);
    }

    static std::span<double> values(linalg::MatrixView block)
    {
        return {block.data, static_cast<std::size_t>(block.rows * block.cols)};
    }

    RowStore& rows_;
    Energy energy_;
    const mpi::Communicator& group_;
    SweepBlock block_;
    std::vector<double> scratch_;
    std::int64_t passes_ = 0;
    bool over_ = false;
};

}  // namespace

SpectralNorm group_spectral_norm(PanelSource& source, const NormRequest& request, const mpi::Communicator& group,
                                 Workspace& workspace)
{
    linalg::prepare_blas();
    std::optional<RowStore> rows;
    run_together(group, [&] {
        rows.emplace(source, workspace, request.kept_bytes, RowStore::Share{group.rank(), group.size()});
    });
    const Energy energy = energy_of_all(rows->energy(), group);
    std::optional<SharedGram> gram;
    run_together(group, [&] { gram.emplace(*rows, energy, group, workspace); });
    if (!group.is_root()) {
        gram->serve();
        return {};
    }
    try {
        SpectralNorm result = norm_by_lanczos(*gram, request, workspace);
        gram->dismiss(Request::done);
        return result;
    } catch (const linalg::LapackFailure& failure) {
        gram->dismiss(Request::given_up);
        throw SolverFailure(failure.problem(), failure.why());
    } catch (...) {
        gram->dismiss(Request::given_up);
        throw;
    }
}

}  // namespace specsweep::spectrum
