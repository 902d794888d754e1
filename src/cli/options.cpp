#include "cli/options.hpp"

#include <boost/program_options.hpp>
#include <cmath>
#include <iostream>

#include "base/format.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/terminal.hpp"

namespace specsweep::cli {

namespace po = boost::program_options;

struct Options::State {
    std::string usage;
    std::string about;
    po::options_description visible{"Options", 100, 60};
    po::options_description hidden;
    po::positional_options_description order;
    po::variables_map map;
    std::vector<std::string> long_names;
    std::string positional_name;
    int least = 0;
    int most = 0;

    void remember(std::string_view name) { long_names.push_back("--" + std::string(name.substr(0, name.find(',')))); }
};

Options::Options(std::string usage, std::string about) : state_(std::make_unique<State>())
{
    state_->usage = std::move(usage);
    state_->about = std::move(about);
}

Options::~Options() = default;
Options::Options(Options&&) noexcept = default;
Options& Options::operator=(Options&&) noexcept = default;

Options& Options::flag(std::string_view name, std::string_view help)
{
    state_->visible.add_options()(std::string(name).c_str(), std::string(help).c_str());
    state_->remember(name);
    return *this;
}

Options& Options::value(std::string_view name, std::string_view placeholder, std::string_view help)
{
    auto* kind = po::value<std::string>()->value_name(std::string(placeholder));
    state_->visible.add_options()(std::string(name).c_str(), kind, std::string(help).c_str());
    state_->remember(name);
    return *this;
}

Options& Options::values(std::string_view name, std::string_view placeholder, std::string_view help)
{
    auto* kind = po::value<std::vector<std::string>>()->value_name(std::string(placeholder))->multitoken()->composing();
    state_->visible.add_options()(std::string(name).c_str(), kind, std::string(help).c_str());
    state_->remember(name);
    return *this;
}

Options& Options::positional(std::string_view name, int least, int most)
{
    state_->hidden.add_options()(std::string(name).c_str(), po::value<std::vector<std::string>>());
    state_->order.add(std::string(name).c_str(), -1);
    state_->positional_name = name;
    state_->least = least;
    state_->most = most;
    return *this;
}

namespace {

constexpr std::string_view see_help = "-h shows the options of this verb.";

UsageError unknown_option(const std::string& name, const std::vector<std::string>& known)
{
    const auto near = nearest_name(name, known);
    return UsageError(fmt::format("unknown option '{}'", name), {},
                      near ? fmt::format("did you mean '{}'? {}", *near, see_help) : std::string(see_help));
}

}  // namespace

bool Options::parse(Arguments arguments)
{
    flag("help,h", "show this page and stop");
    flag("verbose,v", "say more on stderr");
    flag("quiet,q", "warnings and errors only");
    value("color", "WHEN", "auto (default), always or never");
    po::options_description all;
    all.add(state_->visible).add(state_->hidden);
    try {
        const auto style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser({arguments.begin(), arguments.end()})
                      .options(all)
                      .positional(state_->order)
                      .style(style)
                      .run(),
                  state_->map);
    } catch (const po::unknown_option& error) {
        throw unknown_option(error.get_option_name(), state_->long_names);
    } catch (const po::error& error) {
        throw UsageError(error.what(), {}, std::string(see_help));
    }
    if (has("help")) {
        std::cout << "usage: " << state_->usage << "\n\n" << state_->about << "\n\n" << state_->visible;
        return false;
    }
    set_color(text("color").value_or("auto"));
    if (has("quiet"))
        set_log_level(LogLevel::warning);
    if (has("verbose"))
        set_log_level(LogLevel::debug);
    const int given = state_->positional_name.empty() ? 0 : static_cast<int>(texts(state_->positional_name).size());
    if (given < state_->least || (state_->most >= 0 && given > state_->most))
        throw UsageError(given < state_->least ? "an argument is missing" : "too many arguments",
                         "usage: " + state_->usage, std::string(see_help));
    return true;
}

bool Options::has(std::string_view name) const
{
    return state_->map.count(std::string(name)) > 0;
}

std::optional<std::string> Options::text(std::string_view name) const
{
    if (!has(name))
        return std::nullopt;
    return state_->map[std::string(name)].as<std::string>();
}

std::optional<std::int64_t> Options::integer(std::string_view name) const
{
    const auto given = text(name);
    if (!given)
        return std::nullopt;
    if (const auto number = parse_integer(*given))
        return number;
    throw UsageError(fmt::format("--{} wants a whole number", name), fmt::format("'{}' is none", *given));
}

std::vector<std::string> Options::texts(std::string_view name) const
{
    if (!has(name))
        return {};
    return state_->map[std::string(name)].as<std::vector<std::string>>();
}

std::int64_t parse_bytes(std::string_view option, std::string_view text)
{
    const std::size_t end = text.find_first_not_of("0123456789.e+");
    const auto number = parse_double(text.substr(0, end));
    const std::string_view unit = end == std::string_view::npos ? std::string_view() : trim(text.substr(end));
    constexpr std::string_view prefixes = "kMGT";
    double factor = 1;
    bool known = unit.empty() || unit == "B";
    if (const std::size_t power = unit.empty() ? std::string_view::npos : prefixes.find(unit == "K" ? 'k' : unit[0]);
        power != std::string_view::npos) {
        const std::string_view rest = unit.substr(1);
        known = rest.empty() || rest == "B" || rest == "iB";
        factor = std::pow(rest == "iB" ? 1024.0 : 1000.0, static_cast<double>(power + 1));
    }
    if (!number || !known || !(*number * factor >= 1) || *number * factor > 9e18)
        throw UsageError(fmt::format("--{} wants a size", option), fmt::format("'{}' is none", text),
                         "write for example 4GiB, 512MB or a number of bytes");
    return static_cast<std::int64_t>(*number * factor);
}

}  // namespace specsweep::cli
