#include "results/static_crc.hpp"

#include <bit>
#include <span>

#include "base/hash.hpp"

namespace specsweep::results {

namespace {

static_assert(std::endian::native == std::endian::little, "the CRC is taken over little-endian bytes");

constexpr std::size_t most_bytes = std::size_t{1} << 16U;

void add_header(StaticCrc::Bytes& bytes, const Header& header)
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

void add_matrix(StaticCrc::Bytes& bytes, const MatrixRow& matrix)
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

}  // namespace

void StaticCrc::Bytes::append(const void* data, std::size_t size)
{
    const char* begin = static_cast<const char*>(data);
    bytes_.insert(bytes_.end(), begin, begin + size);
    if (bytes_.size() >= most_bytes)
        flush();
}

void StaticCrc::Bytes::flush()
{
    crc_ = crc32(std::as_bytes(std::span(bytes_)), crc_);
    bytes_.clear();
}

StaticCrc::StaticCrc(const Contents& tables)
{
    add_header(bytes_, tables.header);
    for (const CheckpointRow& checkpoint : tables.checkpoints) {
        bytes_.add(checkpoint.id);
        bytes_.add(checkpoint.step);
        bytes_.add(checkpoint.model_type);
    }
    for (const MatrixRow& matrix : tables.matrices)
        add_matrix(bytes_, matrix);
    for (const std::string& quantizer : tables.quantizers)
        bytes_.add(quantizer);
}

void StaticCrc::add(const Unit& unit)
{
    bytes_.add(unit.plan_row);
    bytes_.add(unit.id);
    bytes_.add(unit.matrix);
    bytes_.add(unit.quantizer);
    bytes_.add(unit.reference);
    bytes_.add(unit.solver);
    bytes_.add(unit.bits_per_weight);
    bytes_.add(unit.sigma_offset);
    bytes_.add(unit.sigma_count);
}

std::uint32_t StaticCrc::value()
{
    bytes_.flush();
    return bytes_.crc();
}

std::uint32_t static_crc(const Contents& contents)
{
    StaticCrc crc(contents);
    for (const UnitRow& unit : contents.units)
        crc.add({unit.plan_row, unit.id, unit.matrix, unit.quantizer, unit.reference, unit.solver, unit.bits_per_weight,
                 unit.sigma_offset, unit.sigma_count});
    return crc.value();
}

}  // namespace specsweep::results
