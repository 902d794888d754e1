#include "oracle/spectra_file.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "support/fnv1a.hpp"

namespace specsweep::oracle {

std::filesystem::path spectra_path()
{
    return std::filesystem::path(SPECSWEEP_SOURCE_DIR) / "tests/oracle/spectra.txt";
}

std::map<std::string, StoredSpectrum> read_spectra(const std::filesystem::path& path)
{
    std::map<std::string, StoredSpectrum> result;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string name, word;
        std::size_t count = 0;
        StoredSpectrum stored;
        words >> name >> stored.hash >> count;
        while (words >> word)
            stored.sigma.push_back(std::stold(word));
        if (stored.sigma.size() == count)
            result.emplace(name, std::move(stored));
    }
    return result;
}

std::string to_line(const std::string& name, const StoredSpectrum& stored)
{
    std::string line = name + ' ' + stored.hash + ' ' + std::to_string(stored.sigma.size());
    for (const long double sigma : stored.sigma) {
        char text[48];
        std::snprintf(text, sizeof text, " %.21Lg", sigma);
        line += text;
    }
    return line + '\n';
}

std::string hash_of(const spectrum::DenseMatrix& matrix)
{
    return fnv1a64_hex(std::span<const double>(matrix.values));
}

}  // namespace specsweep::oracle
