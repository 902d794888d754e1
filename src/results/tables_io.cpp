#include "hdf5/attribute.hpp"
#include "results/contents_io.hpp"
#include "results/layout.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

namespace {

void write_checkpoints(hdf5::File& file, const std::vector<CheckpointRow>& rows)
{
    file.create_group(layout::checkpoints::group);
    write_text_member(file, layout::checkpoints::id, rows, &CheckpointRow::id);
    write_member(file, layout::checkpoints::step, rows, &CheckpointRow::step);
    write_text_member(file, layout::checkpoints::model_type, rows, &CheckpointRow::model_type);
}

/// Calls `text(path, member)` and `number(path, member)` for every column of /matrices: one list for writer and reader.
template <class Text, class Number>
void for_each_matrix_column(Text text, Number number)
{
    namespace at = layout::matrices;
    number(at::plan_row, &MatrixRow::plan_row);
    number(at::checkpoint, &MatrixRow::checkpoint);
    text(at::name, &MatrixRow::name);
    text(at::tensor, &MatrixRow::tensor);
    text(at::slice, &MatrixRow::slice);
    text(at::role, &MatrixRow::role);
    number(at::block_index, &MatrixRow::block_index);
    number(at::expert, &MatrixRow::expert);
    number(at::rows, &MatrixRow::rows);
    number(at::cols, &MatrixRow::cols);
    text(at::orientation, &MatrixRow::orientation);
    text(at::dtype, &MatrixRow::dtype);
    text(at::content_digest, &MatrixRow::content_digest);
}

template <class Text, class Number>
void for_each_unit_column(Text text, Number number)
{
    namespace at = layout::units;
    number(at::plan_row, &UnitRow::plan_row);
    text(at::id, &UnitRow::id, layout::id_width);
    number(at::matrix, &UnitRow::matrix);
    number(at::quantizer, &UnitRow::quantizer);
    number(at::reference, &UnitRow::reference);
    text(at::solver, &UnitRow::solver, layout::solver_width);
    number(at::bits_per_weight, &UnitRow::bits_per_weight);
    number(at::sigma_offset, &UnitRow::sigma_offset);
    number(at::sigma_count, &UnitRow::sigma_count);
}

std::size_t rows_of(const hdf5::File& file, std::string_view path)
{
    return static_cast<std::size_t>(hdf5::TextColumn::open(file, path).size());
}

}  // namespace

void write_lookup_tables(hdf5::File& file, const Contents& contents)
{
    write_checkpoints(file, contents.checkpoints);

    file.create_group(layout::matrices::group);
    for_each_matrix_column([&](auto path, auto member) { write_text_member(file, path, contents.matrices, member); },
                           [&](auto path, auto member) { write_member(file, path, contents.matrices, member); });

    file.create_group(layout::quantizers::group);
    const auto width = width_of(contents.quantizers, [](const std::string& text) -> std::string_view { return text; });
    auto quantizers = hdf5::TextColumn::create(file, layout::quantizers::text,
                                               static_cast<std::int64_t>(contents.quantizers.size()), width);
    quantizers.write(0, contents.quantizers);
}

void write_tables(hdf5::File& file, const Contents& contents)
{
    hdf5::write_attribute(file, "/", layout::attribute::static_crc, std::int64_t{static_crc(contents)});
    write_lookup_tables(file, contents);
    file.create_group(layout::units::group);
    for_each_unit_column(
        [&](auto path, auto member, auto fixed) { write_text_member(file, path, contents.units, member, fixed); },
        [&](auto path, auto member) { write_member(file, path, contents.units, member); });
}

Contents read_contents(const hdf5::File& file)
{
    Contents contents;
    contents.header = read_header(file);
    if (contents.header.kind == FileKind::provenance)
        throw InputError(fmt::format("{} holds no units", file.path().string()), "it is the provenance of an aggregate",
                         "give the file without .provenance");

    contents.checkpoints.resize(rows_of(file, layout::checkpoints::id));
    read_text_member(file, layout::checkpoints::id, contents.checkpoints, &CheckpointRow::id);
    read_member(file, layout::checkpoints::step, contents.checkpoints, &CheckpointRow::step);
    read_text_member(file, layout::checkpoints::model_type, contents.checkpoints, &CheckpointRow::model_type);

    contents.matrices.resize(rows_of(file, layout::matrices::name));
    for_each_matrix_column([&](auto path, auto member) { read_text_member(file, path, contents.matrices, member); },
                           [&](auto path, auto member) { read_member(file, path, contents.matrices, member); });

    contents.quantizers = hdf5::TextColumn::open(file, layout::quantizers::text).read_all();

    contents.units.resize(rows_of(file, layout::units::id));
    for_each_unit_column([&](auto path, auto member, auto) { read_text_member(file, path, contents.units, member); },
                         [&](auto path, auto member) { read_member(file, path, contents.units, member); });

    contents.sigma_total = hdf5::Column<double>::open(file, layout::spectra::sigma).size();
    check_contents(contents, file.path().string());
    return contents;
}

std::uint32_t stored_static_crc(const hdf5::File& file)
{
    return static_cast<std::uint32_t>(hdf5::read_integer_attribute(file, "/", layout::attribute::static_crc));
}

}  // namespace specsweep::results
