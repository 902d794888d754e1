#include "slurm/doctor.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "slurm/command.hpp"

namespace specsweep::slurm {

namespace {

constexpr double patience_seconds = 30;

std::string output_of(const std::vector<std::string>& command)
{
    const CommandResult result = run_command(command, patience_seconds);
    return result.ok() ? result.out + result.err : std::string();
}

std::string_view name(Health health)
{
    return health == Health::good ? "ok" : health == Health::note ? "note" : "problem";
}

}  // namespace

void Diagnosis::add(Health health, std::string topic, std::string found, std::string meaning)
{
    findings.push_back({health, std::move(topic), std::move(found), std::move(meaning)});
}

void Diagnosis::set(const std::string& key, std::string yaml_value)
{
    settings.emplace_back(key, std::move(yaml_value));
}

bool Diagnosis::healthy() const
{
    return std::none_of(findings.begin(), findings.end(),
                        [](const Finding& finding) { return finding.health == Health::problem; });
}

Diagnosis diagnose(const std::filesystem::path& folder, const std::filesystem::path& program, const Profile& profile)
{
    if (!std::filesystem::is_directory(folder))
        throw IoError(fmt::format("there is no folder {}", folder.string()), {}, "make it, or name one with --folder");
    Diagnosis diagnosis;
    ClusterTexts texts;
    try {
        texts.config = cluster_config();
    } catch (const IoError& error) {
        diagnosis.add(Health::problem, "controller", error.problem() + ": " + error.why(), error.suggestion());
    }
    if (!texts.config.empty()) {
        texts.partitions = output_of({"sinfo", "-h", "-o", "%P|%a|%l|%D|%c|%m"});
        texts.mpi_plugins = output_of({"srun", "--mpi=list"});
        if (has_accounting(texts.config))
            texts.qos = output_of({"sacctmgr", "-n", "-P", "show", "qos", "format=Name,MaxSubmitJobsPerUser,MaxWall"});
    }
    texts.mpi_runtime = output_of({"ompi_info", "--parsable"});
    diagnose_cluster(texts, diagnosis);
    diagnose_folder(folder, diagnosis);
    diagnose_parallel_write(folder, program, profile, diagnosis);
    return diagnosis;
}

std::string profile_text(const Diagnosis& diagnosis, const std::string& base)
{
    std::string text =
        "# Written by `specsweep slurm doctor`; account, ranks and times are yours to choose.\nextends: " + base + "\n";
    for (const auto& [key, value] : diagnosis.settings)
        text += key + ": " + value + "\n";
    return text;
}

Json to_json(const Diagnosis& diagnosis)
{
    Json findings = Json::array();
    for (const Finding& finding : diagnosis.findings)
        findings.push_back({{"health", name(finding.health)},
                            {"topic", finding.topic},
                            {"found", finding.found},
                            {"meaning", finding.meaning}});
    Json settings = Json::object();
    for (const auto& [key, value] : diagnosis.settings)
        settings[key] = value;
    return {{"healthy", diagnosis.healthy()}, {"findings", findings}, {"settings", settings}};
}

std::string to_text(const Diagnosis& diagnosis)
{
    std::string text;
    for (const Finding& finding : diagnosis.findings)
        text += fmt::format("{:<8} {:<16} {}\n{:<25} {}\n", name(finding.health), finding.topic, finding.found, "",
                            finding.meaning);
    return text;
}

}  // namespace specsweep::slurm
