# specsweep_embed(NAME FUNCTION name HEADER header FILES files…): the files as strings of module NAME, so that the program
# finds them wherever it is installed. `header` declares std::span<const BuiltinText> name() (base/builtin_text.hpp).
#
# As a script (cmake -D … -P) it writes that function.
if(CMAKE_SCRIPT_MODE_FILE)
    list(LENGTH FILES count)
    set(rows "")
    foreach(file IN LISTS FILES)
        file(READ "${file}" text)
        get_filename_component(name "${file}" NAME)
        string(APPEND rows "    BuiltinText{\"${name}\", R\"text(${text})text\"},\n")
    endforeach()
    file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

#include <array>

namespace specsweep::${MODULE} {
namespace {

constexpr std::array<BuiltinText, ${count}> texts{
${rows}};

}  // namespace

std::span<const BuiltinText> ${FUNCTION}()
{
    return texts;
}

}  // namespace specsweep::${MODULE}
")
    return()
endif()

set(specsweep_embed_script "${CMAKE_CURRENT_LIST_FILE}")

function(specsweep_embed name)
    cmake_parse_arguments(arg "" "FUNCTION;HEADER" "FILES" ${ARGN})
    set(output "${CMAKE_CURRENT_BINARY_DIR}/${arg_FUNCTION}.cpp")
    add_custom_command(OUTPUT "${output}"
        COMMAND "${CMAKE_COMMAND}" -D "OUTPUT=${output}" -D "MODULE=${name}" -D "FUNCTION=${arg_FUNCTION}"
            -D "HEADER=${arg_HEADER}" -D "FILES=${arg_FILES}" -P "${specsweep_embed_script}"
        DEPENDS ${arg_FILES} "${specsweep_embed_script}"
        COMMENT "Embedding ${arg_FUNCTION}"
        VERBATIM)
    target_sources(specsweep_${name} PRIVATE "${output}")
endfunction()
