#include <cmath>

#include "base/error.hpp"
#include "base/format.hpp"
#include "hdf5/attribute.hpp"
#include "results/contents_io.hpp"
#include "results/layout.hpp"

namespace specsweep::results {

namespace at = layout::attribute;

namespace {

FileKind parse_kind(const std::string& text, const hdf5::File& file)
{
    for (const FileKind kind : {FileKind::shard, FileKind::aggregate, FileKind::provenance})
        if (text == name(kind))
            return kind;
    throw InputError(fmt::format("{} is not a result file this version knows", file.path().string()),
                     fmt::format("its kind is '{}'", text));
}

}  // namespace

void write_header(hdf5::File& file, const Header& header)
{
    const auto write = [&](std::string_view attribute, const auto& value) {
        hdf5::write_attribute(file, "/", attribute, value);
    };
    write(at::format, layout::format);
    write(at::format_version, layout::format_version);
    write(at::kind, name(header.kind));
    write(at::name, std::string_view(header.name));
    write(at::sweep_sha256, std::string_view(header.sweep_sha256));
    write(at::numerics_version, header.numerics_version);
    write(at::complete, header.complete);
    write(at::tolerance, header.tolerance);
    write(at::certificate, std::string_view(header.certificate));
    write(at::seed, header.seed);
    write(at::metrics, std::string_view(header.metrics));
    write(at::planned_units, header.planned_units);
    if (header.kind != FileKind::shard)
        return;
    write(at::cut_sha256, std::string_view(header.cut_sha256));
    write(at::shard, header.shard);
    write(at::shard_count, header.shard_count);
}

Header read_header(const hdf5::File& file)
{
    const auto text = [&](std::string_view attribute) { return hdf5::read_text_attribute(file, "/", attribute); };
    const auto integer = [&](std::string_view attribute) { return hdf5::read_integer_attribute(file, "/", attribute); };
    if (!hdf5::has_attribute(file, "/", at::format) || text(at::format) != layout::format)
        throw InputError(fmt::format("{} is not a result file of specsweep", file.path().string()),
                         fmt::format("its attribute format is not '{}'", layout::format));
    const std::int64_t version = integer(at::format_version);
    if (version < layout::oldest_format_version || version > layout::format_version)
        throw InputError(
            fmt::format("{} has format version {}", file.path().string(), version),
            fmt::format("this program knows versions {} to {}", layout::oldest_format_version, layout::format_version),
            "use the version of specsweep that wrote it, or a newer one");
    Header header;
    header.format_version = version;
    header.kind = parse_kind(text(at::kind), file);
    header.name = text(at::name);
    header.sweep_sha256 = text(at::sweep_sha256);
    header.numerics_version = integer(at::numerics_version);
    header.complete = integer(at::complete);
    header.tolerance = hdf5::read_real_attribute(file, "/", at::tolerance);
    header.certificate = text(at::certificate);
    header.seed = integer(at::seed);
    header.metrics = text(at::metrics);
    header.planned_units = integer(at::planned_units);
    if (header.kind == FileKind::shard) {
        header.cut_sha256 = text(at::cut_sha256);
        header.shard = integer(at::shard);
        header.shard_count = integer(at::shard_count);
    }
    if (header.planned_units < 0 || !(header.tolerance >= 0) || std::isinf(header.tolerance))
        throw InputError(fmt::format("{} is damaged", file.path().string()), "impossible root attributes");
    return header;
}

}  // namespace specsweep::results
