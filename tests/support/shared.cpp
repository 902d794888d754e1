#include "support/shared.hpp"

#include <cstdlib>
#include <system_error>

namespace specsweep {

std::filesystem::path shared_root()
{
    if (const char* root = std::getenv("SPECSWEEP_SHARED"); root != nullptr && *root != '\0')
        return root;
    return std::filesystem::path(SPECSWEEP_SOURCE_DIR).parent_path() / "shared";
}

std::optional<std::filesystem::path> shared_path(const std::filesystem::path& relative)
{
    std::filesystem::path path = shared_root() / relative;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return std::nullopt;
    return path;
}

}  // namespace specsweep
