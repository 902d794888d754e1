#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace specsweep::bench {

/// `count` equal matrices of a model.
struct ShapeCount {
    std::int64_t rows, cols, count;
    bool angles = false;  ///< an embedding, whose rows' angles are measured too
};

struct ModelShapes {
    std::string name;
    std::vector<ShapeCount> shapes;
};

/// Shapes of published models, from their public config.json (hidden_size, intermediate_size, num_hidden_layers,
/// num_key_value_heads × head size, vocab_size, tied embeddings counted once): GPT-2, Qwen2.5 0.5B, 7B, 72B, Llama-3.1
/// 8B, 405B.
const std::vector<ModelShapes>& model_shapes();

}  // namespace specsweep::bench
