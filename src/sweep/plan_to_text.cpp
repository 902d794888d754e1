#include "base/json.hpp"
#include "sweep/plan.hpp"
#include "sweep/plan_document.hpp"

namespace specsweep::sweep {

namespace {

/// One line a key, one line a column: compact, and still something that diff and grep can work on.
std::string lines(const Json& object, const std::string& indent, bool nested)
{
    std::string text = "{\n";
    const char* separator = "";
    for (const auto& [key, value] : object.items()) {
        text += separator + indent + " " + Json(key).dump() + ": ";
        text += nested && value.is_object() ? lines(value, indent + " ", false) : value.dump();
        separator = ",\n";
    }
    return text + "\n" + indent + "}";
}

}  // namespace

std::string plan_to_text(const Plan& plan)
{
    Json document = plan_document(plan);
    document["cut_sha256"] = plan.cut_sha256;
    return lines(document, "", true) + "\n";
}

}  // namespace specsweep::sweep
