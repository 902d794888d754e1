#include <vector>

#include "verdicts/claim_lists.hpp"

namespace specsweep::verdicts {

std::span<const Claim> claims()
{
    static const std::vector<Claim> all = [] {
        std::vector<Claim> joined;
        for (const std::span<const Claim> list : {flattening_claims(), trajectory_claims(), embedding_claims()})
            joined.insert(joined.end(), list.begin(), list.end());
        for (const std::span<const Claim> list : {lock_claims(), chain_claims(), network_claims()})
            for (Claim claim : list) {
                claim.of_weights = true;
                joined.push_back(claim);
            }
        return joined;
    }();
    return all;
}

}  // namespace specsweep::verdicts
