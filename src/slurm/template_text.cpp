#include "slurm/template_text.hpp"

#include <kainjow/mustache.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "slurm/builtin_texts.hpp"
#include "slurm/quote.hpp"

namespace specsweep::slurm {

namespace {

using kainjow::mustache::context;
using kainjow::mustache::data;
using kainjow::mustache::mustache;

data to_data(const TemplateValue& value)
{
    if (const auto* text = std::get_if<std::string>(&value))
        return data(*text);
    if (const auto* condition = std::get_if<bool>(&value))
        return data(*condition);
    data list(data::type::list);
    for (const std::string& item : std::get<std::vector<std::string>>(value))
        list.push_back(item);
    return list;
}

/// A line with nothing but a section or partial tag leaves no line behind (mustache's rule for standalone tags, which
/// kainjow keeps in some cases only; an empty line after a backslash would cut a command short).
std::string without_tag_lines(std::string_view text)
{
    std::string joined;
    for (const std::string& line : split(text, '\n')) {
        const std::string_view tag = trim(line);
        const bool alone = tag.starts_with("{{") && tag.ends_with("}}") && tag.find("}}") == tag.size() - 2 &&
                           std::string_view("#^/>").find(tag[2]) != std::string_view::npos;
        joined += alone ? std::string(tag) : line + "\n";
    }
    if (!joined.empty() && joined.back() == '\n')
        joined.pop_back();  // split() makes one part more than there are newlines
    return joined;
}

/// kainjow drops unknown names silently; here they are errors.
class StrictContext : public context<std::string> {
public:
    StrictContext(const data* values, std::string_view source, const TemplateValues& known)
        : context(values), source_(source), known_(known)
    {
    }

    const data* get(const std::string& name) const override
    {
        if (const data* found = context::get(name))
            return found;
        std::vector<std::string> names;
        for (const auto& [key, value] : known_)
            names.push_back(key);
        throw UsageError(fmt::format("{}: the template names '{}', which has no value", source_, name), {},
                         suggest(name, names));
    }

    const data* get_partial(const std::string& name) const override
    {
        for (const BuiltinText& text : builtin_texts())
            if (text.file == name + ".mustache") {
                partial_ = data(without_tag_lines(text.text));
                return &partial_;
            }
        throw UsageError(fmt::format("{}: there is no partial template '{}'", source_, name));
    }

private:
    std::string source_;
    const TemplateValues& known_;
    mutable data partial_;
};

}  // namespace

std::string render_template(std::string_view text, std::string_view source, const TemplateValues& values)
{
    mustache compiled{without_tag_lines(text)};
    if (!compiled.is_valid())
        throw UsageError(fmt::format("{} is no mustache template", source), compiled.error_message());
    compiled.set_custom_escape([](const std::string& value) { return shell_quote(value); });
    data all(data::type::object);
    for (const auto& [name, value] : values)
        all.set(name, to_data(value));
    StrictContext strict(&all, source, values);
    std::string result = compiled.render(strict);
    if (!compiled.is_valid())
        throw UsageError(fmt::format("{} cannot be rendered", source), compiled.error_message());
    return result;
}

}  // namespace specsweep::slurm
