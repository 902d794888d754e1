#include "bench/spectrum/accurate_share.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/panel_reader.hpp"
#include "measure/quantized_source.hpp"
#include "quantize/registry.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::bench {
namespace {

class ShareCounter {
public:
    explicit ShareCounter(const std::vector<double>& tolerances) : tolerances_(tolerances), accurate_(tolerances.size())
    {
    }

    void add(spectrum::PanelSource& source)
    {
        spectrum::SpectrumRequest request;
        request.accurate_path = spectrum::AccuratePath::never;
        const spectrum::Spectrum gram = spectrum::compute_spectrum(source, request, workspace_);
        ++units_;
        for (std::size_t t = 0; t < tolerances_.size(); ++t)
            accurate_[t] += spectrum::needs_accurate_path(gram, source.rows(), source.cols(), tolerances_[t]) ? 1 : 0;
    }

    Json result(const std::string& checkpoint) const
    {
        Json rows = Json::array();
        for (std::size_t t = 0; t < tolerances_.size(); ++t)
            rows.push_back({{"tolerance", tolerances_[t]},
                            {"accurate", accurate_[t]},
                            {"share", static_cast<double>(accurate_[t]) /
                                          static_cast<double>(std::max<std::int64_t>(1, units_))}});
        return {{"checkpoint", checkpoint}, {"units", units_}, {"rows", rows}};
    }

private:
    std::vector<double> tolerances_;
    std::vector<std::int64_t> accurate_;
    std::int64_t units_ = 0;
    spectrum::Workspace workspace_;
};

}  // namespace

Json accurate_path_share(const std::filesystem::path& path, const std::vector<std::string>& quantizers,
                         const std::vector<double>& tolerances, std::int64_t most_rows)
{
    const auto checkpoint = checkpoint::Checkpoint::open(path);
    ShareCounter counter(tolerances);
    for (const checkpoint::Matrix& matrix : checkpoint.inventory().matrices) {
        if (matrix.slice.rows > most_rows)
            continue;
        checkpoint::PanelReader reader(checkpoint.tensor(matrix.tensor), matrix.slice);
        measure::StoredSource stored(reader);
        counter.add(stored);
        const quantize::TensorStatistics statistics = measure::streamed_statistics(stored);
        for (const std::string& text : quantizers) {
            const auto quantizer = quantize::make_quantizer(text);
            if (quantizer->refuses(matrix.slice.rows, matrix.slice.cols))
                continue;
            measure::QuantizedSource quantized(stored, *quantizer, statistics);
            counter.add(quantized);
        }
    }
    return counter.result(path.filename().string());
}

}  // namespace specsweep::bench
