#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::checkpoint {

struct Architecture;

/// What is known about each model_type: one data file each (folder architectures, whose README.md is the format).
class ArchitectureRegistry {
public:
    /// The files that are compiled in.
    static const ArchitectureRegistry& builtin();

    /// The same and the description in `file`; it replaces one of the same model_type.
    /// @throws IoError; UsageError with file:line:column when the description is wrong.
    ArchitectureRegistry extended_by(const std::filesystem::path& file) const;
    ArchitectureRegistry extended_by_text(std::string_view text, std::string_view source) const;

    /// nullptr for an unknown model_type.
    const Architecture* find(std::string_view model_type) const;

    /// Sorted.
    std::vector<std::string> model_types() const;

private:
    void add(std::string_view text, std::string_view source);

    std::map<std::string, std::shared_ptr<const Architecture>, std::less<>> architectures_;
};

}  // namespace specsweep::checkpoint
