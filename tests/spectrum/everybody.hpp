#pragma once

#include "mpi/communicator.hpp"
#include "spectrum/group_spectrum.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {

/// One group of all ranks for all tests: made once, kept, as a run does.
inline RankGroup& everybody()
{
    static RankGroup* const group = new RankGroup(mpi::Communicator::world().duplicate());  // lives as long as MPI
    return *group;
}

inline Spectrum by_group(const DenseMatrix& matrix, Method method, AccuratePath path = AccuratePath::where_needed,
                         Precision precision = Precision::fp32)
{
    DenseSource source(matrix, precision);
    Workspace workspace;
    SpectrumRequest request;
    request.method = method;
    request.accurate_path = path;
    return compute_group_spectrum(source, request, everybody(), workspace);
}

}  // namespace specsweep::spectrum
