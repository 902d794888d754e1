#include "spectrum/begun_spectrum.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "everybody.hpp"
#include "spectrum/peer_failure.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

/// Of other shapes and other solvers, begun one after another in one workspace, as many as the group has ranks and
/// more.
TEST(BegunSpectrum, HasTheBitsOfOneThatIsEndedBeforeTheNextIsBegun)
{
    struct Case {
        DenseMatrix matrix;
        Method method;
    };
    std::vector<Case> cases;
    for (const Method method : {Method::group_two_stage, Method::group_gram, Method::group_qr})
        for (const auto& [m, n] : {std::pair{300, 130}, {70, 500}, {40, 40}})
            cases.push_back({gaussian(m, n, 9), method});
    cases.push_back({graded(200, 100, 0, 6), Method::group_two_stage});  // the accurate path follows
    cases.push_back({matrix_of(50, 20, [](auto, auto) { return 0; }), Method::group_two_stage});
    Workspace workspace;
    std::vector<std::unique_ptr<BegunSpectrum>> begun;
    std::vector<BegunSpectrum*> pending;
    for (const Case& c : cases) {
        DenseSource source(c.matrix);
        SpectrumRequest request;
        request.method = c.method;
        begun.push_back(std::make_unique<BegunSpectrum>(source, request, everybody(), workspace));
        pending.push_back(begun.back().get());
    }
    find_values(pending);
    for (std::size_t j = 0; j < cases.size(); ++j) {
        const Spectrum alone = by_group(cases[j].matrix, cases[j].method);
        const std::optional<Spectrum> found = begun[j]->finish();
        const bool graded_case = j + 2 == cases.size();
        EXPECT_EQ(found.has_value(), !graded_case) << j;
        if (!found)
            continue;
        EXPECT_EQ(found->sigma, alone.sigma) << j;
        EXPECT_EQ(found->error, alone.error) << j;
        EXPECT_EQ(found->frobenius_squared, alone.frobenius_squared) << j;
        EXPECT_EQ(found->method, alone.method) << j;
    }
}

/// Its band cannot be chased: a fault of the one rank that tries.
class StubbornGram : public GroupGramMatrix {
public:
    void add(const RawPiece&) override {}
    double largest_diagonal() const override { return 1; }
    void scale(double) override {}
    void reduce() override {}
    linalg::CondensedForm tridiagonal() override { throw SolverFailure("this band cannot be chased"); }
};

TEST(BegunSpectrum, AFaultOfOneLeavesTheOthersAlone)
{
    const mpi::Communicator& comm = everybody().comm;
    const DenseMatrix matrix = gaussian(90, 60);
    const Spectrum alone = by_group(matrix, Method::group_two_stage);
    for (int stubborn = 0; stubborn < comm.size(); ++stubborn) {
        SpectrumRequest request;
        request.method = Method::group_two_stage;
        Workspace workspace;
        DenseSource source(matrix);
        std::vector<std::unique_ptr<BegunSpectrum>> begun;
        std::vector<BegunSpectrum*> pending;
        for (int j = 0; j < comm.size(); ++j) {
            if (j == stubborn)
                begun.push_back(std::make_unique<BegunSpectrum>(
                    CondensedGram{.length = 90, .width = 60, .pieces = 1, .reduced = std::make_unique<StubbornGram>()},
                    request, everybody()));
            else
                begun.push_back(std::make_unique<BegunSpectrum>(source, request, everybody(), workspace));
            pending.push_back(begun.back().get());
        }
        find_values(pending);
        for (int j = 0; j < comm.size(); ++j) {
            BegunSpectrum& spectrum = *begun[static_cast<std::size_t>(j)];
            if (j != stubborn) {
                EXPECT_EQ(spectrum.finish().value().sigma, alone.sigma);
                continue;
            }
            try {
                spectrum.finish();
                ADD_FAILURE() << "nothing was thrown";
            } catch (const SolverFailure&) {
                EXPECT_EQ(comm.rank(), stubborn);
            } catch (const PeerFailure&) {
                EXPECT_NE(comm.rank(), stubborn);
            }
        }
    }
}

}  // namespace
}  // namespace specsweep::spectrum
