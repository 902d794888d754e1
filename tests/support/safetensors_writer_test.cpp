#include "support/safetensors_writer.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/python.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep {
namespace {

// The reader is written from the format's description, without our code.
constexpr std::string_view reader = R"(
import json, struct, sys
import numpy as np
with open(sys.argv[1], "rb") as f:
    length, = struct.unpack("<Q", f.read(8))
    header = json.loads(f.read(length))
    data = f.read()
assert length % 8 == 0
for name in sorted(k for k in header if k != "__metadata__"):
    t = header[name]
    first, last = t["data_offsets"]
    kind = {"F32": "<f4", "I64": "<i8"}[t["dtype"]]
    print(name, t["dtype"], t["shape"], np.frombuffer(data[first:last], kind).tolist())
)";

TEST(SafetensorsWriter, IsReadByAnIndependentReader)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with numpy";
    const TemporaryFolder folder;
    const std::vector<float> weight = {1, 2, 3, 4, 5, 0.5};
    const std::vector<std::int64_t> ids = {7};
    SafetensorsWriter writer;
    writer.add("weight", DType::f32, {2, 3}, std::span<const float>(weight));
    writer.add("ids", DType::i64, {}, std::span<const std::int64_t>(ids));
    writer.write(folder / "model.safetensors");

    const PythonResult result = run_python(reader, {(folder / "model.safetensors").string()});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.output, "ids I64 [] [7]\nweight F32 [2, 3] [1.0, 2.0, 3.0, 4.0, 5.0, 0.5]\n");
}

}  // namespace
}  // namespace specsweep
