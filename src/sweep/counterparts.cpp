#include "sweep/counterparts.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/log.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/content_digest.hpp"
#include "quantize/quantizer_text.hpp"
#include "sweep/checkpoint_list.hpp"
#include "sweep/weighted_matrices.hpp"

namespace specsweep::sweep {

namespace {

std::string digest_of(const PlanCounterpart& counterpart)
{
    std::string text;
    for (const auto& [name, matrix] : counterpart.matrices)
        text += fmt::format("{} {} {}\n", name, matrix.slice.canonical(), matrix.content_digest.hex());
    return xxh3_128(std::as_bytes(std::span(text))).hex();
}

}  // namespace

std::filesystem::path Counterparts::place(const std::string& path) const
{
    const std::filesystem::path place = folder_ / expand_variables(path);
    if (!std::filesystem::exists(place))
        throw UsageError(fmt::format("there is no checkpoint '{}'", place.string()), "it does not exist",
                         "paths are relative to the manifest's folder");
    return place;
}

std::string Counterparts::digest(const std::string& given)
{
    const auto [known_digest, is_new] = digests_.try_emplace(given);
    if (!is_new)
        return known_digest->second;
    const auto opened = checkpoint::Checkpoint::open(place(given), registry_);
    PlanCounterpart counterpart;
    counterpart.path = std::filesystem::absolute(opened.path()).lexically_normal().string();
    std::map<std::string, Digest128> tensors;
    for (const checkpoint::Matrix& matrix : opened.inventory().matrices) {
        const checkpoint::TensorLocation& location = opened.tensor(matrix.tensor);
        const auto [known, new_tensor] = tensors.try_emplace(matrix.tensor);
        if (new_tensor)
            known->second = checkpoint::content_digest(location);
        counterpart.matrices.emplace(matrix.name, PlanCounterpart::Matrix{location, matrix.slice, known->second});
    }
    counterpart.digest = digest_of(counterpart);
    warn_of_differences(counterpart);
    std::set<std::string_view> selected;
    for (const PlanMatrix& planned : plan_.matrices)
        selected.insert(stored_name(planned));
    std::erase_if(counterpart.matrices, [&](const auto& entry) { return !selected.contains(entry.first); });
    known_digest->second = counterpart.digest;
    bool known = false;
    for (const PlanCounterpart& other : plan_.counterparts)
        known = known || other.digest == counterpart.digest;
    if (!known)
        plan_.counterparts.push_back(std::move(counterpart));
    return known_digest->second;
}

void Counterparts::warn_of_differences(const PlanCounterpart& counterpart) const
{
    std::set<std::string> lacking, other_shape, here;
    for (const PlanMatrix& planned : plan_.matrices) {
        here.insert(std::string(stored_name(planned)));
        const std::string name(stored_name(planned));
        const auto found = counterpart.matrices.find(name);
        if (found == counterpart.matrices.end())
            lacking.insert(name);
        else if (found->second.slice.rows != planned.matrix.slice.rows ||
                 found->second.slice.cols != planned.matrix.slice.cols)
            other_shape.insert(name);
    }
    const auto more = std::count_if(counterpart.matrices.begin(), counterpart.matrices.end(),
                                    [&](const auto& entry) { return !here.contains(entry.first); });
    if (!lacking.empty())
        log_warning("{} lacks {} of the {} selected matrices, {} the first", counterpart.path, lacking.size(),
                    here.size(), *lacking.begin());
    if (!other_shape.empty())
        log_warning("{} has {} of the selected matrices in another shape, {} the first", counterpart.path,
                    other_shape.size(), *other_shape.begin());
    if (more > 0)
        log_warning("{} has {} matrices that are not selected here", counterpart.path, more);
}

const PlanCounterpart* counterpart_of(const Plan& plan, std::string_view quantizer)
{
    if (!quantizer.starts_with("checkpoint:"))
        return nullptr;
    const auto parsed = quantize::parse_quantizer_text(quantizer);
    const auto digest = parsed.values.find("digest");
    for (const PlanCounterpart& counterpart : plan.counterparts)
        if (digest != parsed.values.end() && counterpart.digest == digest->second)
            return &counterpart;
    return nullptr;
}

std::optional<std::string> counterpart_refusal(const Plan& plan, std::string_view quantizer, const PlanMatrix& planned)
{
    const checkpoint::Matrix& matrix = planned.matrix;
    if (!quantizer.starts_with("checkpoint:"))
        return std::nullopt;
    const PlanCounterpart* counterpart = counterpart_of(plan, quantizer);
    if (counterpart == nullptr)
        return "nobody said where that checkpoint is: write path=FOLDER";
    const auto found = counterpart->matrices.find(stored_name(planned));
    if (found == counterpart->matrices.end())
        return "the other checkpoint has no matrix of that name";
    const checkpoint::Slice& slice = found->second.slice;
    if (slice.rows != matrix.slice.rows || slice.cols != matrix.slice.cols)
        return fmt::format("the other checkpoint has it as {} x {}, not {} x {}", slice.rows, slice.cols,
                           matrix.slice.rows, matrix.slice.cols);
    return std::nullopt;
}

}  // namespace specsweep::sweep
