#include "hdf5/file.hpp"

#include <hdf5.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "hdf5/attribute.hpp"
#include "hdf5/library_error.hpp"
#include "hdf5/seal.hpp"

namespace specsweep::hdf5 {

namespace {

void require_regular_file(const std::filesystem::path& path)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        throw IoError(fmt::format("cannot open {}", path.string()), error ? error.message() : system_message(ENOENT),
                      "check the path");
    if (!std::filesystem::is_regular_file(status))
        throw IoError(fmt::format("cannot open {}", path.string()), "it is not a regular file");
}

/// How one rank alone opens a file: without HDF5's locks. Leases keep runs apart (run/lease.hpp), and somebody who only
/// looks into a file must never stop the run that writes it. The environment's HDF5_USE_FILE_LOCKING has the last word.
Handle unlocked_access(const std::string& problem)
{
    Handle access = owned(HandleKind::properties, H5Pcreate(H5P_FILE_ACCESS), problem);
    require(H5Pset_file_locking(access.id(), false, true), problem);
    return access;
}

Handle open_alone(const std::filesystem::path& path, Access access)
{
    const std::string problem = fmt::format("cannot open {}", path.string());
    const Handle properties = unlocked_access(problem);
    const Id id = H5Fopen(path.c_str(), access == Access::write ? H5F_ACC_RDWR : H5F_ACC_RDONLY, properties.id());
    if (id < 0) {
        const std::string stack = take_error_stack();
        const bool is_hdf5 = H5Fis_hdf5(path.c_str()) > 0;
        H5Eclear2(H5E_DEFAULT);
        if (stack.find("unable to lock file") != std::string::npos)
            throw IoError(problem, stack, "set HDF5_USE_FILE_LOCKING=FALSE: specsweep needs no locks");
        if (stack.find("Permission denied") != std::string::npos)
            throw IoError(problem, stack);
        if (stack.find("truncated file") != std::string::npos)
            throw InputError(problem, "the file is truncated; " + stack);
        throw InputError(problem, is_hdf5 ? stack : "it is not an HDF5 file");
    }
    return Handle(HandleKind::file, id);
}

}  // namespace

File::File(std::filesystem::path path, Handle handle, bool collective)
    : path_(std::move(path)), handle_(std::move(handle)), collective_(collective)
{
}

File::File(File&& other) noexcept = default;

File& File::operator=(File&& other) noexcept
{
    if (this != &other) {
        drop();
        path_ = std::move(other.path_);
        handle_ = std::move(other.handle_);
        sealed_ = std::move(other.sealed_);
        raw_ = std::move(other.raw_);
        created_ = std::move(other.created_);
        collective_ = other.collective_;
        listed_only_ = other.listed_only_;
        unwinding_ = other.unwinding_;
    }
    return *this;
}

File::~File()
{
    drop();
}

void File::drop() noexcept
{
    if (collective_ && unwinding_.now())
        handle_.abandon();
    handle_.release();
}

File File::create(const std::filesystem::path& path, std::int64_t metadata_bytes)
{
    silence_library();
    const std::string problem = fmt::format("cannot create {}", path.string());
    const Handle access = unlocked_access(problem);
    require(H5Pset_meta_block_size(access.id(), checked_cast<hsize_t>(metadata_bytes)), problem);
    const Handle creation = owned(HandleKind::properties, H5Pcreate(H5P_FILE_CREATE), problem);
    require(H5Pset_obj_track_times(creation.id(), 0), problem);
    require(H5Pset_userblock(creation.id(), seal_bytes), problem);
    Handle file = owned(HandleKind::file, H5Fcreate(path.c_str(), H5F_ACC_EXCL, creation.id(), access.id()), problem);
    return File(path, std::move(file), false);
}

File File::open(const std::filesystem::path& path, Access access)
{
    silence_library();
    require_regular_file(path);
    auto sealed = check_seal(path);
    if (!sealed || access == Access::write)
        return File(path, open_alone(path, access), false);
    File file(path, Handle(), false);
    file.sealed_ = std::move(sealed);
    return file;
}

std::optional<File> File::open_listed(const std::filesystem::path& path)
{
    require_regular_file(path);
    auto sealed = check_seal(path);
    if (!sealed)
        return std::nullopt;
    File file(path, Handle(), false);
    file.sealed_ = std::move(sealed);
    file.listed_only_ = true;
    return file;
}

Id File::id() const
{
    if (listed_only_)
        throw NeedsLibrary();
    if (!handle_ && sealed_)
        handle_ = open_alone(path_, Access::read);
    return handle_.id();
}

File File::open_parallel(const std::filesystem::path& path, const mpi::Communicator& communicator)
{
    silence_library();
    const std::string problem = fmt::format("cannot open {} through MPI-IO", path.string());
    const Handle access = owned(HandleKind::properties, H5Pcreate(H5P_FILE_ACCESS), problem);
    require(H5Pset_fapl_mpio(access.id(), communicator.handle(), MPI_INFO_NULL), problem);
    Handle file = owned(HandleKind::file, H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()), problem);
    return File(path, std::move(file), true);
}

std::int64_t File::size_bytes() const
{
    // Its MPI driver does not know any more once a rank has written; nothing of such a file grows.
    if (collective_)
        return checked_cast<std::int64_t>(std::filesystem::file_size(path_));
    hsize_t bytes = 0;
    require(H5Fget_filesize(id(), &bytes), fmt::format("cannot tell the size of {}", path_.string()));
    return checked_cast<std::int64_t>(bytes);
}

std::shared_ptr<const RawFile> File::raw()
{
    if (!raw_ && !collective_)
        raw_ = std::make_shared<const RawFile>(path_);
    return raw_;
}

void File::create_group(std::string_view name)
{
    const std::string problem = fmt::format("cannot create group {} in {}", name, path_.string());
    const Handle creation = owned(HandleKind::properties, H5Pcreate(H5P_GROUP_CREATE), problem);
    require(H5Pset_obj_track_times(creation.id(), 0), problem);
    owned(HandleKind::group, H5Gcreate2(id(), std::string(name).c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
          problem);
}

bool File::contains(std::string_view object_path) const
{
    if (sealed_)
        return directory()->contains(object_path);
    std::size_t end = 1;
    while (end < object_path.size()) {
        end = object_path.find('/', end);
        if (end == std::string_view::npos)
            end = object_path.size();
        if (H5Lexists(id(), std::string(object_path.substr(0, end)).c_str(), H5P_DEFAULT) <= 0) {
            H5Eclear2(H5E_DEFAULT);
            return false;
        }
        ++end;
    }
    return true;
}

std::vector<std::string> File::names(std::string_view group) const
{
    std::vector<std::string> found;
    const auto visit = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
        static_cast<std::vector<std::string>*>(into)->emplace_back(name);
        return 0;
    };
    if (H5Literate_by_name(id(), std::string(group).c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &found,
                           H5P_DEFAULT) < 0)
        throw_input_error(fmt::format("cannot list {} of {}", group, path_.string()));
    return found;
}

Directory File::created() const
{
    Directory all{created_, root_attributes(*this)};
    const auto group_and_name = [](const Directory::Entry& entry) {
        const std::string_view path = entry.path;
        const std::size_t name = path.rfind('/');
        return std::pair(path.substr(0, name), path.substr(name));
    };
    std::sort(all.entries.begin(), all.entries.end(),
              [&](const auto& a, const auto& b) { return group_and_name(a) < group_and_name(b); });
    return all;
}

void File::flush()
{
    require(H5Fflush(id(), H5F_SCOPE_GLOBAL), fmt::format("cannot write {}", path_.string()));
}

void File::close()
{
    raw_.reset();
    if (!handle_.release())
        throw_io_error(fmt::format("cannot write {}", path_.string()));
}

}  // namespace specsweep::hdf5
