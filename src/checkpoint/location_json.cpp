#include "checkpoint/location_json.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "checkpoint/packing.hpp"

namespace specsweep::checkpoint {

Json location_json(const TensorLocation& location)
{
    Json json{{"name", location.name},     {"file", location.file.string()},
              {"offset", location.offset}, {"bytes", location.bytes},
              {"shape", location.shape},   {"dtype", std::string(specsweep::name(location.dtype))}};
    if (location.packing)
        json["packing"] = packing_text(*location.packing);
    return json;
}

TensorLocation location_from_json(const Json& json)
{
    TensorLocation location;
    location.name = json.at("name").get<std::string>();
    location.file = json.at("file").get<std::string>();
    location.offset = json.at("offset").get<std::int64_t>();
    location.bytes = json.at("bytes").get<std::int64_t>();
    location.shape = json.at("shape").get<std::vector<std::int64_t>>();
    const auto dtype = parse_dtype(json.at("dtype").get<std::string>());
    if (!dtype)
        throw InputError("a tensor has an unknown dtype", location.name, "plan again with this version");
    location.dtype = *dtype;
    if (json.contains("packing"))
        location.packing = packing_from_text(json.at("packing").get<std::string>());
    return location;
}

Json slice_json(const Slice& slice)
{
    return Json::array({slice.name, std::string(name(slice.orientation)), slice.first_element, slice.stored_rows,
                        slice.stored_cols, slice.rows, slice.cols, slice.first, slice.group_rows, slice.group_stride,
                        slice.step});
}

Slice slice_from_json(const Json& json)
{
    const auto number = [&](std::size_t index) { return json.at(index).get<std::int64_t>(); };
    const auto orientation = parse_orientation(json.at(1).get<std::string>());
    if (!orientation)
        throw InputError("a slice has an unknown orientation", json.at(1).get<std::string>());
    Slice slice;
    slice.name = json.at(0).get<std::string>();
    slice.orientation = *orientation;
    slice.first_element = number(2);
    slice.stored_rows = number(3);
    slice.stored_cols = number(4);
    slice.rows = number(5);
    slice.cols = number(6);
    slice.first = number(7);
    slice.group_rows = number(8);
    slice.group_stride = number(9);
    slice.step = number(10);
    return slice;
}

}  // namespace specsweep::checkpoint
