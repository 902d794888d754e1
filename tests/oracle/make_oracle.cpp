// make_oracle [OLD] > spectra.txt: the spectra of all cases by one-sided Jacobi in 80-bit arithmetic. What OLD has of
// the same matrix is taken over. Minutes.
#include <cstdio>

#include "oracle/spectra_file.hpp"
#include "spectrum/long_double_oracle.hpp"

int main(int argc, char** argv)
{
    using namespace specsweep;
    std::map<std::string, oracle::StoredSpectrum> known;
    if (argc > 1)
        known = oracle::read_spectra(argv[1]);
    for (const oracle::Case& one : oracle::all_cases()) {
        const std::string hash = oracle::hash_of(one.matrix);
        const auto old = known.find(one.name);
        const oracle::StoredSpectrum stored =
            old != known.end() && old->second.hash == hash
                ? old->second
                : oracle::StoredSpectrum{hash, spectrum::singular_values_in_long_double(one.matrix)};
        std::fputs(oracle::to_line(one.name, stored).c_str(), stdout);
        std::fflush(stdout);
    }
    return 0;
}
