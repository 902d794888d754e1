#include <gtest/gtest.h>
#include <mpi.h>

#include "everybody.hpp"

namespace {

int sums_by_mpi = 0;  ///< of doubles, since the program started

void count_sum(MPI_Datatype type, MPI_Op op)
{
    sums_by_mpi += type == MPI_DOUBLE && op == MPI_SUM ? 1 : 0;
}

}  // namespace

// In the place of MPI's, for this whole test program and the libraries it uses (MPI's profiling interface).
extern "C" int MPI_Allreduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
    count_sum(type, op);
    return PMPI_Allreduce(send, receive, count, type, op, comm);
}

extern "C" int MPI_Reduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, int root,
                          MPI_Comm comm)
{
    count_sum(type, op);
    return PMPI_Reduce(send, receive, count, type, op, root, comm);
}

namespace specsweep::spectrum {
namespace {

/// The order in which MPI adds is MPI's own business; BLACS leaves sums to it on grids without the repeat flag.
TEST(GroupSums, AreNeverLeftToMpi)
{
    for (const Method method : {Method::group_two_stage, Method::group_gram, Method::group_gram_panels,
                                Method::group_qr, Method::group_gesvd}) {
        const int before = sums_by_mpi;
        by_group(gaussian(600, 500), method, AccuratePath::never);
        EXPECT_EQ(sums_by_mpi - before, 0) << name(method);
    }
}

TEST(GroupSums, AreSeenByThisTest)
{
    const int before = sums_by_mpi;
    double mine = 1, all = 0;
    MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_EQ(sums_by_mpi, before + 1);
}

}  // namespace
}  // namespace specsweep::spectrum
