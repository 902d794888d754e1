#include "spectrum/group_gram.hpp"

#include <cmath>
#include <memory>

#include "mpi/collectives.hpp"
#include "spectrum/block_cyclic_gram.hpp"
#include "spectrum/dealt_gram.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/gram_certificate.hpp"
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

}  // namespace

CondensedGram condense_gram(SharedPieces& matrix, const RankGroup& group, std::int64_t nb, Method method,
                            Workspace& workspace)
{
    CondensedGram result{.length = matrix.length(), .width = matrix.width(), .pieces = matrix.pieces()};
    std::unique_ptr<GroupGramMatrix> gram = make_gram(group, result.width, nb, method, workspace);
    SquareSum energy;
    matrix.for_each([&](const RawPiece& piece) {
        if (group.comm.is_root())
            add_energy(piece, energy);
        gram->add(piece);
    });
    double total = energy.value();
    mpi::broadcast(group.comm, total, 0);
    if (!std::isfinite(total))
        throw NotFinite();
    if (total == 0)
        return result;
    const int exponent = scale(*gram, group.comm);
    gram->reduce();
    result.reduced = std::move(gram);
    result.exponent = exponent / 2 + matrix.exponent();
    result.frobenius_squared = std::ldexp(energy.value(), -exponent);
    result.frobenius_squared_error = std::ldexp(energy.error_bound(), -exponent);
    return result;
}

std::vector<VerifiedEigenvalue> eigenvalues(const CondensedGram& gram)
{
    const linalg::CondensedForm form = gram.reduced->tridiagonal();
    return eigenvalues_by_multisection(ScaledTridiagonal(form.diagonal, form.off_diagonal));
}

ScaledSpectrum spectrum_of(const CondensedGram& gram, std::span<const VerifiedEigenvalue> ascending,
                           Certificate certificate)
{
    ScaledSpectrum result;
    if (ascending.empty()) {
        result.sigma.assign(static_cast<std::size_t>(gram.width), 0.0);
        result.error = result.sigma;
        return result;
    }
    result.exponent = gram.exponent;
    result.frobenius_squared = gram.frobenius_squared;
    result.frobenius_squared_error = gram.frobenius_squared_error;
    const double bound =
        gram_eigenvalue_bound({gram.width, gram.pieces, ascending.back().value, gram.frobenius_squared}, certificate);
    for (auto lambda = ascending.rbegin(); lambda != ascending.rend(); ++lambda) {
        result.sigma.push_back(std::sqrt(std::max(0.0, lambda->value)));
        result.error.push_back(square_root_bound(lambda->value, bound + lambda->error));
        if (lambda->value + bound + lambda->error < 0)
            throw SelfCheckFailure("an eigenvalue of a Gram matrix is negative beyond its error bound");
    }
    return result;
}

}  // namespace specsweep::spectrum
