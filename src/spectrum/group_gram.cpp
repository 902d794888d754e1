#include "spectrum/group_gram.hpp"

#include <cmath>
#include <memory>

#include "base/error.hpp"
#include "mpi/collectives.hpp"
#include "spectrum/block_cyclic_gram.hpp"
#include "spectrum/dealt_gram.hpp"
#include "spectrum/gram_certificate.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/peer_failure.hpp"

namespace specsweep::spectrum {
namespace {

std::unique_ptr<GroupGramMatrix> make_gram(const RankGroup& group, std::int64_t k, std::int64_t nb, Method method,
                                           Workspace& workspace)
{
    std::unique_ptr<GroupGramMatrix> gram;
    run_together(group.comm, [&] {
        if (method == Method::group_two_stage)
            gram = std::make_unique<DealtGram>(group, k, workspace);
        else
            gram = std::make_unique<BlockCyclicGram>(
                group, k, nb,
                method == Method::group_gram ? linalg::SymmetricReduction::square : linalg::SymmetricReduction::panels,
                workspace);
    });
    return gram;
}

/// As in gram_route.cpp: an even exponent that brings the largest diagonal entry into [¼, 1).
int scale(GroupGramMatrix& gram, const mpi::Communicator& comm)
{
    int exponent = 0;
    std::frexp(mpi::all_max(comm, gram.largest_diagonal()), &exponent);
    exponent += exponent % 2 != 0 ? 1 : 0;
    gram.scale(std::ldexp(1.0, -exponent));
    return exponent;
}

void fill_values(ScaledSpectrum& result, const linalg::CondensedForm& form, std::int64_t pieces,
                 Certificate certificate)
{
    const std::vector<VerifiedEigenvalue> ascending =
        eigenvalues_by_multisection(ScaledTridiagonal(form.diagonal, form.off_diagonal));
    const auto k = std::ssize(ascending);
    const double bound =
        gram_eigenvalue_bound({k, pieces, ascending.back().value, result.frobenius_squared}, certificate);
    for (auto lambda = ascending.rbegin(); lambda != ascending.rend(); ++lambda) {
        result.sigma.push_back(std::sqrt(std::max(0.0, lambda->value)));
        result.error.push_back(square_root_bound(lambda->value, bound + lambda->error));
        if (lambda->value + bound + lambda->error < 0)
            throw SelfCheckFailure("an eigenvalue of a Gram matrix is negative beyond its error bound");
    }
}

}  // namespace

ScaledSpectrum group_gram_spectrum(SharedPieces& matrix, const RankGroup& group, std::int64_t nb, Method method,
                                   Certificate certificate, Workspace& workspace)
{
    const std::int64_t k = matrix.width();
    const std::unique_ptr<GroupGramMatrix> gram = make_gram(group, k, nb, method, workspace);
    SquareSum energy;
    matrix.for_each([&](const RawPiece& piece) {
        if (group.comm.is_root())
            add_energy(piece, energy);
        gram->add(piece);
    });
    double total = energy.value();
    mpi::broadcast(group.comm, total, 0);
    if (!std::isfinite(total))
        throw InputError("a spectrum needs finite weights", "a value is NaN or infinite");
    ScaledSpectrum result;
    if (total == 0) {
        result.sigma.assign(static_cast<std::size_t>(group.comm.is_root() ? k : 0), 0.0);
        result.error = result.sigma;
        return result;
    }
    const int exponent = scale(*gram, group.comm);
    gram->reduce();
    run_on_root_patiently(group.comm, [&] {
        result.exponent = exponent / 2 + matrix.exponent();
        result.frobenius_squared = std::ldexp(energy.value(), -exponent);
        result.frobenius_squared_error = std::ldexp(energy.error_bound(), -exponent);
        fill_values(result, gram->tridiagonal(), matrix.pieces(), certificate);
    });
    return result;
}

}  // namespace specsweep::spectrum
