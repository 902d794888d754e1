#include "bench/schedule/model_shapes.hpp"

namespace specsweep::bench {
namespace {

struct Config {
    const char* name;
    std::int64_t hidden, inner, layers, key_value, vocabulary;
    int gates;             ///< 1: up and down; 2: gate, up and down
    int vocabulary_count;  ///< embedding and head, or one where they are tied
};

constexpr Config configs[] = {
    {"GPT-2", 768, 3072, 12, 768, 50257, 1, 1},           {"Qwen2.5-0.5B", 896, 4864, 24, 128, 151936, 2, 1},
    {"Qwen2.5-7B", 3584, 18944, 28, 512, 152064, 2, 2},   {"Llama-3.1-8B", 4096, 14336, 32, 1024, 128256, 2, 2},
    {"Qwen2.5-72B", 8192, 29568, 80, 1024, 152064, 2, 2}, {"Llama-3.1-405B", 16384, 53248, 126, 1024, 128256, 2, 2},
};

}  // namespace

const std::vector<ModelShapes>& model_shapes()
{
    static const std::vector<ModelShapes> all = [] {
        std::vector<ModelShapes> result;
        for (const Config& c : configs)
            result.push_back({c.name,
                              {{c.hidden, c.hidden, 2 * c.layers},  // query, output
                               {c.key_value, c.hidden, 2 * c.layers},
                               {c.inner, c.hidden, c.gates * c.layers},
                               {c.hidden, c.inner, c.layers},
                               {c.vocabulary, c.hidden, 1, true},
                               {c.vocabulary, c.hidden, c.vocabulary_count - 1}}});
        return result;
    }();
    return all;
}

}  // namespace specsweep::bench
