"""What a module may include and link: the table of the architecture, as data.

A change here is a change of the architecture. Keys and values are folders of src/.
"""

# module -> modules it may name. What those may use may be included too: their headers speak of it.
MAY_USE = {
    "base": [],
    "mpi": ["base"],
    "hdf5": ["base", "mpi"],
    "checkpoint": ["base"],
    "quantize": ["base"],
    "linalg": ["base", "mpi"],
    "spectrum": ["linalg", "mpi", "base"],
    "metrics": ["base"],
    "measure": ["checkpoint", "quantize", "spectrum", "metrics"],
    "cost": ["base"],
    "sweep": ["checkpoint", "quantize", "cost", "base"],
    "results": ["hdf5", "sweep", "metrics", "base"],
    "verdicts": ["metrics", "results", "base"],
    "run": ["verdicts", "results", "sweep", "measure", "cost", "metrics", "spectrum", "linalg", "quantize", "checkpoint",
            "hdf5", "mpi", "base"],
    "slurm": ["sweep", "results", "base"],
    "train": ["checkpoint", "quantize", "spectrum", "results", "mpi"],
    # Not a folder of src/ but the measurements of bench/, which the verb `bench` runs.
    "bench": ["run", "slurm", "results", "sweep", "measure", "cost", "metrics", "spectrum", "linalg", "quantize", "checkpoint", "hdf5",
              "mpi", "base"],
    "cli": ["bench", "run", "slurm", "verdicts", "results", "sweep", "measure", "cost", "metrics", "spectrum", "linalg", "quantize",
            "checkpoint", "hdf5", "mpi", "base"],
}

# Third-party header (start of its name) -> the one module that may include it.
THIRD_PARTY_HEADERS = {
    "mpi.h": "mpi",
    "hdf5.h": "hdf5",
    "H5": "hdf5",
    "fmt/": "base",
    "spdlog/": "base",
    "openssl/": "base",
    "xxhash.h": "base",
    "zlib.h": "base",
    "nlohmann/": "base",
    "yaml-cpp/": "base",
    "cblas": "linalg",
    "lapacke": "linalg",
    "lapack.h": "linalg",
    "f77blas.h": "linalg",
    "elpa/": "linalg",
    "xsimd/": "spectrum",
    "hwy/": "spectrum",
    "immintrin.h": "quantize",  # searching a table of sixteen levels: compilers do not find the permutation
    "smmintrin.h": "base",  # multiplying without carries, with the next one: compilers do not find it for CRCs
    "wmmintrin.h": "base",
    "experimental/simd": "spectrum",
    "mustache": "slurm",
    "kainjow/": "slurm",
    "torch/": "train",
    "boost/program_options": "cli",
}

# CMake target of a third party (start of its name) -> the one module that may link it.
THIRD_PARTY_TARGETS = {
    "MPI::": "mpi",
    "specsweep_hdf5_c": "hdf5",
    "HDF5": "hdf5",
    "fmt::": "base",
    "spdlog::": "base",
    "OpenSSL::": "base",
    "specsweep_xxhash": "base",
    "ZLIB::": "base",
    "nlohmann_json::": "base",
    "yaml-cpp": "base",
    "BLAS::": "linalg",
    "LAPACK::": "linalg",
    "ScaLAPACK": "linalg",
    "scalapack": "linalg",
    "specsweep_scalapack": "linalg",
    "ELPA": "linalg",
    "xsimd": "spectrum",
    "hwy": "spectrum",
    "mustache": "slurm",
    "torch": "train",
    "Boost::program_options": "cli",
    "specsweep_bench": "cli",
}

# Link targets that are no library of anybody.
ANYBODY_MAY_LINK = {"Threads::Threads", "${CMAKE_DL_LIBS}"}

# Operating-system headers; the C++ library's have no dot. Everything else with a dot must stand above.
SYSTEM_HEADERS = {
    "dirent.h", "dlfcn.h", "errno.h", "fcntl.h", "glob.h", "limits.h", "netdb.h", "poll.h", "pthread.h", "pwd.h", "sched.h",
    "signal.h", "spawn.h", "stdint.h", "stdio.h", "stdlib.h", "string.h", "termios.h", "time.h", "unistd.h", "wordexp.h",
}
SYSTEM_FOLDERS = ("sys/", "linux/")

# Variables and macros of one MPI implementation; clusters run others. singleton.cpp holds what others ignore unharmed.
ONE_MPI_ONLY = r"\b(OMPI|MPICH|MV2|I_MPI|HYDRA|PMIX_MCA)_[A-Z]\w*"
ONE_MPI_MAY_BE_NAMED_IN = ("scripts/", "slurm/profiles/", "tests/", "docs/", "src/mpi/singleton.cpp")

MACHINE_PATHS = r"(?<![\w.$}])/(work|farm|root)/[\w.-]+"

LINE_LIMIT = 400
MAIN_LINE_LIMIT = 80


def reachable(module):
    """All modules that `module` may include from: what it may use, and what those may use."""
    found = set()
    waiting = list(MAY_USE.get(module, []))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(MAY_USE[name])
    return found
