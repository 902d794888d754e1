#include <bit>
#include <cstring>
#include <span>

#include "base/hash.hpp"
#include "results/contents.hpp"

namespace specsweep::results {

namespace {

static_assert(std::endian::native == std::endian::little, "the CRC is taken over little-endian bytes");

/// Bytes in the order of docs/result_file.md: integers and fp64 as 8 little-endian bytes, texts ended by a zero byte.
class Bytes {
public:
    void add(std::int64_t value) { append(&value, sizeof value); }
    void add(double value) { append(&value, sizeof value); }
    void add(std::string_view text)
    {
        append(text.data(), text.size());
        append("", 1);
    }
    std::uint32_t crc() const { return crc32(std::as_bytes(std::span(bytes_))); }

private:
    void append(const void* data, std::size_t size)
    {
        const char* begin = static_cast<const char*>(data);
        bytes_.insert(bytes_.end(), begin, begin + size);
    }
    std::vector<char> bytes_;
};

void add_header(Bytes& bytes, const Header& header)
{
    bytes.add(name(header.kind));
    bytes.add(header.name);
    bytes.add(header.sweep_sha256);
    bytes.add(header.numerics_version);
    bytes.add(header.tolerance);
    bytes.add(header.certificate);
    bytes.add(header.seed);
    bytes.add(header.metrics);
    bytes.add(header.planned_units);
    if (header.kind == FileKind::shard) {
        bytes.add(header.cut_sha256);
        bytes.add(header.shard);
        bytes.add(header.shard_count);
    }
}

void add_matrix(Bytes& bytes, const MatrixRow& matrix)
{
    bytes.add(matrix.plan_row);
    bytes.add(matrix.checkpoint);
    for (const std::string* text : {&matrix.name, &matrix.tensor, &matrix.slice, &matrix.role})
        bytes.add(*text);
    for (const std::int64_t number : {matrix.block_index, matrix.expert, matrix.rows, matrix.cols})
        bytes.add(number);
    for (const std::string* text : {&matrix.orientation, &matrix.dtype, &matrix.content_digest})
        bytes.add(*text);
}

void add_unit(Bytes& bytes, const UnitRow& unit)
{
    bytes.add(unit.plan_row);
    bytes.add(unit.id);
    bytes.add(unit.matrix);
    bytes.add(unit.quantizer);
    bytes.add(unit.reference);
    bytes.add(unit.solver);
    bytes.add(unit.bits_per_weight);
    bytes.add(unit.sigma_offset);
    bytes.add(unit.sigma_count);
}

}  // namespace

std::uint32_t static_crc(const Contents& contents)
{
    Bytes bytes;
    add_header(bytes, contents.header);
    for (const CheckpointRow& checkpoint : contents.checkpoints) {
        bytes.add(checkpoint.id);
        bytes.add(checkpoint.step);
        bytes.add(checkpoint.model_type);
    }
    for (const MatrixRow& matrix : contents.matrices)
        add_matrix(bytes, matrix);
    for (const std::string& quantizer : contents.quantizers)
        bytes.add(quantizer);
    for (const UnitRow& unit : contents.units)
        add_unit(bytes, unit);
    return bytes.crc();
}

}  // namespace specsweep::results
