#include <algorithm>
#include <iterator>
#include <map>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "sweep/manifest.hpp"

namespace specsweep::sweep {

namespace {

/// A JSON string is a YAML double-quoted one. `${` in a real folder name has no escape: the caller's shell expanded it.
std::string quoted(const std::string& text)
{
    return Json(text).dump();
}

std::filesystem::path clean(const std::filesystem::path& path)
{
    const auto whole = std::filesystem::absolute(path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

}  // namespace

std::string manifest_text(const ManifestArguments& arguments)
{
    std::map<std::string, int> uses;
    for (const auto& path : arguments.checkpoints)
        ++uses[clean(path).filename().string()];
    std::string text = fmt::format("name: {}\ncheckpoints:\n", quoted(arguments.name));
    for (const auto& path : arguments.checkpoints) {
        const auto folder = clean(path);
        const std::string name = folder.filename().string();
        text += fmt::format("  - {{id: {}, path: {}}}\n", quoted(uses[name] == 1 ? name : path.string()),
                            quoted(folder.string()));
    }
    const auto list = [](const std::vector<std::string>& items) {
        std::vector<std::string> parts;
        std::transform(items.begin(), items.end(), std::back_inserter(parts), quoted);
        return "[" + join(parts, ", ") + "]";
    };
    std::vector<std::string> architectures;
    for (const auto& file : arguments.architecture_files)
        architectures.push_back(clean(file).string());
    if (!architectures.empty())
        text += fmt::format("architectures: {}\n", list(architectures));
    if (!arguments.roles.empty())
        text += fmt::format("matrices: {{roles: {}}}\n", list(arguments.roles));
    if (!arguments.quantizers.empty())
        text += fmt::format("quantizers: {}\n", list(arguments.quantizers));
    if (arguments.tolerance)
        text += fmt::format("tolerance: {}\n", shortest_double(*arguments.tolerance));
    if (arguments.certificate)
        text += fmt::format("certificate: {}\n", quoted(*arguments.certificate));
    if (arguments.seed)
        text += fmt::format("seed: {}\n", *arguments.seed);
    return text;
}

Manifest manifest_from_arguments(const ManifestArguments& arguments)
{
    if (arguments.checkpoints.empty())
        throw UsageError("no checkpoint was given", {}, "give a manifest, or --checkpoint DIR");
    return parse_manifest(manifest_text(arguments), "command line", std::filesystem::current_path());
}

}  // namespace specsweep::sweep
