// Fails on some ranks on purpose. Not a test: mpi_verdict_test.py runs it.
#include <gtest/gtest.h>

#include <stdexcept>

#include "mpi/communicator.hpp"

namespace {

int rank()
{
    return specsweep::mpi::Communicator::world().rank();
}

TEST(Verdict, PassesEverywhere) {}

TEST(Verdict, FailsOnRankOne)
{
    EXPECT_NE(rank(), 1) << "the reason stands here";
}

TEST(Verdict, ThrowsOnRankTwo)
{
    if (rank() == 2)
        throw std::runtime_error("thrown by rank two");
}

}  // namespace
