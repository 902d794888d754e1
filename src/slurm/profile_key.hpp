#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::slurm {

enum class SettingKind { text, integer, count, number, boolean, choice, list };

/// One setting of a profile: its name, what it accepts, and its value where no layer gives one.
struct ProfileKey {
    std::string_view name;
    SettingKind kind;
    std::string_view otherwise;  ///< default; of a choice the first of `choices`
    std::string_view help;
    std::string_view choices = {};  ///< "srun mpirun", of a choice
};

/// All settings, in the order of docs/slurm.md.
std::span<const ProfileKey> profile_keys();

/// nullptr when there is none of that name.
const ProfileKey* find_profile_key(std::string_view name);

std::vector<std::string> profile_key_names();

}  // namespace specsweep::slurm
