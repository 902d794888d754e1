# specsweep_pytest(NAME FILE [TIMEOUT seconds] [LABELS labels…] [ENVIRONMENT NAME=value…])
#   One CTest test that runs FILE (relative to the current source folder) with the distribution's pytest. The script finds
#   what it needs in the environment: SPECSWEEP_PROGRAM, SPECSWEEP_SOURCE_DIR, SPECSWEEP_BUILD_DIR, SPECSWEEP_MPIRUN
#   (usage: $SPECSWEEP_MPIRUN RANKS PROGRAM ARGUMENTS…), SPECSWEEP_PYTHON. Without pytest the test shows as skipped.
if(SPECSWEEP_PYTHON)
    execute_process(COMMAND "${SPECSWEEP_PYTHON}" -c "import pytest" RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
else()
    set(result 1)
endif()
if(result EQUAL 0)
    set(SPECSWEEP_HAS_PYTEST TRUE)
else()
    set(SPECSWEEP_HAS_PYTEST FALSE)
    message(STATUS "No python3 with pytest, numpy and h5py: tests written in Python will show as skipped")
endif()

function(specsweep_pytest name file)
    cmake_parse_arguments(arg "" "TIMEOUT" "LABELS;ENVIRONMENT" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    set(environment
        "SPECSWEEP_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
        "SPECSWEEP_BUILD_DIR=${PROJECT_BINARY_DIR}"
        "SPECSWEEP_MPIRUN=${PROJECT_SOURCE_DIR}/tests/support/mpirun"
        "SPECSWEEP_PYTHON=${SPECSWEEP_PYTHON}"
        # These tests start programs with MPI, whose library keeps memory until exit; leaks are looked for in unit tests.
        ASAN_OPTIONS=detect_leaks=0
        PYTHONDONTWRITEBYTECODE=1)
    if(TARGET specsweep)
        list(APPEND environment "SPECSWEEP_PROGRAM=$<TARGET_FILE:specsweep>")
    endif()
    if(SPECSWEEP_HAS_PYTEST)
        add_test(NAME ${name}
            COMMAND "${SPECSWEEP_PYTHON}" -s -m pytest -q -ra -p no:cacheprovider --rootdir "${PROJECT_SOURCE_DIR}/tests"
                "--junitxml=${PROJECT_BINARY_DIR}/reports/${name}.xml" "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    else()
        add_test(NAME ${name} COMMAND "${CMAKE_COMMAND}" -E echo "SKIPPED: no python3 with pytest, numpy and h5py")
        set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED: no python3")
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${environment};${arg_ENVIRONMENT}")
    if(arg_LABELS)
        set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}")
    endif()
endfunction()
