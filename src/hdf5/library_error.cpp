#include "hdf5/library_error.hpp"

#include <hdf5.h>

#include <vector>

namespace specsweep::hdf5 {

namespace {

herr_t collect(unsigned, const H5E_error2_t* entry, void* into)
{
    auto& messages = *static_cast<std::vector<std::string>*>(into);
    if (entry->desc != nullptr && *entry->desc != '\0')
        messages.emplace_back(entry->desc);
    return 0;
}

}  // namespace

void silence_library()
{
    // A file that could not be flushed (full disk) makes the exit handler of HDF5 1.10 crash; every file is closed by
    // its owner anyway. Counts only before the first other call.
    static const herr_t without_exit_handler = H5dont_atexit();
    static_cast<void>(without_exit_handler);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string take_error_stack()
{
    std::vector<std::string> messages;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, &collect, &messages);
    H5Eclear2(H5E_DEFAULT);
    std::string text;
    for (const std::string& message : messages) {
        if (!text.empty())
            text += "; ";
        text += message;
    }
    return text.empty() ? text : "HDF5: " + text;
}

void throw_io_error(std::string_view problem, std::string suggestion)
{
    throw IoError(std::string(problem), take_error_stack(), std::move(suggestion));
}

void throw_input_error(std::string_view problem, std::string why, std::string suggestion)
{
    if (why.empty())
        why = take_error_stack();
    throw InputError(std::string(problem), std::move(why), std::move(suggestion));
}

Handle owned(HandleKind kind, Id id, std::string_view problem)
{
    if (id < 0)
        throw_io_error(problem);
    return Handle(kind, id);
}

void require(int status, std::string_view problem)
{
    if (status < 0)
        throw_io_error(problem);
}

}  // namespace specsweep::hdf5
