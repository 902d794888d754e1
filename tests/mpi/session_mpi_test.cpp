#include "mpi/session.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include "base/error.hpp"

namespace specsweep::mpi {
namespace {

TEST(Session, RunsWithThreads)
{
    EXPECT_TRUE(Session::is_running());
    int provided = MPI_THREAD_SINGLE;
    MPI_Query_thread(&provided);
    EXPECT_GE(provided, MPI_THREAD_FUNNELED);
}

TEST(Session, RefusesToStartTwice)
{
    int argc = 0;
    char** argv = nullptr;
    EXPECT_THROW(Session(argc, argv), InternalError);
    EXPECT_TRUE(Session::is_running()) << "the refused one must not have ended MPI";
}

}  // namespace
}  // namespace specsweep::mpi
