#include "slurm/task_record.hpp"

#include <array>
#include <map>

#include "base/text.hpp"
#include "slurm/task_list.hpp"

namespace specsweep::slurm {

namespace {

/// One record for every task that the text names.
void add_records(const std::string& id, const TaskRecord& model, std::vector<TaskRecord>& records)
{
    const auto reference = parse_job(id);
    if (!reference)
        return;
    TaskRecord record = model;
    record.job = reference->job;
    if (reference->tasks.empty())
        records.push_back(record);
    for (const std::int64_t task : reference->tasks) {
        record.task = task;
        records.push_back(record);
    }
}

/// Later records replace earlier ones of the same task.
std::vector<TaskRecord> last_of_each(const std::vector<TaskRecord>& records)
{
    std::map<std::pair<std::string, std::int64_t>, TaskRecord> last;
    for (const TaskRecord& record : records)
        last[{record.job, record.task}] = record;
    std::vector<TaskRecord> kept;
    for (auto& [key, record] : last)
        kept.push_back(std::move(record));
    return kept;
}

std::string field(std::string_view line, std::string_view key)
{
    const std::string wanted = " " + std::string(key) + "=";
    const std::string padded = " " + std::string(line);
    const std::size_t begin = padded.find(wanted);
    if (begin == std::string::npos)
        return {};
    const std::size_t value = begin + wanted.size();
    return padded.substr(value, padded.find(' ', value) - value);
}

}  // namespace

bool TaskRecord::active() const
{
    for (const std::string_view name : {"PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED", "REQUEUED",
                                        "REQUEUE_HOLD", "REQUEUE_FED", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED"})
        if (state == name)
            return true;
    return false;
}

std::vector<TaskRecord> parse_squeue(std::string_view text)
{
    std::vector<TaskRecord> records;
    for (const std::string& line : split(text, '\n')) {
        const std::vector<std::string> cells = split(line, '|');
        if (cells.size() != 7)
            continue;
        TaskRecord record;
        record.state = plain_state(cells[1]);
        record.reason = cells[2];
        record.start = cells[3];
        record.time_left = cells[4];
        record.nodes = cells[5];
        record.job_name = std::string(trim(cells[6]));
        add_records(cells[0], record, records);
    }
    return records;
}

std::vector<TaskRecord> parse_sacct(std::string_view text)
{
    std::vector<TaskRecord> records;
    for (const std::string& line : split(text, '\n')) {
        const std::vector<std::string> cells = split(line, '|');
        if (cells.size() != 6)
            continue;
        TaskRecord record;
        record.state = plain_state(cells[1]);
        record.start = cells[2];
        record.nodes = cells[3];
        record.job_name = cells[4];
        record.raw_job = cells[5];
        add_records(cells[0], record, records);
    }
    return last_of_each(records);
}

std::vector<TaskRecord> parse_jobcomp(std::string_view text)
{
    std::vector<TaskRecord> records;
    for (const std::string& line : split(text, '\n')) {
        TaskRecord record;
        record.raw_job = field(line, "JobId");
        record.state = plain_state(field(line, "JobState"));
        if (record.raw_job.empty() || record.state.empty())
            continue;
        record.start = field(line, "StartTime");
        record.nodes = field(line, "NodeList");
        record.job_name = field(line, "Name");
        record.job = field(line, "ArrayJobId");
        if (const auto task = parse_integer(field(line, "ArrayTaskId")); task && !record.job.empty())
            record.task = *task;
        else
            record.job = record.raw_job;
        records.push_back(std::move(record));
    }
    return last_of_each(records);
}

}  // namespace specsweep::slurm
