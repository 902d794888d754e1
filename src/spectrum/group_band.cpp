#include "spectrum/group_band.hpp"

#include "base/error.hpp"
#include "mpi/collectives.hpp"
#include "spectrum/band_reduction.hpp"
#include "spectrum/fused_kernels.hpp"

namespace specsweep::spectrum {
namespace {

/// The columns of one rank as FusedReduction's storage (WholeMatrix).
class SharedMatrix {
public:
    explicit SharedMatrix(const DealtMatrix& a) : a_(a), rank_(a.comm.rank()) {}

    std::int64_t order() const { return a_.columns.order(); }
    std::int64_t ld() const { return a_.local.ld; }
    bool holds(std::int64_t j) const { return a_.columns.owner(j) == rank_; }
    double* column(std::int64_t j) const { return a_.local.column(a_.columns.local(j)); }

    template <class Visit>
    SPECSWEEP_ALWAYS_INLINE void for_each_strip(std::int64_t first, Visit visit) const
    {
        const DealtColumns& columns = a_.columns;
        for (std::int64_t j = columns.next(rank_, first); j < order(); j = columns.next(rank_, columns.block_end(j)))
            visit(j, columns.block_end(j) - j);
    }

    void share_panel(std::int64_t c, std::span<double> panel) const
    {
        mpi::broadcast_bytes(a_.comm, std::as_writable_bytes(panel), static_cast<int>(a_.columns.owner(c)));
    }

    void add_up(std::span<double> values, std::span<double> scratch) const
    {
        mpi::add_in_rank_order(a_.comm, values, scratch);
    }

private:
    const DealtMatrix& a_;
    std::int64_t rank_;
};

}  // namespace

void reduce_to_band(const DealtMatrix& a, const BandMatrix& band, std::span<double> memory, InstructionSet instructions)
{
    const std::int64_t n = a.columns.order(), b = band.half_width();
    const bool wide = instructions == InstructionSet::avx512;
    if (a.columns.ranks() != a.comm.size() || a.local.rows != n || n % 16 != 0 || band.order() != n ||
        a.local.cols != a.columns.extent(a.comm.rank()) || (b != 8 && (b != 16 || !wide)) ||
        std::ssize(memory) < band_reduction_memory(n, b))
        throw InternalError("shapes of a band reduction do not fit");
    run_fused_on(instructions, SharedMatrix(a), band, memory.data());
}

InstructionSet group_instruction_set(const mpi::Communicator& comm)
{
    return static_cast<InstructionSet>(mpi::all_min(comm, static_cast<std::int64_t>(widest_instruction_set())));
}

}  // namespace specsweep::spectrum
