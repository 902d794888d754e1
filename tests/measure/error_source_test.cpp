#include "measure/error_source.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "quantize/registry.hpp"
#include "stored_plane.hpp"

namespace specsweep::measure {
namespace {

/// E by hand, from one more reading of W and W̃.
std::vector<float> difference(StoredSource& stored, const quantize::Quantizer& quantizer,
                              const quantize::TensorStatistics& statistics)
{
    const auto elements = static_cast<std::size_t>(stored.rows() * stored.cols());
    std::vector<float> original(elements);
    std::vector<float> decoded(elements);
    stored.read(0, stored.rows(), original.data());
    QuantizedSource(stored, quantizer, statistics).read(0, stored.rows(), decoded.data());
    for (std::size_t i = 0; i < elements; ++i)
        decoded[i] -= original[i];
    return decoded;
}

/// Kept while the solver read, or made again from the file: the same numbers, however the rows are asked for.
TEST(ErrorSource, IsTheSameKeptAndMadeAgain)
{
    StoredPlane plane(700, 48, checkpoint::Orientation::out_in);
    checkpoint::PanelReader reader = plane.reader();
    StoredSource from_file(reader);
    const auto statistics = streamed_statistics(from_file);
    for (const char* text : {"int:block=16", "uniform", "nvfp4"}) {
        const auto quantizer = quantize::make_quantizer(text);
        const std::vector<float> expected = difference(from_file, *quantizer, statistics);

        HeldMatrix held;
        StoredSource from_memory(reader, held, 1);
        QuantizedSource keeping(from_memory, *quantizer, statistics);
        spectrum::Workspace workspace;
        keeping.keep_error(workspace);
        std::vector<float> part(100 * 48);
        keeping.read(512, 100, part.data());
        ASSERT_NE(keeping.kept_error(0), nullptr);
        EXPECT_EQ(ErrorSource(from_memory, keeping).resident(), keeping.kept_error(0));

        QuantizedSource forgetting(from_file, *quantizer, statistics);
        forgetting.keep_error(workspace);
        EXPECT_EQ(forgetting.kept_error(0), nullptr) << "the matrix is not in memory, E neither";

        for (QuantizedSource* source : {&keeping, &forgetting}) {
            StoredSource& stored = source == &keeping ? from_memory : from_file;
            ErrorSource error(stored, *source);
            std::vector<float> narrow(expected.size());
            std::vector<double> wide(expected.size());
            error.read(0, 256, narrow.data());
            error.read(256, 700 - 256, narrow.data() + 256 * 48);
            error.read(0, 700, wide.data());
            EXPECT_EQ(narrow, expected) << text;
            EXPECT_TRUE(std::equal(wide.begin(), wide.end(), expected.begin())) << text;
        }
    }
}

}  // namespace
}  // namespace specsweep::measure
