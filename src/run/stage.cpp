#include "run/stage.hpp"

#include <unistd.h>

#include <map>

#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "mpi/collectives.hpp"

namespace specsweep::run {
namespace {

/// A name that no other file of the sweep has, and the file's own for people.
std::filesystem::path staged_name(const std::filesystem::path& folder, const std::filesystem::path& file)
{
    return folder / fmt::format("{}-{}", sha256_hex(file.string()).substr(0, 16), file.filename().string());
}

/// @returns whether the copy is there now.
bool copy(const std::filesystem::path& from, const std::filesystem::path& to, std::int64_t size)
{
    std::error_code failure;
    std::filesystem::create_directories(to.parent_path(), failure);
    if (std::filesystem::exists(to, failure) &&
        static_cast<std::int64_t>(std::filesystem::file_size(to, failure)) == size)
        return true;
    const std::filesystem::path part = fmt::format("{}.{}.part", to.string(), ::getpid());
    std::filesystem::copy_file(from, part, std::filesystem::copy_options::overwrite_existing, failure);
    if (!failure)
        std::filesystem::rename(part, to, failure);
    if (!failure)
        return true;
    log_warning("{} is read where it lies ({}: {})", from.string(), to.parent_path().string(), failure.message());
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    return false;
}

}  // namespace

sweep::Plan stage_shard(const mpi::Communicator& world, const sweep::Plan& plan, std::int32_t shard,
                        const std::filesystem::path& folder)
{
    std::map<std::filesystem::path, std::int64_t> files;
    for (const sweep::PlanMatrix& matrix : plan.matrices)
        if (matrix.shard == shard)
            files.emplace(matrix.location.file, matrix.file_size);
    const mpi::Communicator node = world.split_by_node();
    std::string copied(files.size(), '-');
    if (node.is_root()) {
        std::size_t place = 0;
        for (const auto& [file, size] : files)
            copied[place++] = copy(file, staged_name(folder, file), size) ? 'y' : 'n';
    }
    mpi::broadcast(node, copied, 0);
    sweep::Plan staged = plan;
    for (sweep::PlanMatrix& matrix : staged.matrices) {
        const auto found = files.find(matrix.location.file);
        if (found != files.end() && copied[static_cast<std::size_t>(std::distance(files.begin(), found))] == 'y')
            matrix.location.file = staged_name(folder, found->first);
    }
    return staged;
}

}  // namespace specsweep::run
