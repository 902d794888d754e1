#include "checkpoint/inventory_json.hpp"

#include "base/json.hpp"

namespace specsweep::checkpoint {

Json inventory_json(const Inventory& inventory)
{
    Json matrices = Json::array();
    for (const Matrix& matrix : inventory.matrices)
        matrices.push_back({{"matrix", matrix.name},
                            {"tensor", matrix.tensor},
                            {"slice", matrix.slice.name},
                            {"role", name(matrix.role)},
                            {"block_index", matrix.block_index},
                            {"expert", matrix.expert},
                            {"rows", matrix.slice.rows},
                            {"cols", matrix.slice.cols},
                            {"orientation", name(matrix.slice.orientation)},
                            {"dtype", specsweep::name(matrix.dtype)},
                            {"packing", matrix.packing}});
    Json aliases = Json::array();
    for (const Alias& alias : inventory.aliases)
        aliases.push_back({{"name", alias.name}, {"of", alias.of}, {"in_file", alias.in_file}});
    Json skipped = Json::array();
    for (const SkippedTensor& tensor : inventory.skipped)
        skipped.push_back({{"tensor", tensor.tensor}, {"reason", tensor.reason}});
    return {{"model_type", inventory.model_type},
            {"matrices", std::move(matrices)},
            {"aliases", std::move(aliases)},
            {"skipped", std::move(skipped)}};
}

}  // namespace specsweep::checkpoint
