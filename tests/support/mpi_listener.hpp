#pragma once

#include <gtest/gtest.h>

#include <string>

#include "mpi/communicator.hpp"

namespace specsweep {

/// After every test: a failure on any rank becomes a failure on rank 0, whose output and XML report stand for all.
/// Collective: a test must reach its end on every rank, therefore EXPECT before a collective, never ASSERT.
class AgreedVerdict : public ::testing::EmptyTestEventListener {
public:
    void OnTestEnd(const ::testing::TestInfo& test) override;

private:
    // Its own communicator: a message that a test has left behind is not taken for a verdict.
    mpi::Communicator comm_ = mpi::Communicator::world().duplicate();
};

/// What ranks other than 0 say: their failures, with their number, at once (they may hang or crash afterwards).
class FailurePrinter : public ::testing::EmptyTestEventListener {
public:
    void OnTestStart(const ::testing::TestInfo& test) override;
    void OnTestPartResult(const ::testing::TestPartResult& part) override;

private:
    // GoogleTest holds its lock while it reports a failure: current_test_info() would wait for ever there.
    std::string test_;
};

}  // namespace specsweep
