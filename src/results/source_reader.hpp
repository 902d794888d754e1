#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "hdf5/file.hpp"
#include "results/collect.hpp"
#include "results/contents.hpp"
#include "results/read_ahead.hpp"
#include "results/source_block.hpp"
#include "results/unit_index.hpp"

namespace specsweep::results {

/// The source files of an aggregate, read twice by threads ahead of the one that asks: their tables, then all results.
class SourceReader {
public:
    explicit SourceReader(std::vector<std::filesystem::path> files);

    const std::vector<std::filesystem::path>& files() const { return files_; }

    /// Tables of all files, each verified; the index is finished then.
    /// @return headers, in the order of the files
    /// @throws InputError: damaged;  UsageError: of different sweeps
    std::vector<Header> index(UnitIndex&);

    /// Begins to read results, before anybody asks for them. @pre index() was called
    void start();
    /// All results of all files, in the order of the files. @pre start() was called. @throws InputError, IoError
    void collect(Collector&);

private:
    struct Opened {
        hdf5::File file;
        Contents contents;
    };
    void keep(std::size_t i, Opened&&);

    std::vector<std::filesystem::path> files_;
    std::vector<std::optional<Opened>> kept_;  ///< from the first time to the second, of as many files as little memory
    std::size_t kept_files_ = 0;
    std::int64_t kept_units_ = 0;
    std::unique_ptr<ReadAhead<SourceBlock>> ahead_;
};

}  // namespace specsweep::results
