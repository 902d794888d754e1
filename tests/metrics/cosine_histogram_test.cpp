#include "metrics/cosine_histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace specsweep::metrics {
namespace {

TEST(CosineHistogram, EdgesAscendAndAreSymmetric)
{
    const auto edges = cosine_bin_edges();
    for (std::size_t i = 0; i + 1 < edges.size(); ++i)
        EXPECT_LT(edges[i], edges[i + 1]);
    for (std::size_t i = 0; i < edges.size(); ++i)
        EXPECT_EQ(edges[i], -edges[edges.size() - 1 - i]);
    EXPECT_EQ(edges.back(), 128);
    EXPECT_EQ(edges[20], -4);
    EXPECT_EQ(edges[52], 0);
    EXPECT_EQ(edges[85], 5);  // 4·(1 + 1/4)
}

TEST(CosineHistogram, EveryBinHoldsItsLowerEdgeAndItsMiddle)
{
    const auto edges = cosine_bin_edges();
    for (std::size_t i = 0; i < cosine_bins; ++i) {
        EXPECT_EQ(cosine_bin(edges[i]), i);
        EXPECT_EQ(cosine_bin((edges[i] + edges[i + 1]) / 2), i);
        EXPECT_EQ(cosine_bin(std::nextafter(edges[i + 1], -1000)), i);
    }
}

TEST(CosineHistogram, WhatLiesBeyondIsInTheOuterBins)
{
    EXPECT_EQ(cosine_bin(-1e9), 0U);
    EXPECT_EQ(cosine_bin(128), cosine_bins - 1);
    EXPECT_EQ(cosine_bin(1e9), cosine_bins - 1);
}

}  // namespace
}  // namespace specsweep::metrics
