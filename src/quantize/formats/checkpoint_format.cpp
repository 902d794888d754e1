#include <algorithm>

#include "base/error.hpp"
#include "quantize/formats/all.hpp"

namespace specsweep::quantize {

namespace {

/// The same matrix as somebody else's tool left it: Ŵ is read, nothing is computed.
class CheckpointQuantizer final : public Quantizer {
public:
    explicit CheckpointQuantizer(std::string text) : text_(std::move(text)) {}

    const std::string& text() const override { return text_; }
    StatisticsNeed needs() const override { return StatisticsNeed::none; }
    std::int64_t row_alignment(std::int64_t) const override { return 1; }
    std::optional<std::string> refuses(std::int64_t, std::int64_t) const override { return std::nullopt; }
    double bits_per_weight(std::int64_t, std::int64_t) const override { return 32; }

    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const override
    {
        if (statistics.second == nullptr)
            throw NotDefined(text_ + " is not defined here", "there is no second checkpoint",
                             "it works in plan and run, with path=FOLDER");
        statistics.second->read(in.first_row, in.rows, out);
        QuantizationCounts counts;
        for (std::int64_t i = 0; i < in.rows * in.cols; ++i) {
            out[i] += 0.0F;
            counts.zeroed += in.values[i] != 0 && out[i] == 0 ? 1 : 0;
        }
        return counts;
    }

private:
    std::string text_;
};

Parameter text_parameter(std::string name, std::string shown_default, std::string accepted,
                         bool (*accepts)(std::string_view))
{
    Parameter parameter;
    parameter.description = {std::move(name), std::move(shown_default), std::move(accepted)};
    parameter.normalise = [accepts](std::string_view value) -> std::optional<std::string> {
        return accepts(value) ? std::optional<std::string>(value) : std::nullopt;
    };
    parameter.dependent_default = [](const Values&) { return std::string(); };
    return parameter;
}

bool is_digest(std::string_view text)
{
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_path(std::string_view text)
{
    return !text.empty() && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 32; });
}

void check(const Arguments& arguments)
{
    if (arguments["path"].empty() == arguments["digest"].empty())
        throw UsageError("quantizer \"" + arguments.canonical() + "\" is not possible",
                         "it needs the folder of the other checkpoint", "write checkpoint:path=FOLDER");
}

}  // namespace

Format checkpoint_format()
{
    return {
        .name = "checkpoint",
        .summary = "the same matrix from another checkpoint",
        .source = "docs/quantizers.md, checkpoint; fine-tuned, pruned, or quantized by another tool",
        .parameters = {text_parameter("path", "", "a checkpoint folder, relative to the manifest", is_path),
                       text_parameter("digest", "made by plan",
                                      "32 hexadecimal digits, made by plan from what path holds", is_digest)},
        .make = [](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
            return std::make_unique<CheckpointQuantizer>(arguments.canonical());
        },
        .check = check,
    };
}

}  // namespace specsweep::quantize
