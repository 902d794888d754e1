#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quantize/block.hpp"
#include "quantize/registry.hpp"

namespace specsweep::quantize {

using Values = std::map<std::string, std::string, std::less<>>;

/// One parameter of a format: how it is described and how its value is made unique.
struct Parameter {
    ParameterDescription description;
    /// The canonical spelling of a value; nothing when it is not accepted.
    std::function<std::optional<std::string>(std::string_view)> normalise;
    /// Where the default depends on other parameters, which are complete; otherwise unset.
    std::function<std::string(const Values&)> dependent_default = {};
};

/// @param options the first is the default, unless `default_value` is given.
Parameter choice(std::string name, std::vector<std::string> options);
Parameter integer(std::string name, std::optional<int> default_value, int low, int high);
/// @param allows says which blocks the format can have, `accepted` says it for people.
Parameter block(std::string default_value, RunStyle style, std::string accepted,
                std::function<bool(const Block&)> allows);
/// The same where the format is defined for some blocks only. @param unofficial what else is accepted, for people
Parameter block(std::string default_value, RunStyle style, std::vector<std::string> official,
                const std::string& unofficial, std::function<bool(const Block&)> allows);

/// All parameters of a resolved text, typed.
class Arguments {
public:
    Arguments(std::string text, Values values) : text_(std::move(text)), values_(std::move(values)) {}

    const std::string& canonical() const { return text_; }
    const std::string& operator[](std::string_view name) const;
    int integer(std::string_view name) const;
    Block block(std::string_view name) const;
    bool is(std::string_view name, std::string_view value) const { return (*this)[name] == value; }

private:
    std::string text_;
    Values values_;
};

/// A format: what it is called, what it accepts, how it is made.
struct Format {
    std::string name;
    std::string summary;
    std::string source;
    std::vector<Parameter> parameters;
    std::function<std::unique_ptr<const Quantizer>(const Arguments&)> make;
    /// Combinations that each parameter alone would allow: throws UsageError. May be unset.
    std::function<void(const Arguments&)> check = {};
    /// Decoded levels of a block whose scale is 1; unset where they depend on data.
    std::function<std::vector<float>(const Arguments&)> levels = {};
};

}  // namespace specsweep::quantize
