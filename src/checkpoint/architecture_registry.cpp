#include "checkpoint/architecture_registry.hpp"

#include "base/file.hpp"
#include "checkpoint/architecture.hpp"
#include "checkpoint/builtin_architectures.hpp"

namespace specsweep::checkpoint {

const ArchitectureRegistry& ArchitectureRegistry::builtin()
{
    static const ArchitectureRegistry registry = [] {
        ArchitectureRegistry result;
        for (const BuiltinText& description : builtin_architectures())
            result.add(description.text, description.file);
        return result;
    }();
    return registry;
}

ArchitectureRegistry ArchitectureRegistry::extended_by(const std::filesystem::path& file) const
{
    constexpr std::int64_t longest = 1 << 20;
    return extended_by_text(read_text_file(file, longest), file.string());
}

ArchitectureRegistry ArchitectureRegistry::extended_by_text(std::string_view text, std::string_view source) const
{
    ArchitectureRegistry result = *this;
    result.add(text, source);
    return result;
}

const Architecture* ArchitectureRegistry::find(std::string_view model_type) const
{
    const auto found = architectures_.find(model_type);
    return found == architectures_.end() ? nullptr : found->second.get();
}

std::vector<std::string> ArchitectureRegistry::model_types() const
{
    std::vector<std::string> result;
    for (const auto& entry : architectures_)
        result.push_back(entry.first);
    return result;
}

void ArchitectureRegistry::add(std::string_view text, std::string_view source)
{
    auto architecture = std::make_shared<const Architecture>(parse_architecture(text, source));
    architectures_[architecture->model_type] = std::move(architecture);
}

}  // namespace specsweep::checkpoint
