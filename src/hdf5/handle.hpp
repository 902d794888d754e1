#pragma once

#include <cstdint>

namespace specsweep::hdf5 {

/// hid_t, spelled so that no header of ours pulls in <hdf5.h>.
using Id = std::int64_t;

enum class HandleKind { none, file, group, dataset, space, type, properties, attribute };

/// Owns one HDF5 identifier; releasing it is local to this rank (a parallel file is not: see File).
class Handle {
public:
    Handle() = default;
    Handle(HandleKind kind, Id id) : kind_(kind), id_(id) {}
    ~Handle() { release(); }
    Handle(Handle&& other) noexcept;
    Handle& operator=(Handle&& other) noexcept;

    Id id() const { return id_; }
    explicit operator bool() const { return kind_ != HandleKind::none; }

    /// Closes and says whether HDF5 agreed; does nothing when empty.
    bool release() noexcept;
    /// Gives the identifier up without closing it.
    Id abandon() noexcept;

private:
    HandleKind kind_ = HandleKind::none;
    Id id_ = -1;
};

}  // namespace specsweep::hdf5
