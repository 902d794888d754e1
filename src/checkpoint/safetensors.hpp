#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Longest header that is read, as in the reference implementation.
inline constexpr std::int64_t longest_safetensors_header = 100'000'000;

/// A safetensors file: 8 bytes little-endian length N, N bytes of JSON
///
///     {"NAME": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [begin, end]}, …, "__metadata__": {"key": "text"}}
///
/// and data, in which begin and end count. Nothing in it is believed: N lies inside the file, every dtype is known,
/// shape · bits = 8 · (end − begin), and the tensors tile the data: no overlap, no hole, no rest.
/// @return the tensors in the order of their bytes.
/// @throws IoError: unreadable; InputError naming file and tensor.
/// Source: huggingface/safetensors, README "Format" and safetensors/src/tensor.rs.
std::vector<TensorLocation> read_safetensors_header(const std::filesystem::path& path);

/// The same for a header in memory. @param data_start offset of the data in the file.  @param data_size its bytes.
std::vector<TensorLocation> parse_safetensors_header(std::string_view header, const std::filesystem::path& file,
                                                     std::int64_t data_start, std::int64_t data_size);

}  // namespace specsweep::checkpoint
