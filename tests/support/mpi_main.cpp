#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mpi/collectives.hpp"
#include "mpi/session.hpp"
#include "support/mpi_listener.hpp"

namespace {

/// Rank 0 prints and reports as always, with the failures of all ranks; the others say only what failed on them.
int run_tests_on_all_ranks()
{
    using specsweep::mpi::Communicator;
    ::testing::TestEventListeners& listeners = ::testing::UnitTest::GetInstance()->listeners();
    if (!Communicator::world().is_root()) {
        delete listeners.Release(listeners.default_result_printer());
        delete listeners.Release(listeners.default_xml_generator());
        listeners.Append(new specsweep::FailurePrinter);
    }
    auto* verdict = new specsweep::AgreedVerdict;
    listeners.Append(verdict);  // owned by GoogleTest from here …
    const int mine = RUN_ALL_TESTS();
    delete listeners.Release(verdict);  // … and taken back: it must free its communicator before MPI ends
    return static_cast<int>(specsweep::mpi::all_max(Communicator::world(), std::int64_t{mine}));
}

}  // namespace

int main(int argc, char** argv)
{
    const specsweep::mpi::Session session(argc, argv);
    ::testing::InitGoogleMock(&argc, argv);
    return run_tests_on_all_ranks();
}
