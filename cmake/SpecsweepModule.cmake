# specsweep_module(NAME LINKS modules… [PRIVATE third-party targets…])
#   src/NAME/**.cpp → static library specsweep_NAME that may include and link the named modules only.
add_library(specsweep_options INTERFACE)
target_compile_options(specsweep_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -ffp-contract=off
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # GCC 12 sees overlaps in std::string that are not there (GCC bug 105651)
if(SPECSWEEP_WERROR)
    target_compile_options(specsweep_options INTERFACE -Werror)
endif()
if(SPECSWEEP_SANITIZE)
    target_compile_options(specsweep_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_link_options(specsweep_options INTERFACE -fsanitize=address,undefined)
endif()

function(specsweep_module name)
    cmake_parse_arguments(arg "" "" "LINKS;PRIVATE;PUBLIC" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
    add_library(specsweep_${name} STATIC ${sources})
    target_include_directories(specsweep_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
    list(TRANSFORM arg_LINKS PREPEND specsweep_)
    target_link_libraries(specsweep_${name} PUBLIC ${arg_LINKS} ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} specsweep_options)
endfunction()

# specsweep_test(NAME [LINKS more modules…] [TIMEOUT seconds]): tests/NAME/*_test.cpp → NAME_test, one CTest test.
function(specsweep_test name)
    cmake_parse_arguments(arg "" "TIMEOUT" "LINKS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp")
    list(FILTER sources EXCLUDE REGEX "_mpi_test\\.cpp$")
    list(TRANSFORM arg_LINKS PREPEND specsweep_)
    add_executable(${name}_test ${sources})
    target_link_libraries(${name}_test PRIVATE specsweep_${name} ${arg_LINKS} specsweep_test_support GTest::gtest_main
        GTest::gmock specsweep_options)
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    add_test(NAME ${name} COMMAND ${name}_test "--gtest_output=xml:${PROJECT_BINARY_DIR}/reports/${name}.xml")
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS unit)
endfunction()

# specsweep_mpi_test(NAME RANKS 1 2 … [LINKS more modules…] [TIMEOUT seconds]): tests/NAME/*_mpi_test.cpp → NAME_mpi_test,
# one CTest test a number of ranks; oversubscribed ranks yield when idle.
function(specsweep_mpi_test name)
    cmake_parse_arguments(arg "" "TIMEOUT" "LINKS;RANKS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_mpi_test.cpp")
    list(TRANSFORM arg_LINKS PREPEND specsweep_)
    add_executable(${name}_mpi_test ${sources})
    target_link_libraries(${name}_mpi_test PRIVATE specsweep_${name} ${arg_LINKS} specsweep_test_mpi_main specsweep_options)
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    foreach(ranks IN LISTS arg_RANKS)
        add_test(NAME ${name}_mpi_${ranks}
            COMMAND "${PROJECT_SOURCE_DIR}/tests/support/mpirun" ${ranks} $<TARGET_FILE:${name}_mpi_test>
                "--gtest_output=xml:${PROJECT_BINARY_DIR}/reports/${name}_mpi_${ranks}.xml")
        set_tests_properties(${name}_mpi_${ranks} PROPERTIES TIMEOUT ${arg_TIMEOUT} PROCESSORS ${ranks}
            LABELS "mpi")
    endforeach()
endfunction()
