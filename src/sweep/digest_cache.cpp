#include "sweep/digest_cache.hpp"

#include <chrono>
#include <cstdlib>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "checkpoint/content_digest.hpp"

namespace specsweep::sweep {

namespace {

namespace fs = std::filesystem;

constexpr int cache_version = 1;
constexpr std::int64_t settled_ns = 2'000'000'000;

std::int64_t now_ns()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string file_key(const fs::path& file)
{
    std::error_code error;
    const fs::path real = fs::canonical(file, error);
    return (error ? file : real).string();
}

}  // namespace

std::optional<fs::path> default_digest_cache()
{
    const auto variable = [](const char* name) -> std::optional<fs::path> {
        const char* value = std::getenv(name);
        if (value == nullptr || *value != '/')
            return std::nullopt;
        return fs::path(value);
    };
    if (const auto cache = variable("XDG_CACHE_HOME"))
        return *cache / "specsweep" / "digests.json";
    if (const auto home = variable("HOME"))
        return *home / ".cache" / "specsweep" / "digests.json";
    return std::nullopt;
}

DigestCache::DigestCache(std::optional<fs::path> file) : path_(std::move(file))
{
    std::error_code ignored;
    if (!path_ || !fs::exists(*path_, ignored))
        return;
    try {
        const Json document = parse_json(read_text_file(*path_), path_->string());
        if (document.at("version") != cache_version)
            return;
        for (const auto& [name, entry] : document.at("files").items()) {
            File file{{entry.at("size").get<std::int64_t>(), entry.at("mtime_ns").get<std::int64_t>()}, {}};
            for (const auto& [tensor, digest] : entry.at("tensors").items())
                if (const auto parsed = Digest128::from_hex(digest.get<std::string>()))
                    file.tensors.emplace(tensor, *parsed);
            files_.emplace(name, std::move(file));
        }
    } catch (const std::exception&) {
        files_.clear();
    }
}

Digest128 DigestCache::digest(const checkpoint::TensorLocation& location, const FileStamp& stamp)
{
    if (location.packing)  // parts in several files: one stamp does not vouch for them
        return checkpoint::content_digest(location);
    File& file = files_[file_key(location.file)];
    if (!(file.stamp == stamp))
        file = {stamp, {}};
    const std::string tensor = fmt::format("{}+{}", location.offset, location.bytes);
    const auto known = file.tensors.find(tensor);
    if (known != file.tensors.end())
        return known->second;
    const Digest128 digest = checkpoint::content_digest(location);
    file.tensors.emplace(tensor, digest);
    changed_ = true;
    return digest;
}

void DigestCache::save() const
{
    if (!path_ || !changed_)
        return;
    try {
        Json files = Json::object();
        for (const auto& [name, file] : files_) {
            if (file.stamp.modified_ns > now_ns() - settled_ns)
                continue;
            Json tensors = Json::object();
            for (const auto& [tensor, digest] : file.tensors)
                tensors[tensor] = digest.hex();
            files[name] = {{"size", file.stamp.size}, {"mtime_ns", file.stamp.modified_ns}, {"tensors", tensors}};
        }
        fs::create_directories(path_->parent_path());
        write_text_file_atomically(*path_, canonical_json({{"version", cache_version}, {"files", files}}) + "\n");
    } catch (const std::exception&) {
        // The next plan computes the digests again.
    }
}

}  // namespace specsweep::sweep
