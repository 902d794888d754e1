#include "base/scratch_file.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/error.hpp"
#include "base/positioned_io.hpp"
#include "base/text.hpp"

namespace specsweep {

namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& folder, int error)
{
    throw IoError(std::string("cannot ") + what + " a scratch file in " + folder.string(), system_message(error),
                  "free some space or choose another place with -o");
}

}  // namespace

ScratchFile::ScratchFile(const std::filesystem::path& folder) : folder_(folder)
{
    std::string name = (folder / ".specsweep-scratch-XXXXXX").string();
    handle_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (handle_ < 0)
        fail("make", folder_, errno);
    ::unlink(name.c_str());
}

ScratchFile::~ScratchFile()
{
    ::close(handle_);
}

void ScratchFile::read(std::span<std::byte> bytes, std::int64_t offset) const
{
    const Transfer read = read_at(handle_, bytes, offset);
    if (read.error != 0)
        fail("read", folder_, read.error);
    std::ranges::fill(bytes.subspan(read.bytes), std::byte{0});
}

void ScratchFile::write(std::span<const std::byte> bytes, std::int64_t offset)
{
    const Transfer written = write_at(handle_, bytes, offset);
    if (written.error != 0)
        fail("write", folder_, written.error);
}

}  // namespace specsweep
