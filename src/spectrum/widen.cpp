#include "spectrum/widen.hpp"

#include "spectrum/simd.hpp"

namespace specsweep::spectrum {
namespace {

/// Transposes as many rows as they have entries, in registers: swaps single elements, then pairs, then fours.
SPECSWEEP_ALWAYS_INLINE void transpose_tile(Vec<8> (&r)[8])
{
    Vec<8> s[8];
    for (int i = 0; i < 8; i += 2) {
        s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int k = 0; k < 2; ++k) {
            r[i + k] = __builtin_shufflevector(s[i + k], s[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            r[i + k + 2] = __builtin_shufflevector(s[i + k], s[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int k = 0; k < 4; ++k) {
        s[k] = __builtin_shufflevector(r[k], r[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        s[k + 4] = __builtin_shufflevector(r[k], r[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (int i = 0; i < 8; ++i)
        r[i] = s[i];
}

SPECSWEEP_ALWAYS_INLINE void transpose_tile(Vec<4> (&r)[4])
{
    Vec<4> s[4];
    for (int i = 0; i < 4; i += 2) {
        s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 4, 2, 6);
        s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 5, 3, 7);
    }
    for (int k = 0; k < 2; ++k) {
        r[k] = __builtin_shufflevector(s[k], s[k + 2], 0, 1, 4, 5);
        r[k + 2] = __builtin_shufflevector(s[k], s[k + 2], 2, 3, 6, 7);
    }
}

SPECSWEEP_ALWAYS_INLINE void transpose_tile(Vec<2> (&r)[2])
{
    const Vec<2> first = __builtin_shufflevector(r[0], r[1], 0, 2);
    r[1] = __builtin_shufflevector(r[0], r[1], 1, 3);
    r[0] = first;
}

template <int tile, class T>
SPECSWEEP_ALWAYS_INLINE void widen_transposed_body(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    const std::int64_t whole_rows = out.rows - out.rows % tile;
    const std::int64_t whole_cols = out.cols - out.cols % tile;
    for (std::int64_t j = 0; j < whole_cols; j += tile)
        for (std::int64_t i = 0; i < whole_rows; i += tile) {
            Vec<tile> r[tile];
            for (int k = 0; k < tile; ++k)
                for (int l = 0; l < tile; ++l)
                    r[k][l] = static_cast<double>(in[(i + k) * ld + j + l]) * scale;
            transpose_tile(r);
            for (int k = 0; k < tile; ++k)
                __builtin_memcpy(out.data + i + (j + k) * out.ld, &r[k], sizeof r[k]);
        }
    for (std::int64_t i = 0; i < out.rows; ++i)
        for (std::int64_t j = i < whole_rows ? whole_cols : 0; j < out.cols; ++j)
            out.data[i + j * out.ld] = static_cast<double>(in[i * ld + j]) * scale;
}

template <class T>
SPECSWEEP_ALWAYS_INLINE void widen_body(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    for (std::int64_t j = 0; j < out.cols; ++j)
        for (std::int64_t i = 0; i < out.rows; ++i)
            out.data[i + j * out.ld] = static_cast<double>(in[j * ld + i]) * scale;
}

template <class T>
SPECSWEEP_TARGET_AVX512 void widen_transposed_avx512(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    widen_transposed_body<8>(in, ld, scale, out);
}

template <class T>
SPECSWEEP_TARGET_AVX2 void widen_transposed_avx2(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    widen_transposed_body<4>(in, ld, scale, out);
}

template <class T>
void widen_transposed_plain(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    widen_transposed_body<2>(in, ld, scale, out);
}

template <class T>
SPECSWEEP_TARGET_AVX512 void widen_avx512(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    widen_body(in, ld, scale, out);
}

template <class T>
void widen_plain(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    widen_body(in, ld, scale, out);
}

template <class T>
void widen_transposed_any(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    switch (widest_instruction_set()) {
        case InstructionSet::avx512:
            return widen_transposed_avx512(in, ld, scale, out);
        case InstructionSet::avx2:
            return widen_transposed_avx2(in, ld, scale, out);
        case InstructionSet::plain:
            return widen_transposed_plain(in, ld, scale, out);
    }
}

template <class T>
void widen_any(const T* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    if (widest_instruction_set() == InstructionSet::avx512)
        widen_avx512(in, ld, scale, out);
    else
        widen_plain(in, ld, scale, out);
}

}  // namespace

void widen_transposed(const float* in, std::int64_t ld, linalg::MatrixView out)
{
    widen_transposed_any(in, ld, 1.0, out);
}

void widen_transposed(const double* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    widen_transposed_any(in, ld, scale, out);
}

void widen(const float* in, std::int64_t ld, linalg::MatrixView out)
{
    widen_any(in, ld, 1.0, out);
}

void widen(const double* in, std::int64_t ld, double scale, linalg::MatrixView out)
{
    widen_any(in, ld, scale, out);
}

}  // namespace specsweep::spectrum
