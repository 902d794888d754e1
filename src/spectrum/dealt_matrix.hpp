#pragma once

#include "linalg/matrix_view.hpp"
#include "mpi/communicator.hpp"
#include "spectrum/dealt_columns.hpp"

namespace specsweep::spectrum {

/// The lower triangle of a symmetric matrix, its columns dealt to the ranks of a group (DealtColumns); a view of memory
/// that somebody else owns.
struct DealtMatrix {
    const mpi::Communicator& comm;
    DealtColumns columns;
    linalg::MatrixView local;  ///< order rows × extent(rank) columns; row index global
};

}  // namespace specsweep::spectrum
