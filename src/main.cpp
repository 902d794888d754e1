#include <string>
#include <vector>

#include "cli/program.hpp"

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return specsweep::cli::run_program(arguments);
}
