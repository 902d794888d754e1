# cmake -D OUTPUT=FILE.cpp -D "INPUTS=a.yaml;b.mustache" -P embed.cmake: the files as strings of the program.
list(LENGTH INPUTS count)
set(rows "")
foreach(input IN LISTS INPUTS)
    file(READ "${input}" text)
    get_filename_component(name "${input}" NAME)
    string(APPEND rows "    BuiltinText{\"${name}\", R\"text(${text})text\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include <array>

#include \"slurm/builtin_texts.hpp\"

namespace specsweep::slurm {
namespace {

constexpr std::array<BuiltinText, ${count}> texts{
${rows}};

}  // namespace

std::span<const BuiltinText> builtin_texts()
{
    return texts;
}

}  // namespace specsweep::slurm
")
