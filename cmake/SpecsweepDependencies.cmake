# Everything here is a Debian package; scripts/install-packages lists them.
# The C++ bindings left the standard in MPI 3; including them costs seconds a file.
set(MPI_CXX_SKIP_MPICXX ON)
find_package(MPI REQUIRED COMPONENTS CXX)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
# The generic libblas.so.3 / liblapack.so.3: ScaLAPACK resolves the same names, so that only one BLAS is ever loaded.
set(BLA_VENDOR Generic)
find_package(BLAS REQUIRED)
find_package(LAPACK REQUIRED)

# Debian names it after the MPI that it was built with; modules of clusters call it scalapack.
find_library(SCALAPACK_LIBRARY NAMES scalapack scalapack-openmpi scalapack-mpich)
if(NOT SCALAPACK_LIBRARY)
    message(FATAL_ERROR "ScaLAPACK was not found (matrices too large for one rank go to groups of ranks) "
        "install libscalapack-openmpi-dev, or set SCALAPACK_LIBRARY")
endif()
add_library(specsweep_scalapack INTERFACE)
target_link_libraries(specsweep_scalapack INTERFACE ${SCALAPACK_LIBRARY} MPI::MPI_CXX)

set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 REQUIRED COMPONENTS C)
if(NOT HDF5_IS_PARALLEL)
    message(FATAL_ERROR "HDF5 was found without MPI (specsweep writes result files from many ranks) "
        "install libhdf5-openmpi-dev or load a parallel HDF5 module")
endif()
if(NOT TARGET specsweep_hdf5_c)
    add_library(specsweep_hdf5_c INTERFACE)
    target_include_directories(specsweep_hdf5_c SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
    target_compile_definitions(specsweep_hdf5_c INTERFACE ${HDF5_C_DEFINITIONS})
    target_link_libraries(specsweep_hdf5_c INTERFACE ${HDF5_C_LIBRARIES})
endif()

find_library(XXHASH_LIBRARY xxhash REQUIRED)
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
add_library(specsweep_xxhash INTERFACE)
target_include_directories(specsweep_xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE_DIR})
target_link_libraries(specsweep_xxhash INTERFACE ${XXHASH_LIBRARY})

# The Python that has the distribution's h5py; the first python3 on PATH is often another one.
set(SPECSWEEP_PYTHON "" CACHE FILEPATH "python3 with numpy and h5py, for tests and reports")
if(NOT SPECSWEEP_PYTHON)
    foreach(candidate /usr/bin/python3 python3)
        execute_process(COMMAND ${candidate} -c "import h5py, numpy" RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
        if(result EQUAL 0)
            set(SPECSWEEP_PYTHON ${candidate} CACHE FILEPATH "" FORCE)
            break()
        endif()
    endforeach()
endif()
