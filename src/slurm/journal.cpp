#include "slurm/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace specsweep::slurm {

Journal::Journal(std::filesystem::path file) : file_(std::move(file))
{
    std::error_code ignored;
    if (!std::filesystem::exists(file_, ignored))
        return;
    const std::string text = read_text_file(file_);
    cut_short_ = !text.empty() && text.back() != '\n';
    for (const std::string& line : split(text, '\n')) {
        if (trim(line).empty())
            continue;
        try {
            apply(parse_json(line, file_.string()));
        } catch (const std::exception&) {
            log_debug("{}: a line that was cut short is ignored", file_.string());
        }
    }
}

void Journal::append(const Json& event)
{
    const int handle = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    // A line that a crash cut short must not swallow this one.
    const std::string text = (cut_short_ ? "\n" : "") + event.dump() + "\n";
    cut_short_ = false;
    const bool written =
        handle >= 0 && ::write(handle, text.data(), text.size()) == std::ssize(text) && ::fsync(handle) == 0;
    const int error = errno;
    if (handle >= 0)
        ::close(handle);
    if (!written)
        throw IoError(fmt::format("cannot write {}", file_.string()), system_message(error),
                      "nothing is submitted without its journal");
    apply(event);
}

void Journal::apply(const Json& event)
{
    const auto kind = event.at("event").get<std::string>();
    const auto token = event.at("token").get<std::string>();
    const auto [place, is_new] = places_.try_emplace(token, entries_.size());
    if (is_new)
        entries_.emplace_back();
    JournalEntry& entry = entries_[place->second];
    entry.token = token;
    if (kind == "intent") {
        entry.job_name = event.at("job_name").get<std::string>();
        entry.generation = event.at("generation").get<int>();
        entry.job = event.at("job").get<std::string>();
        entry.stage = JobStage::intended;
        entry.released = false;
        if (!entry.job_id.empty())
            entry.past_ids.push_back(std::exchange(entry.job_id, {}));
        if (entry.time == 0)
            entry.time = event.at("time").get<std::int64_t>();
    } else if (kind == "accepted") {
        entry.stage = JobStage::accepted;
        entry.job_id = event.at("job_id").get<std::string>();
    } else if (kind == "rejected") {
        entry.stage = JobStage::rejected;
        entry.message = event.at("message").get<std::string>();
    } else if (kind == "released") {
        entry.released = true;
    } else if (kind == "cancelled") {
        entry.stage = JobStage::cancelled;
    }
}

void Journal::intend(const std::string& token, const std::string& job_name, int generation, const std::string& job)
{
    append({{"event", "intent"},
            {"token", token},
            {"job_name", job_name},
            {"generation", generation},
            {"job", job},
            {"time", static_cast<std::int64_t>(std::time(nullptr))}});
}

void Journal::accept(const std::string& token, const std::string& job_id)
{
    append({{"event", "accepted"}, {"token", token}, {"job_id", job_id}});
}

void Journal::reject(const std::string& token, const std::string& message)
{
    append({{"event", "rejected"}, {"token", token}, {"message", message}});
}

void Journal::release(const std::string& token)
{
    append({{"event", "released"}, {"token", token}});
}

void Journal::cancel(const std::string& token)
{
    append({{"event", "cancelled"}, {"token", token}});
}

const JournalEntry* Journal::find(const std::string& token) const
{
    const auto place = places_.find(token);
    return place == places_.end() ? nullptr : &entries_[place->second];
}

std::vector<std::string> Journal::job_names() const
{
    std::vector<std::string> names;
    for (const JournalEntry& entry : entries_)
        if (entry.stage != JobStage::rejected && !entry.job_name.empty())
            names.push_back(entry.job_name);
    return names;
}

std::int64_t Journal::first_time() const
{
    return entries_.empty() ? static_cast<std::int64_t>(std::time(nullptr)) : entries_.front().time;
}

}  // namespace specsweep::slurm
