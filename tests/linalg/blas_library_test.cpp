#include "linalg/blas_library.hpp"

#include <gtest/gtest.h>

namespace specsweep::linalg {
namespace {

TEST(BlasLibrary, UsesOneThreadUnlessAsked)
{
    prepare_blas();
    const std::string description = blas_description();
    if (!blas_is_openblas())
        GTEST_SKIP() << "the BLAS here is " << description;
    EXPECT_NE(description.find("1 thread(s)"), std::string::npos) << description;
    set_blas_threads(2);
    prepare_blas();
    EXPECT_NE(blas_description().find("2 thread(s)"), std::string::npos);
    set_blas_threads(1);
}

}  // namespace
}  // namespace specsweep::linalg
