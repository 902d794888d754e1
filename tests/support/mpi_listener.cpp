#include "support/mpi_listener.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "mpi/collectives.hpp"

namespace specsweep {

void AgreedVerdict::OnTestEnd(const ::testing::TestInfo& test)
{
    const std::int32_t mine = test.result()->Failed() ? 1 : 0;
    const std::vector<std::int32_t> failed = mpi::all_gather(comm_, mine);
    if (!comm_.is_root())
        return;
    std::string ranks;
    for (std::size_t rank = 1; rank < failed.size(); ++rank) {
        if (failed[rank] != 0)
            ranks += (ranks.empty() ? "" : ", ") + std::to_string(rank);
    }
    if (!ranks.empty())
        ADD_FAILURE() << "failed on rank " << ranks << " of " << comm_.size() << "; each says why with its number";
}

void FailurePrinter::OnTestStart(const ::testing::TestInfo& test)
{
    test_ = std::string(test.test_suite_name()) + "." + test.name();
}

void FailurePrinter::OnTestPartResult(const ::testing::TestPartResult& part)
{
    if (!part.failed())
        return;
    const char* file = part.file_name() == nullptr ? "unknown file" : part.file_name();
    // One call, so that the lines of several ranks do not mix.
    std::printf("[rank %d] %s: %s:%d: Failure\n%s\n", mpi::Communicator::world().rank(), test_.c_str(), file,
                part.line_number(), part.message());
    std::fflush(stdout);
}

}  // namespace specsweep
