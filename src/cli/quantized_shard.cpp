#include "cli/quantized_shard.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <span>

#include "base/dtype.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/half.hpp"
#include "base/json.hpp"
#include "checkpoint/content_digest.hpp"
#include "checkpoint/safetensors.hpp"
#include "measure/unit_failure.hpp"
#include "quantize/registry.hpp"

namespace specsweep::cli {
namespace {

using checkpoint::TensorLocation;

std::size_t as_size(std::int64_t value)
{
    return static_cast<std::size_t>(value);
}

std::vector<std::byte> stored_bytes(const TensorLocation& tensor)
{
    std::vector<std::byte> bytes(as_size(tensor.bytes));
    FileDescriptor(tensor.file).read(bytes, tensor.offset);
    return bytes;
}

/// Puts `value` as element `index` of a tensor of this type. @return what is stored.
double store(DType type, std::vector<std::byte>& bytes, std::int64_t index, float value)
{
    const auto put = [&](auto bits) { std::memcpy(bytes.data() + as_size(index) * sizeof bits, &bits, sizeof bits); };
    switch (type) {
        case DType::bf16: {
            const std::uint16_t bits = float_to_bf16(value);
            put(bits);
            return bf16_to_float(bits);
        }
        case DType::f16: {
            const std::uint16_t bits = float_to_half(value);
            put(bits);
            return half_to_float(bits);
        }
        case DType::f64:
            put(static_cast<double>(value));
            return value;
        default:
            put(value);
            return value;
    }
}

bool can_store(DType type)
{
    return type == DType::bf16 || type == DType::f16 || type == DType::f32 || type == DType::f64;
}

/// One tensor with its selected matrices quantized.
class TensorWriter {
public:
    TensorWriter(const QuantizeRequest& request, measure::UnitMeter& meter, QuantizeOutcome& outcome)
        : request_(request), meter_(meter), outcome_(outcome)
    {
    }

    DType type_of(const TensorLocation& tensor) const { return request_.same_dtype ? tensor.dtype : DType::f32; }

    std::vector<std::byte> quantized(const TensorLocation& tensor,
                                     const std::vector<const checkpoint::Matrix*>& matrices)
    {
        const DType type = type_of(tensor);
        if (!can_store(type))
            throw UsageError(fmt::format("tensor {} cannot keep its dtype", tensor.name),
                             fmt::format("{} has no numbers to round to", specsweep::name(type)), "use --dtype f32");
        std::vector<std::byte> bytes = stored_bytes(tensor);
        if (type != tensor.dtype) {
            std::vector<float> widened(bytes.size() * 8 / as_size(bits(tensor.dtype)));
            widen(tensor.dtype, bytes, widened);
            bytes.resize(widened.size() * sizeof(float));
            std::memcpy(bytes.data(), widened.data(), bytes.size());
        }
        const Digest128 digest = checkpoint::content_digest(tensor);
        for (const checkpoint::Matrix* matrix : matrices)
            replace(tensor, *matrix, digest, type, bytes);
        return bytes;
    }

private:
    void replace(const TensorLocation& tensor, const checkpoint::Matrix& matrix, const Digest128& digest, DType type,
                 std::vector<std::byte>& bytes)
    {
        const checkpoint::Slice& slice = matrix.slice;
        const auto own = request_.layers.find(matrix.name);
        const std::string& quantizer = own == request_.layers.end() ? request_.quantizer : own->second;
        if (const auto refusal = quantize::make_quantizer(quantizer)->refuses(slice.rows, slice.cols)) {
            outcome_.left.emplace_back(matrix.name, *refusal);
            return;
        }
        const measure::MatrixInput input{.key = next_key_++,
                                         .location = &tensor,
                                         .slice = &slice,
                                         .content_digest = digest,
                                         .seed = static_cast<std::uint64_t>(request_.seed)};
        const auto sink = [&](std::int64_t first_row, std::int64_t rows, const float* decoded) {
            for (std::int64_t row = 0; row < rows; ++row)
                for (std::int64_t col = 0; col < slice.cols; ++col) {
                    const float value = decoded[row * slice.cols + col];
                    const double kept = store(type, bytes, slice.element(first_row + row, col), value);
                    outcome_.rounding_squared += (kept - value) * (kept - value);
                }
        };
        const measure::PairMoments moments = decode(matrix, input, quantizer, sink);
        if (!std::isfinite(moments.error_frobenius_squared))
            throw InputError(fmt::format("{} cannot be quantized to {}", matrix.name, quantizer),
                             "decoded values are not finite: its weights overflow the format's own binary32 sums",
                             "leave the matrix out with --role, or scale it down");
        outcome_.error_squared += moments.error_frobenius_squared;
        ++outcome_.matrices;
    }

    measure::PairMoments decode(const checkpoint::Matrix& matrix, const measure::MatrixInput& input,
                                const std::string& quantizer, const auto& sink)
    {
        try {
            return meter_.decode(input, quantizer, {}, sink);
        } catch (const measure::UnitFailure& failure) {
            throw InputError(fmt::format("{} cannot be quantized", matrix.name), failure.what());
        }
    }

    const QuantizeRequest& request_;
    measure::UnitMeter& meter_;
    QuantizeOutcome& outcome_;
    std::int64_t next_key_ = 0;
};

/// The header's "__metadata__", or null.
Json metadata_of(const std::filesystem::path& path)
{
    const FileDescriptor file(path);
    std::vector<std::byte> length(8);
    file.read(length, 0);
    std::uint64_t size = 0;
    std::memcpy(&size, length.data(), sizeof size);  // checked when the checkpoint was opened
    std::string header(size, '\0');
    file.read(std::as_writable_bytes(std::span(header)), 8);
    const Json json = parse_json(header, path.string());
    return json.contains("__metadata__") ? json.at("__metadata__") : Json();
}

std::int64_t elements(const TensorLocation& tensor)
{
    return tensor.bytes * 8 / bits(tensor.dtype);
}

std::string header_text(std::span<const TensorLocation> tensors, const Json& metadata, const auto& type_of)
{
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.is_null())
        header["__metadata__"] = metadata;
    std::int64_t offset = 0;
    for (const TensorLocation& tensor : tensors) {
        const DType type = type_of(tensor);
        const std::int64_t bytes = elements(tensor) * bits(type) / 8;
        header[tensor.name] = {{"dtype", std::string(specsweep::name(type))},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + bytes}}};
        offset += bytes;
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

void copy_bytes(const TensorLocation& tensor, std::ofstream& out)
{
    constexpr std::int64_t chunk = std::int64_t{4} << 20;
    const FileDescriptor file(tensor.file);
    std::vector<std::byte> buffer(as_size(std::min(chunk, tensor.bytes)));
    for (std::int64_t done = 0; done < tensor.bytes;) {
        const auto part = std::span(buffer).first(as_size(std::min(chunk, tensor.bytes - done)));
        file.read(part, tensor.offset + done);
        out.write(reinterpret_cast<const char*>(part.data()), static_cast<std::streamsize>(part.size()));
        done += static_cast<std::int64_t>(part.size());
    }
}

}  // namespace

void write_quantized_shard(const std::filesystem::path& from, const std::filesystem::path& to,
                           const SelectedMatrices& selected, const QuantizeRequest& request, measure::UnitMeter& meter,
                           QuantizeOutcome& outcome)
{
    std::vector<TensorLocation> tensors = checkpoint::read_safetensors_header(from);
    std::stable_sort(tensors.begin(), tensors.end(),
                     [](const TensorLocation& a, const TensorLocation& b) { return a.offset < b.offset; });
    TensorWriter writer(request, meter, outcome);
    const auto type_of = [&](const TensorLocation& tensor) {
        return selected.contains(tensor.name) ? writer.type_of(tensor) : tensor.dtype;
    };
    const std::string header = header_text(tensors, metadata_of(from), type_of);
    std::ofstream out(to, std::ios::binary | std::ios::trunc);
    const std::uint64_t length = header.size();
    out.write(reinterpret_cast<const char*>(&length), sizeof length);
    out.write(header.data(), static_cast<std::streamsize>(header.size()));
    for (const TensorLocation& tensor : tensors) {
        const auto found = selected.find(tensor.name);
        if (found == selected.end()) {
            copy_bytes(tensor, out);
            continue;
        }
        const std::vector<std::byte> bytes = writer.quantized(tensor, found->second);
        out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    out.flush();
    if (!out)
        throw IoError("cannot write " + to.string(), "the disk may be full");
}

}  // namespace specsweep::cli
