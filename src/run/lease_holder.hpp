#pragma once

#include <optional>
#include <string>

namespace specsweep::run {

/// Who holds a lease: what stands in its file.
struct LeaseHolder {
    std::string id;       ///< random: of this lease, not of the process
    std::string machine;  ///< boot and process-id space: process numbers mean something only inside it
    std::string host;     ///< for people
    std::string job;      ///< Slurm's number of the job or task; may be empty
    long process = 0;
    std::string process_start;  ///< since boot, so that a number that is used again is not taken for the holder

    std::string text() const;
    /// For messages: "process 12 on n1, job 7_3".
    std::string title() const;
    /// Certainly no process any more; false where that cannot be known.
    bool is_gone() const;

    static LeaseHolder self();
    static std::optional<LeaseHolder> parse(const std::string& text);
};

}  // namespace specsweep::run
