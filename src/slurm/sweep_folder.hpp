#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace specsweep::slurm {

/// The folder of a submitted sweep (`-o DIR`); all names in it are made here.
///
///   sweep.json                what was rendered: plan, result file, profile with origins
///   g0/ g1/ …                 a generation each: the first submission, then one for every `resume`
///     arrays.json             the arrays of the generation and the SHA-256 of their scripts
///     a0.sh a1.sh …           one script an array;  aggregate.sh
///     logs/a0/                what tasks print
///   journal.jsonl             what was submitted, written before it happens
///   started/TOKEN.JOB         made by the first task of an array that starts
///   attempts/shard-0007       two lines an attempt: begin, end
///   outcomes/shard-0007.json  how the last attempt ended
class SweepFolder {
public:
    explicit SweepFolder(const std::filesystem::path& root);  ///< made absolute

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path sweep_file() const { return root_ / "sweep.json"; }
    std::filesystem::path journal() const { return root_ / "journal.jsonl"; }
    std::filesystem::path started() const { return root_ / "started"; }
    std::filesystem::path attempts() const { return root_ / "attempts"; }
    std::filesystem::path outcomes() const { return root_ / "outcomes"; }
    std::filesystem::path generation(int number) const;
    std::filesystem::path arrays_file(int number) const;
    std::filesystem::path script(int number, const std::string& array) const;
    std::filesystem::path logs(int number, const std::string& array) const;

    /// @throws IoError: there is no such folder
    void require() const;

    /// Generations that stand in the folder: 0 … count − 1.
    int generations() const;

private:
    std::filesystem::path root_;
};

/// "shard-0007": the stem of a shard's file, attempt and outcome.
std::string shard_stem(std::int32_t shard);

}  // namespace specsweep::slurm
