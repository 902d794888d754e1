#include <iostream>

#include "base/json.hpp"
#include "bench/quantize/bench_quantize.hpp"

/// bench_quantize [QUANTIZER…]: a table, and the same as JSON.
int main(int argc, char** argv)
{
    specsweep::bench::QuantizeBenchOptions options;
    options.texts.assign(argv + 1, argv + argc);
    const specsweep::Json result = specsweep::bench::bench_quantize(options);
    std::cout << specsweep::bench::quantize_bench_table(result) << result.dump() << '\n';
}
