#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>

#include "dense_source.hpp"
#include "spectrum/spectrum.hpp"
#include "support/python.hpp"
#include "support/shared.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::spectrum {
namespace {

/// numpy reads the checkpoint, cuts the logical matrices and puts them beside the reference spectra (numpy.linalg.svd,
/// fp64): rows, cols as int64, the matrix as fp32, its singular values as fp64, one matrix after the other.
constexpr std::string_view extract = R"py(
import json, re, sys
from pathlib import Path
import h5py, numpy as np
model, reference, out = map(Path, sys.argv[1:4])
bf16 = lambda r: (np.frombuffer(r, '<u2').astype(np.uint32) << 16).view(np.float32)
READ = {'F32': lambda r: np.frombuffer(r, '<f4'), 'F16': lambda r: np.frombuffer(r, '<f2').astype(np.float32), 'BF16': bf16}
config = json.loads((model / 'config.json').read_text())
tensors = {}
for file in sorted(model.glob('*.safetensors')):
    raw = file.read_bytes()
    n = int.from_bytes(raw[:8], 'little')
    for name, t in json.loads(raw[8:8 + n]).items():
        if name != '__metadata__' and t['dtype'] in READ:
            a, b = t['data_offsets']
            tensors[name] = READ[t['dtype']](raw[8 + n + a:8 + n + b]).reshape(t['shape'])
with h5py.File(reference) as f, open(out, 'wb') as o:
    for name in f:
        base, _, part = name.partition('#')
        w = tensors[base]
        if config['model_type'] == 'gpt2' and re.search(r'c_attn|c_proj|c_fc', base):
            w = w.T
        if part:
            i = ['query', 'key', 'value'].index(part)
            if config['model_type'] == 'gpt2':
                w = np.split(w, 3, axis=0)[i]
            else:
                w = w.reshape(config['num_attention_heads'], 3, -1, w.shape[1])[:, i].reshape(-1, w.shape[1])
        o.write(np.array(w.shape, '<i8').tobytes())
        o.write(np.ascontiguousarray(w, '<f4').tobytes())
        o.write(f[name][...].astype('<f8').tobytes())
)py";

struct RealMatrix {
    DenseMatrix weights;
    std::vector<double> sigma;
};

std::optional<RealMatrix> next_matrix(std::istream& in)
{
    std::int64_t shape[2];
    if (!in.read(reinterpret_cast<char*>(shape), sizeof shape))
        return std::nullopt;
    RealMatrix matrix;
    std::vector<float> values(static_cast<std::size_t>(shape[0] * shape[1]));
    in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
    matrix.weights = {shape[0], shape[1], {values.begin(), values.end()}};
    matrix.sigma.resize(static_cast<std::size_t>(matrix.weights.width()));
    in.read(reinterpret_cast<char*>(matrix.sigma.data()),
            static_cast<std::streamsize>(matrix.sigma.size() * sizeof(double)));
    return matrix;
}

/// What is compared for one matrix; the reference itself is off by about 1e-15·σ₁·√n.
double median_slack(const RealMatrix& real, const Spectrum& computed)
{
    const double reference_error = 4 * 0x1p-52 * std::sqrt(static_cast<double>(real.weights.length())) * real.sigma[0];
    std::vector<double> slack;
    int violations = 0;
    for (std::size_t k = 0; k < real.sigma.size(); ++k) {
        const double observed = std::fabs(computed.sigma[k] - real.sigma[k]);
        violations += observed <= computed.error[k] + reference_error ? 0 : 1;
        EXPECT_LE(computed.error[k], std::max(1e-4 * computed.sigma[k], 1e-9 * computed.sigma[0]));
        slack.push_back(computed.error[k] / std::max(observed, 1e-3 * reference_error));
    }
    EXPECT_EQ(violations, 0);
    std::nth_element(slack.begin(), slack.begin() + std::ssize(slack) / 2, slack.end());
    return slack[slack.size() / 2];
}

class RealWeights : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(RealWeights, HaveTheSpectraOfTheReference)
{
    const auto& [folder, reference_name] = GetParam();
    SPECSWEEP_REQUIRE_SHARED(model, "models/" + folder);
    SPECSWEEP_REQUIRE_SHARED(reference, "reference/spectra/" + reference_name);
    if (!python_is_available())
        GTEST_SKIP() << "no python with numpy and h5py";
    const TemporaryFolder folder_for_matrices;
    const std::filesystem::path file = folder_for_matrices.path() / "matrices";
    const PythonResult extracted = run_python(extract, {model.string(), reference.string(), file.string()});
    ASSERT_EQ(extracted.exit_code, 0) << extracted.output;

    std::ifstream in(file, std::ios::binary);
    Workspace workspace;
    std::vector<double> slacks;
    int accurate = 0;
    while (const auto real = next_matrix(in)) {
        DenseSource source(real->weights);
        const Spectrum computed = compute_spectrum(source, {}, workspace);
        slacks.push_back(median_slack(*real, computed));
        accurate += computed.method == "qr-lapack" ? 1 : 0;
    }
    ASSERT_GE(slacks.size(), 20U);
    std::sort(slacks.begin(), slacks.end());
    std::cout << folder << ": " << slacks.size() << " matrices, " << accurate << " by the accurate path, median slack "
              << slacks[slacks.size() / 2] << ", largest " << slacks.back() << '\n';
    EXPECT_LT(slacks[slacks.size() / 2], 1000);
}

INSTANTIATE_TEST_SUITE_P(Models, RealWeights,
                         testing::Values(std::pair{"all-MiniLM-L6-v2", "all-MiniLM-L6-v2.h5"},
                                         std::pair{"shakespeare-gpt2/step0", "shakespeare-gpt2-step0.h5"},
                                         std::pair{"shakespeare-gpt2/step3000", "shakespeare-gpt2-step3000.h5"},
                                         std::pair{"shakespeare-neox/step1000", "shakespeare-neox-step1000.h5"},
                                         std::pair{"shakespeare-qwen2/step1000", "shakespeare-qwen2-step1000.h5"}));

}  // namespace
}  // namespace specsweep::spectrum
