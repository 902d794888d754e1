#include "mpi/agreement.hpp"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>

#include "base/error.hpp"
#include "mpi/collectives.hpp"

namespace specsweep::mpi {
namespace {

const Communicator& world()
{
    static const Communicator comm = Communicator::world();
    return comm;
}

/// The error that agreed work ends in here, as "code: text"; "" if none.
template <class Work>
std::string outcome_of(Work&& work)
{
    try {
        run_agreed(world(), work);
    } catch (const Error& error) {
        return std::to_string(static_cast<int>(error.code())) + ": " + error.what();
    } catch (const std::exception& error) {
        return std::string("not an Error: ") + error.what();
    }
    return "";
}

bool equal_on_all_ranks(const std::string& text)
{
    std::string first = text;
    broadcast(world(), first, 0);
    return every_rank(world(), first == text);
}

std::string where(int rank)
{
    return world().size() == 1 ? "" : " on rank " + std::to_string(rank) + " of " + std::to_string(world().size());
}

TEST(RunAgreed, GivesEachRankItsOwnResult)
{
    EXPECT_EQ(run_agreed(world(), [] { return 3 * world().rank(); }), 3 * world().rank());
}

TEST(RunAgreed, OneRankFailingFailsAll)
{
    const int last = world().size() - 1;
    const std::string outcome = outcome_of([&] {
        if (world().rank() == last)
            throw IoError("cannot read model.safetensors", "Permission denied", "chmod +r it");
    });
    EXPECT_EQ(outcome, "74: cannot read model.safetensors" + where(last) + " (Permission denied); chmod +r it");
}

TEST(RunAgreed, TheLowestRankSpeaks)
{
    if (world().size() < 3)
        GTEST_SKIP() << "needs 3 ranks";
    const std::string outcome = outcome_of([] {
        if (world().rank() > 0)
            throw InputError("broken on " + std::to_string(world().rank()));
    });
    EXPECT_EQ(outcome, "65: broken on 1" + where(1));
}

TEST(RunAgreed, TheSameFaultEverywhereNamesNoRank)
{
    const std::string outcome =
        outcome_of([] { throw UsageError("unknown key 'rolse'", "", "did you mean 'roles'?"); });
    EXPECT_EQ(outcome, "64: unknown key 'rolse'; did you mean 'roles'?");
}

TEST(RunAgreed, EveryRankHasTheSameText)
{
    const int culprit = world().size() / 2;
    const std::string outcome = outcome_of([&] {
        if (world().rank() == culprit)
            throw Error(ExitCode::wrong_ranks, "too few ranks");
    });
    EXPECT_TRUE(equal_on_all_ranks(outcome)) << outcome;
    EXPECT_EQ(outcome.substr(0, 4), "76: ");
}

TEST(Agree, KeepsTheTypeThatBelongsToTheCode)
{
    const auto mine = world().is_root() ? std::make_exception_ptr(IoError("disk is full")) : std::exception_ptr();
    EXPECT_THROW(agree(world(), mine), IoError);
}

TEST(Agree, TurnsForeignExceptionsIntoErrors)
{
    if (world().size() == 1)
        GTEST_SKIP() << "on one rank the exception passes as it is";
    const auto throws = [](const std::exception_ptr& mine) {
        try {
            agree(world(), world().is_root() ? mine : std::exception_ptr());
        } catch (const InternalError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(throws(std::make_exception_ptr(std::out_of_range("vector::at"))), "vector::at" + where(0));
    EXPECT_EQ(throws(std::make_exception_ptr(std::bad_alloc())).substr(0, 13), "out of memory");
    EXPECT_EQ(throws(std::make_exception_ptr(7)), "unknown exception" + where(0));
}

TEST(Agree, LeavesTheCommunicatorUsable)
{
    for (int round = 0; round < 20; ++round) {
        const bool fails = round % 2 == 0 && world().rank() == round % world().size();
        const std::string outcome = outcome_of([&] {
            if (fails)
                throw InputError("round " + std::to_string(round));
        });
        EXPECT_EQ(outcome.empty(), round % 2 == 1);
    }
    EXPECT_EQ(all_sum(world(), 1), world().size());
}

TEST(RunOnRoot, RunsOnceAndFailsEverywhere)
{
    int runs = 0;
    run_on_root(world(), [&] { ++runs; });
    EXPECT_EQ(all_sum(world(), runs), 1);
    EXPECT_THROW(run_on_root(world(), [] { throw UsageError("no such manifest"); }), UsageError);
}

}  // namespace
}  // namespace specsweep::mpi
