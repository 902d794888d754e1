# Writes OUTPUT with the git revision of SOURCE; leaves the file alone when nothing changed, so that nothing is rebuilt.
set(revision "unknown")
set(dirty "false")
find_program(GIT git)
if(GIT)
    execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse HEAD OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE
        RESULT_VARIABLE result ERROR_QUIET)
    if(result EQUAL 0)
        set(revision ${head})
        execute_process(COMMAND ${GIT} -C ${SOURCE} status --porcelain --untracked-files=no OUTPUT_VARIABLE changes
            ERROR_QUIET)
        if(NOT changes STREQUAL "")
            set(dirty "true")
        endif()
    endif()
endif()
set(text "#include \"cli/revision.hpp\"

namespace specsweep::cli {

const Revision& revision()
{
    static const Revision value{\"${VERSION}\", \"${revision}\", ${dirty}};
    return value;
}

}  // namespace specsweep::cli
")
set(old "")
if(EXISTS ${OUTPUT})
    file(READ ${OUTPUT} old)
endif()
if(NOT old STREQUAL text)
    file(WRITE ${OUTPUT} "${text}")
endif()
