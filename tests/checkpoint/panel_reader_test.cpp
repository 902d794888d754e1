#include "checkpoint/panel_reader.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>

#include "base/error.hpp"
#include "checkpoint/safetensors.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::checkpoint {
namespace {

/// A tensor [2, 12, 10] whose element i is i, behind another tensor, so that offsets matter.
class PanelReaderTest : public ::testing::Test {
protected:
    static constexpr std::int64_t plane_rows = 12, plane_cols = 10;

    void SetUp() override
    {
        std::vector<float> values(2 * plane_rows * plane_cols);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>(i);
        const std::vector<float> before{-1, -2, -3};
        SafetensorsWriter writer;
        writer.add("a", DType::f32, {3}, std::span<const float>(before));
        writer.add("b", DType::f32, {2, plane_rows, plane_cols}, std::span<const float>(values));
        writer.write(folder_ / "model.safetensors");
        for (TensorLocation& tensor : read_safetensors_header(folder_ / "model.safetensors"))
            if (tensor.name == "b")
                location_ = tensor;
    }

    /// Every panel of every size must hold what Slice::element says.
    template <class T>
    void expect_all_panels(const Slice& slice, std::int64_t buffer_bytes)
    {
        PanelReader reader(location_, slice, buffer_bytes);
        for (std::int64_t count = 1; count <= slice.rows; ++count)
            for (std::int64_t first = 0; first + count <= slice.rows; ++first) {
                std::vector<T> panel(static_cast<std::size_t>(count * slice.cols), T{-7});
                reader.read_rows(first, count, panel);
                for (std::int64_t row = 0; row < count; ++row)
                    for (std::int64_t col = 0; col < slice.cols; ++col)
                        ASSERT_EQ(panel[static_cast<std::size_t>(row * slice.cols + col)],
                                  static_cast<T>(slice.element(first + row, col)))
                            << slice.canonical() << " buffer " << buffer_bytes << " panel " << first << "+" << count
                            << " at " << row << "," << col;
            }
    }

    TemporaryFolder folder_;
    TensorLocation location_;
};

std::vector<Slice> slices_of_all_kinds(std::int64_t rows, std::int64_t cols)
{
    std::vector<Slice> slices;
    for (const Orientation orientation : {Orientation::out_in, Orientation::in_out})
        for (const std::int64_t expert : {0, 1}) {
            Slice whole = Slice::whole(rows, cols, orientation);
            whole.first_element = expert * rows * cols;
            slices.push_back(whole);
            Slice last_half = whole;
            last_half.rows = whole.rows / 2;
            last_half.group_rows = last_half.rows;
            last_half.first = whole.rows - last_half.rows;
            slices.push_back(last_half);
            Slice alternating = last_half;
            alternating.first = 1;
            alternating.step = 2;
            slices.push_back(alternating);
            Slice per_head = whole;  // groups of 4: the second and third row of each
            per_head.rows = whole.rows / 4 * 2;
            per_head.group_rows = 2;
            per_head.group_stride = 4;
            per_head.first = 1;
            slices.push_back(per_head);
            Slice again = whole;  // the same rows again: nothing forbids it
            again.rows = 6;
            again.group_rows = 3;
            again.group_stride = 1;
            slices.push_back(again);
        }
    return slices;
}

TEST_F(PanelReaderTest, ReadsEveryPanelOfEverySliceThroughEveryBuffer)
{
    for (const Slice& slice : slices_of_all_kinds(plane_rows, plane_cols))
        for (const std::int64_t buffer : {1, 4, 12, 40, 48, 52, 100, 200, 480, 100000}) {
            expect_all_panels<float>(slice, buffer);
            expect_all_panels<double>(slice, buffer);
        }
}

TEST_F(PanelReaderTest, KnowsShapeAndType)
{
    const PanelReader reader(location_, Slice::whole(plane_rows, plane_cols, Orientation::in_out));
    EXPECT_EQ(reader.rows(), plane_cols);
    EXPECT_EQ(reader.cols(), plane_rows);
    EXPECT_EQ(reader.dtype(), DType::f32);
}

TEST_F(PanelReaderTest, ReadsNothingForNoRows)
{
    PanelReader reader(location_, Slice::whole(plane_rows, plane_cols));
    std::vector<float> none;
    EXPECT_NO_THROW(reader.read_rows(0, 0, none));
    EXPECT_NO_THROW(reader.read_rows(plane_rows, 0, none));
}

TEST_F(PanelReaderTest, RefusesRowsThatAreNotThere)
{
    PanelReader reader(location_, Slice::whole(plane_rows, plane_cols));
    std::vector<float> row(plane_cols);
    EXPECT_THROW(reader.read_rows(plane_rows, 1, row), InternalError);
    EXPECT_THROW(reader.read_rows(-1, 1, row), InternalError);
    EXPECT_THROW(reader.read_rows(0, 2, row), InternalError);
    EXPECT_THROW(reader.read_rows(0, std::numeric_limits<std::int64_t>::max(), row), InternalError);
}

TEST_F(PanelReaderTest, RefusesASliceOutsideTheTensor)
{
    EXPECT_THROW(PanelReader(location_, Slice::whole(plane_rows * 2 + 1, plane_cols)), InputError);
    Slice slice = Slice::whole(plane_rows, plane_cols);
    slice.first_element = 2 * plane_rows * plane_cols;
    EXPECT_THROW(PanelReader(location_, slice), InputError);
}

TEST_F(PanelReaderTest, RefusesADTypeThatIsNoWeight)
{
    location_.dtype = DType::i32;
    EXPECT_THROW(PanelReader(location_, Slice::whole(plane_rows, plane_cols)), InputError);
}

TEST_F(PanelReaderTest, NoticesAFileThatBecameShorter)
{
    const auto file = folder_ / "model.safetensors";
    const Slice slice = Slice::whole(plane_rows, plane_cols);
    PanelReader reader(location_, slice);
    std::vector<float> rows(plane_cols);
    reader.read_rows(0, 1, rows);
    std::filesystem::resize_file(file, static_cast<std::uintmax_t>(location_.offset + 40));
    EXPECT_NO_THROW(reader.read_rows(0, 1, rows));
    EXPECT_THROW(reader.read_rows(1, 1, rows), IoError);
    EXPECT_THROW(PanelReader(location_, slice), InputError);
    std::filesystem::remove(file);
    EXPECT_THROW(PanelReader(location_, slice), IoError);
}

TEST(PanelReaderTypes, WidensEveryWeightType)
{
    struct Case {
        DType dtype;
        std::vector<std::uint8_t> bytes;  // 1.5, -2 little-endian
    };
    const std::vector<Case> cases{
        {DType::f64, {0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0}},
        {DType::f32, {0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0}},
        {DType::f16, {0x00, 0x3e, 0x00, 0xc0}},
        {DType::bf16, {0xc0, 0x3f, 0x00, 0xc0}},
        {DType::f8_e4m3, {0x3c, 0xc0}},
        {DType::f8_e5m2, {0x3e, 0xc0}},
    };
    const TemporaryFolder folder;
    for (const Case& c : cases) {
        SafetensorsWriter writer;
        writer.add("w", c.dtype, {1, 2}, std::span<const std::uint8_t>(c.bytes));
        writer.write(folder / "w.safetensors");
        const auto tensors = read_safetensors_header(folder / "w.safetensors");
        for (const Orientation orientation : {Orientation::out_in, Orientation::in_out}) {
            PanelReader reader(tensors.at(0), Slice::whole(1, 2, orientation));
            std::vector<float> single(2);
            std::vector<double> both(2);
            reader.read_rows(0, reader.rows(), single);
            reader.read_rows(0, reader.rows(), both);
            EXPECT_EQ(single, (std::vector<float>{1.5F, -2.0F})) << specsweep::name(c.dtype);
            EXPECT_EQ(both, (std::vector<double>{1.5, -2.0})) << specsweep::name(c.dtype);
        }
    }
}

TEST(PanelReaderTypes, RoundsF64OnceAndKeepsItInDouble)
{
    const TemporaryFolder folder;
    const double third = 1.0 / 3;
    SafetensorsWriter writer;
    writer.add("w", DType::f64, {1, 1}, std::span<const double>(&third, 1));
    writer.write(folder / "w.safetensors");
    PanelReader reader(read_safetensors_header(folder / "w.safetensors").at(0), Slice::whole(1, 1));
    std::vector<float> single(1);
    std::vector<double> both(1);
    reader.read_rows(0, 1, single);
    reader.read_rows(0, 1, both);
    EXPECT_EQ(single[0], static_cast<float>(third));
    EXPECT_EQ(both[0], third);
}

}  // namespace
}  // namespace specsweep::checkpoint
