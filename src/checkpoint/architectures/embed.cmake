# cmake -D OUTPUT=FILE.cpp -D "INPUTS=a.yaml;b.yaml" -P embed.cmake: the descriptions as strings of the program.
list(LENGTH INPUTS count)
set(rows "")
foreach(input IN LISTS INPUTS)
    file(READ "${input}" text)
    get_filename_component(name "${input}" NAME)
    string(APPEND rows "    ArchitectureText{\"${name}\", R\"yaml(${text})yaml\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include <array>

#include \"checkpoint/builtin_architectures.hpp\"

namespace specsweep::checkpoint {
namespace {

constexpr std::array<ArchitectureText, ${count}> texts{
${rows}};

}  // namespace

std::span<const ArchitectureText> builtin_architecture_texts()
{
    return texts;
}

}  // namespace specsweep::checkpoint
")
