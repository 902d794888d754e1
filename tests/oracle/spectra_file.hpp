#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "oracle/cases.hpp"

namespace specsweep::oracle {

/// One line a matrix: name, FNV-1a of its fp64 entries, k, then the k singular values, descending, 21 digits each.
struct StoredSpectrum {
    std::string hash;
    std::vector<long double> sigma;
};

std::filesystem::path spectra_path();
std::map<std::string, StoredSpectrum> read_spectra(const std::filesystem::path&);
std::string to_line(const std::string& name, const StoredSpectrum&);
std::string hash_of(const spectrum::DenseMatrix&);

}  // namespace specsweep::oracle
