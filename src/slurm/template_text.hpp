#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace specsweep::slurm {

/// What a template may name: texts, conditions (`{{#x}}…{{/x}}`), lists of texts (`{{#x}}{{.}}{{/x}}`).
using TemplateValue = std::variant<std::string, bool, std::vector<std::string>>;
using TemplateValues = std::map<std::string, TemplateValue>;

/// Mustache with two differences that make it safe for shell scripts: `{{x}}` is quoted for the shell (`{{{x}}}` is
/// not), and a name that has no value is an error.
/// Partials `{{>name}}` are the shipped texts NAME.mustache.
/// @param source how messages name the template.  @throws UsageError: syntax, unknown name.
std::string render_template(std::string_view text, std::string_view source, const TemplateValues& values);

}  // namespace specsweep::slurm
