#include "slurm/sweep_settings.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"

namespace specsweep::slurm {

std::string settings_text(const SweepSettings& settings)
{
    Json reuse = Json::array();
    for (const std::filesystem::path& file : settings.reuse)
        reuse.push_back(file.string());
    const Json document{{"format", "specsweep-slurm-sweep"},
                        {"name", settings.name},
                        {"plan", settings.plan.string()},
                        {"cut_sha256", settings.cut_sha256},
                        {"result", settings.result.string()},
                        {"program", settings.program.string()},
                        {"reuse", reuse},
                        {"profile", settings.profile.to_json()}};
    return document.dump(1) + "\n";
}

SweepSettings read_settings(const SweepFolder& folder)
{
    const std::string source = folder.sweep_file().string();
    folder.require();
    std::error_code ignored;
    if (!std::filesystem::exists(folder.sweep_file(), ignored))
        throw UsageError(fmt::format("{} holds no rendered sweep", folder.root().string()),
                         "there is no sweep.json in it",
                         "make one with `specsweep slurm render PLAN --profile NAME -o DIR`");
    SweepSettings settings;
    const Json document = parse_json(read_text_file(folder.sweep_file()), source);
    try {
        settings.name = document.at("name").get<std::string>();
        settings.plan = document.at("plan").get<std::string>();
        settings.cut_sha256 = document.at("cut_sha256").get<std::string>();
        settings.result = document.at("result").get<std::string>();
        settings.program = document.at("program").get<std::string>();
        for (const Json& file : document.at("reuse"))
            settings.reuse.emplace_back(file.get<std::string>());
        settings.profile = Profile::from_json(document.at("profile"), source);
    } catch (const Json::exception& error) {
        throw InputError(fmt::format("{} is damaged", source), error.what(), "render again");
    }
    return settings;
}

}  // namespace specsweep::slurm
