#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.hpp"

namespace specsweep::cli {

/// Options of one verb: declared, parsed, asked for by name. Every verb has -h, -v, -q and --color besides its own.
class Options {
public:
    /// @param usage "specsweep plan MANIFEST [-o PLAN]";  @param about what the verb does, a sentence or more.
    Options(std::string usage, std::string about);
    ~Options();
    Options(Options&&) noexcept;
    Options& operator=(Options&&) noexcept;

    /// "output,o" declares --output and -o.
    Options& flag(std::string_view name, std::string_view help);
    Options& value(std::string_view name, std::string_view placeholder, std::string_view help);
    Options& values(std::string_view name, std::string_view placeholder, std::string_view help);  ///< one or more
    Options& positional(std::string_view name, int least, int most);  ///< most -1: any number

    /// @returns false when help was asked for and has been printed.  @throws UsageError with the nearest option.
    bool parse(Arguments arguments);

    bool has(std::string_view name) const;
    std::optional<std::string> text(std::string_view name) const;
    std::optional<std::int64_t> integer(std::string_view name) const;  ///< @throws UsageError when it is none
    std::vector<std::string> texts(std::string_view name) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// "4GiB", "512MB", "1e9" or plain bytes. @throws UsageError naming the option.
std::int64_t parse_bytes(std::string_view option, std::string_view text);

}  // namespace specsweep::cli
