#include "slurm/task_list.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace specsweep::slurm {

namespace {

constexpr std::size_t most_tasks = 4'000'001;

bool add_range(std::string_view part, std::vector<std::int64_t>& tasks)
{
    std::int64_t step = 1;
    if (const std::size_t colon = part.find(':'); colon != std::string_view::npos) {
        const auto given = parse_integer(part.substr(colon + 1));
        if (!given || *given < 1)
            return false;
        step = *given;
        part = part.substr(0, colon);
    }
    const std::size_t dash = part.find('-');
    const auto first = parse_integer(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_integer(part.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first || *last > static_cast<std::int64_t>(most_tasks))
        return false;
    for (std::int64_t task = *first; task <= *last; task += step)
        tasks.push_back(task);
    return tasks.size() <= most_tasks;
}

bool is_number(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<std::vector<std::int64_t>> parse_tasks(std::string_view text, bool* cut)
{
    std::vector<std::int64_t> tasks;
    text = text.substr(0, text.find('%'));
    for (const std::string& part : split(text, ',')) {
        if (part.ends_with("...")) {
            if (cut == nullptr)
                return std::nullopt;
            *cut = true;
            return tasks;
        }
        if (!add_range(part, tasks))
            return std::nullopt;
    }
    return tasks;
}

std::optional<JobReference> parse_job(std::string_view text)
{
    text = trim(text);
    JobReference reference;
    if (const std::size_t semicolon = text.find(';'); semicolon != std::string_view::npos) {
        reference.cluster = text.substr(semicolon + 1);
        text = text.substr(0, semicolon);
    }
    const std::size_t underscore = text.find('_');
    reference.job = text.substr(0, std::min(underscore, text.find('+')));
    if (!is_number(reference.job))
        return std::nullopt;
    if (underscore == std::string_view::npos) {
        const std::string_view rest = text.substr(reference.job.size());
        if (!rest.empty() && !is_number(rest.substr(1)))
            return std::nullopt;
        return reference;
    }
    std::string_view list = text.substr(underscore + 1);
    if (list.starts_with('[')) {
        list.remove_prefix(1);
        if (list.ends_with(']'))
            list.remove_suffix(1);
        else
            reference.cut = true;  // "…,..." or cut off anywhere
    }
    if (reference.cut && !list.ends_with("..."))
        list = list.substr(0, list.rfind(','));
    const auto tasks = parse_tasks(list, &reference.cut);
    if (!tasks)
        return std::nullopt;
    reference.tasks = *tasks;
    return reference;
}

std::string plain_state(std::string_view text)
{
    text = trim(text);
    return std::string(text.substr(0, text.find_first_of(" +")));
}

}  // namespace specsweep::slurm
