#include "hdf5/handle.hpp"

#include <hdf5.h>

#include <type_traits>
#include <utility>

namespace specsweep::hdf5 {

static_assert(std::is_same_v<decltype(hid_t{} + 0L), decltype(Id{} + 0L)> && sizeof(hid_t) == sizeof(Id));

Handle::Handle(Handle&& other) noexcept
    : kind_(std::exchange(other.kind_, HandleKind::none)), id_(std::exchange(other.id_, -1))
{
}

Handle& Handle::operator=(Handle&& other) noexcept
{
    if (this != &other) {
        release();
        kind_ = std::exchange(other.kind_, HandleKind::none);
        id_ = std::exchange(other.id_, -1);
    }
    return *this;
}

Id Handle::abandon() noexcept
{
    kind_ = HandleKind::none;
    return std::exchange(id_, -1);
}

bool Handle::release() noexcept
{
    const HandleKind kind = std::exchange(kind_, HandleKind::none);
    const Id id = std::exchange(id_, -1);
    switch (kind) {
        case HandleKind::none:
            return true;
        case HandleKind::file:
            return H5Fclose(id) >= 0;
        case HandleKind::group:
            return H5Gclose(id) >= 0;
        case HandleKind::dataset:
            return H5Dclose(id) >= 0;
        case HandleKind::space:
            return H5Sclose(id) >= 0;
        case HandleKind::type:
            return H5Tclose(id) >= 0;
        case HandleKind::properties:
            return H5Pclose(id) >= 0;
        case HandleKind::attribute:
            return H5Aclose(id) >= 0;
    }
    return false;
}

}  // namespace specsweep::hdf5
