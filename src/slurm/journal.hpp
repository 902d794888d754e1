#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json_forward.hpp"

namespace specsweep::slurm {

/// How far one script has come; by what the journal says.
enum class JobStage {
    intended,   ///< sbatch was about to be called: the controller may or may not have it
    accepted,   ///< the controller gave it a number
    rejected,   ///< the controller refused it, or it was taken back because a sibling was refused
    cancelled,  ///< by `slurm cancel`
};

struct JournalEntry {
    std::string token, job_name;
    int generation = 0;
    std::string job;  ///< "a0", "aggregate"
    JobStage stage = JobStage::intended;
    std::string job_id;                 ///< once accepted
    std::vector<std::string> past_ids;  ///< of jobs with the same token that are gone for good
    std::string message;                ///< why rejected
    std::int64_t time = 0;              ///< of the first intent, seconds since the epoch
    bool released = false;              ///< the controller was told to let it start
};

/// The record of a sweep's submissions: one JSON object a line, appended and synced before what it announces happens.
/// A line that a crash cut short is ignored.
class Journal {
public:
    /// Reads what is there. @throws IoError
    explicit Journal(std::filesystem::path file);

    void intend(const std::string& token, const std::string& job_name, int generation, const std::string& job);
    void accept(const std::string& token, const std::string& job_id);
    void reject(const std::string& token, const std::string& message);
    void release(const std::string& token);
    void cancel(const std::string& token);

    /// nullptr: nothing is known of it.
    const JournalEntry* find(const std::string& token) const;
    /// In the order of their first intents.
    const std::vector<JournalEntry>& entries() const { return entries_; }
    bool empty() const { return entries_.empty(); }
    /// Names of all jobs that the controller has or may have.
    std::vector<std::string> job_names() const;
    std::int64_t first_time() const;

private:
    void append(const Json& event);
    void apply(const Json& event);

    std::filesystem::path file_;
    bool cut_short_ = false;  ///< the file does not end with a whole line
    std::vector<JournalEntry> entries_;
    std::map<std::string, std::size_t> places_;
};

}  // namespace specsweep::slurm
