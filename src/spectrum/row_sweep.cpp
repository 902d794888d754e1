#include "spectrum/row_sweep.hpp"

#include "base/error.hpp"
#include "spectrum/load_widened.hpp"

namespace specsweep::spectrum {
namespace {

constexpr int width = static_cast<int>(sweep_width);

template <int lanes>
SPECSWEEP_ALWAYS_INLINE double lane_sum(const Vec<lanes>& x)
{
    double sum = 0;
    for (int i = 0; i < lanes; ++i)
        sum += x[i];
    return sum;
}

/// `rows` rows at once: their products with X, then what they add to Z.
template <int lanes, int rows, class T>
SPECSWEEP_ALWAYS_INLINE void sweep_few(const T* p, std::int64_t n, linalg::ConstMatrixView x, linalg::MatrixView z,
                                       double* squares)
{
    const std::int64_t whole = n - n % lanes;
    Vec<lanes> sum[rows][width];
    for (int r = 0; r < rows; ++r)
        for (int q = 0; q < width; ++q)
            sum[r][q] = Vec<lanes>{};
    for (std::int64_t j = 0; j < whole; j += lanes) {
        Vec<lanes> v[width];
        for (int q = 0; q < width; ++q)
            __builtin_memcpy(&v[q], x.data + q * x.ld + j, sizeof v[q]);
        for (int r = 0; r < rows; ++r) {
            Vec<lanes> entries;
            load_widened<lanes>(p + r * n + j, entries);
            for (int q = 0; q < width; ++q)
                sum[r][q] += entries * v[q];
        }
    }
    double y[rows][width];
    for (int r = 0; r < rows; ++r)
        for (int q = 0; q < width; ++q) {
            y[r][q] = lane_sum<lanes>(sum[r][q]);
            for (std::int64_t j = whole; j < n; ++j)
                y[r][q] += static_cast<double>(p[r * n + j]) * x.data[q * x.ld + j];
            squares[q] += y[r][q] * y[r][q];
        }
    for (std::int64_t j = 0; j < whole; j += lanes) {
        Vec<lanes> total[width];
        for (int q = 0; q < width; ++q)
            __builtin_memcpy(&total[q], z.data + q * z.ld + j, sizeof total[q]);
        for (int r = 0; r < rows; ++r) {
            // The rows that come next: these are in the cache already, so that memory would have nothing to do now.
            __builtin_prefetch(p + (r + rows) * n + j, 0, 2);
            Vec<lanes> entries;
            load_widened<lanes>(p + r * n + j, entries);
            for (int q = 0; q < width; ++q)
                total[q] += y[r][q] * entries;
        }
        for (int q = 0; q < width; ++q)
            __builtin_memcpy(z.data + q * z.ld + j, &total[q], sizeof total[q]);
    }
    for (std::int64_t j = whole; j < n; ++j)
        for (int r = 0; r < rows; ++r)
            for (int q = 0; q < width; ++q)
                z.data[q * z.ld + j] += y[r][q] * static_cast<double>(p[r * n + j]);
}

template <int lanes, int rows_at_once, class T>
SPECSWEEP_ALWAYS_INLINE void sweep_body(const T* p, std::int64_t count, linalg::ConstMatrixView x, linalg::MatrixView z,
                                        double* squares)
{
    const std::int64_t n = x.rows;
    std::int64_t i = 0;
    for (; i + rows_at_once <= count; i += rows_at_once)
        sweep_few<lanes, rows_at_once>(p + i * n, n, x, z, squares);
    for (; i < count; ++i)
        sweep_few<lanes, 1>(p + i * n, n, x, z, squares);
}

template <class T>
SPECSWEEP_TARGET_AVX512 void sweep_avx512(const T* p, std::int64_t count, linalg::ConstMatrixView x,
                                          linalg::MatrixView z, double* squares)
{
    sweep_body<8, 4>(p, count, x, z, squares);
}

template <class T>
SPECSWEEP_TARGET_AVX2 void sweep_avx2(const T* p, std::int64_t count, linalg::ConstMatrixView x, linalg::MatrixView z,
                                      double* squares)
{
    sweep_body<4, 2>(p, count, x, z, squares);
}

template <class T>
void sweep_plain(const T* p, std::int64_t count, linalg::ConstMatrixView x, linalg::MatrixView z, double* squares)
{
    sweep_body<2, 2>(p, count, x, z, squares);
}

template <class T>
void sweep(const T* p, std::int64_t count, linalg::ConstMatrixView x, linalg::MatrixView z, double* squares,
           InstructionSet instructions)
{
    if (x.cols != sweep_width || z.cols != sweep_width || x.rows != z.rows)
        throw InternalError("shapes of a sweep over rows do not fit");
    if (instructions == InstructionSet::avx512)
        sweep_avx512(p, count, x, z, squares);
    else
        (instructions == InstructionSet::avx2 ? sweep_avx2<T> : sweep_plain<T>)(p, count, x, z, squares);
}

}  // namespace

void sweep_rows(const float* rows, std::int64_t count, linalg::ConstMatrixView x, linalg::MatrixView z, double* squares,
                InstructionSet instructions)
{
    sweep(rows, count, x, z, squares, instructions);
}

void sweep_rows(const double* rows, std::int64_t count, linalg::ConstMatrixView x, linalg::MatrixView z,
                double* squares, InstructionSet instructions)
{
    sweep(rows, count, x, z, squares, instructions);
}

}  // namespace specsweep::spectrum
