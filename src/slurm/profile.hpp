#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_forward.hpp"

namespace specsweep::slurm {

/// How and where a sweep runs: the settings of profile_keys(), in layers
///
///   built-in  <  what the profile extends  <  profile  <  --set key=value
///
/// Every value was checked against its kind when it was set; control characters and newlines are refused in all.
class Profile {
public:
    /// Defaults only.
    Profile();

    /// @param name_or_path a shipped profile (`generic`), or a YAML file.  @param sets "key=value" texts; of a list,
    /// "key=a,b" replaces it.
    /// @throws UsageError with file:line:column or --set, the accepted values and the nearest name;  IoError
    static Profile load(const std::string& name_or_path, std::span<const std::string> sets);
    /// The shipped ones.
    static std::vector<std::string> names();

    /// @throws InternalError when the key has another kind.
    const std::string& text(std::string_view key) const;
    std::int64_t integer(std::string_view key) const;
    double number(std::string_view key) const;
    bool boolean(std::string_view key) const;
    const std::vector<std::string>& list(std::string_view key) const;

    /// Where a value comes from: "built-in", "generic.yaml:7:1", "--set".
    const std::string& origin(std::string_view key) const;

    /// @param where how messages and origin() name the place.  @throws UsageError
    void set(const std::string& key, std::vector<std::string> values, const std::string& where);

    /// Everything that is not built-in, with origins, for sweep.json; and back.
    Json to_json() const;
    static Profile from_json(const Json&, const std::string& source);

private:
    struct Setting {
        std::vector<std::string> values;  ///< one, unless it is a list
        std::string origin;
    };
    const Setting& at(std::string_view key) const;
    void apply_yaml(std::string_view text, const std::string& source, int depth);

    std::map<std::string, Setting, std::less<>> settings_;
};

}  // namespace specsweep::slurm
