#include "sweep/weighted_matrices.hpp"

namespace specsweep::sweep {

namespace {

constexpr std::string_view weighted = "token_weighted";
constexpr std::string_view weighted_centred = "token_weighted_centred";

}  // namespace

std::vector<PlanMatrix> weighted_matrices(const PlanMatrix& embedding, std::int32_t counts)
{
    std::vector<PlanMatrix> result;
    for (const bool centred : {false, true}) {
        PlanMatrix& matrix = result.emplace_back(embedding);
        matrix.weighting = PlanWeighting{counts, centred};
        matrix.matrix.slice.name = centred ? weighted_centred : weighted;
        matrix.matrix.name += '#' + matrix.matrix.slice.name;
    }
    return result;
}

bool counts_fit(const checkpoint::Matrix& matrix, const checkpoint::TokenCounts& counts)
{
    return matrix.role == checkpoint::Role::embedding && std::ssize(counts.counts) <= matrix.slice.rows;
}

std::string_view stored_name(const PlanMatrix& matrix)
{
    const std::string_view name = matrix.matrix.name;
    return matrix.weighting ? name.substr(0, name.size() - matrix.matrix.slice.name.size() - 1) : name;
}

}  // namespace specsweep::sweep
