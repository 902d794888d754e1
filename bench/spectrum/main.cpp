// bench_spectrum [--json] [--repeats N] [--method NAME] [ROWSxCOLS…]
// bench_spectrum --share CHECKPOINT [QUANTIZER…]
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "base/error.hpp"
#include "base/json.hpp"
#include "bench/spectrum/accurate_share.hpp"
#include "bench/spectrum/bench_spectrum.hpp"

namespace {

specsweep::bench::Shape parse_shape(const std::string& text)
{
    specsweep::bench::Shape shape;
    if (std::sscanf(text.c_str(), "%ldx%ld", &shape.rows, &shape.cols) != 2 || shape.rows < 1 || shape.cols < 1)
        throw specsweep::UsageError("'" + text + "' is not a shape", {}, "write it like 768x3072");
    return shape;
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        if (argc > 2 && std::string(argv[1]) == "--share") {
            const specsweep::Json share = specsweep::bench::accurate_path_share(argv[2], {argv + 3, argv + argc});
            std::puts(share.dump(2).c_str());
            return 0;
        }
        specsweep::bench::SpectrumBenchOptions options;
        bool json = false;
        std::vector<specsweep::bench::Shape> shapes;
        for (int i = 1; i < argc; ++i) {
            const std::string argument = argv[i];
            const bool has_value = i + 1 < argc;
            if (argument == "--json") {
                json = true;
            } else if (argument == "--repeats" && has_value) {
                options.repeats = std::atoi(argv[++i]);
            } else if (argument == "--method" && has_value) {
                const auto method = specsweep::spectrum::parse_method(argv[++i]);
                if (!method)
                    throw specsweep::UsageError(std::string("unknown method ") + argv[i]);
                options.method = *method;
            } else {
                shapes.push_back(parse_shape(argument));
            }
        }
        if (!shapes.empty())
            options.shapes = shapes;
        const specsweep::Json result = specsweep::bench::bench_spectrum(options);
        std::fputs(json ? (result.dump(2) + "\n").c_str() : specsweep::bench::spectrum_bench_table(result).c_str(),
                   stdout);
        return 0;
    } catch (const specsweep::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return static_cast<int>(specsweep::ExitCode::internal);
    }
}
