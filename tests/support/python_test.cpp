#include "support/python.hpp"

#include <gtest/gtest.h>

namespace specsweep {
namespace {

TEST(RunPython, GivesOutputAndExitCode)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py and numpy";
    const PythonResult result = run_python("import sys; print(sys.argv[1:]); sys.exit(3)", {"a b", "it's", "$HOME"});
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.output, "['a b', \"it's\", '$HOME']\n");
}

TEST(RunPython, HasNumpyAndH5py)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py and numpy";
    const PythonResult result = run_python("import h5py, numpy; print(numpy.float64(1) + 1)");
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(result.output, "2.0\n");
}

TEST(RunPython, ReportsAnExceptionAsFailure)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py and numpy";
    const PythonResult result = run_python("raise ValueError('seven')");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.output.find("ValueError: seven"), std::string::npos) << result.output;
}

}  // namespace
}  // namespace specsweep
