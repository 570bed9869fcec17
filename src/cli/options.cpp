#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <sstream>
#include <string_view>
#include <system_error>

#include "flatsweep/core/error.hpp"

namespace flatsweep::cli {
namespace {

namespace po = boost::program_options;

constexpr int command_line_style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;

const Option help_option = {"help,h", "", "this page"};

void add(const std::vector<Option>& table, po::options_description& description) {
  for (const Option& option : table) {
    auto* value = option.value.empty()
                      ? new po::untyped_value(true)
                      : static_cast<po::value_semantic*>(po::value<std::string>()->value_name(option.value));
    description.add_options()(option.name.c_str(), value, option.help.c_str());
  }
}

po::options_description describe(const CommandLine& command_line) {
  constexpr unsigned columns = 100;
  po::options_description description("Options", columns);
  add(command_line.options, description);
  add({help_option}, description);
  for (const OptionGroup& group : command_line.groups) {
    po::options_description titled(group.title);
    add(group.options, titled);
    description.add(titled);
  }
  return description;
}

bool is_name_of(const Option& option, std::string_view name) {
  const std::size_t comma = option.name.find(',');
  return option.name.substr(0, comma) == name || (comma != std::string::npos && option.name.substr(comma + 1) == name);
}

/// Return `--grid.gamma` for `gamma`; nothing if no option has such an ending.
std::optional<std::string> option_of_a_section(const std::string& name, const po::options_description& known) {
  for (const auto& option : known.options())
    if (option->long_name().ends_with("." + name)) return "--" + option->long_name();
  return std::nullopt;
}

std::string nearest_option(const std::string& given, const po::options_description& known) {
  std::vector<std::string> names;
  for (const auto& option : known.options()) names.push_back("--" + option->long_name());
  return nearest_word(given, names);
}

Error unknown_option(const std::string& given, const CommandLine& command_line,
                     const std::vector<CommandLine>& others) {
  const po::options_description known = describe(command_line);
  const std::string dashed = given.substr(0, given.find('='));
  const std::string name = dashed.substr(std::min(dashed.find_first_not_of('-'), dashed.size()));
  const auto section = option_of_a_section(name, known);
  std::vector<std::string> owners;
  for (const CommandLine& other : others)
    if (other.has_option(name)) owners.push_back(other.command());
  if (!section && !owners.empty())
    return Error(fmt::format("the option belongs to {}", fmt::join(owners, ", ")),
                 command_line.command() + " has none of this name",
                 command_line.command() + " --help lists the options.")
        .at(dashed);
  return Error("unknown option", "there is none of this name",
               fmt::format("Did you mean {}?", section ? *section : nearest_option(dashed, known)))
      .at(dashed);
}

po::variables_map read(const CommandLine& command_line, const Arguments& arguments) {
  po::options_description all = describe(command_line);
  po::positional_options_description positions;
  for (const std::string& operand : command_line.operands) {
    const bool takes_all = operand.ends_with("...");
    po::value_semantic* value =
        takes_all ? static_cast<po::value_semantic*>(po::value<Arguments>()) : po::value<std::string>();
    all.add_options()(operand.c_str(), value, "");
    positions.add(operand.c_str(), takes_all ? -1 : 1);
  }
  po::variables_map options;
  po::store(po::command_line_parser(arguments).options(all).positional(positions).style(command_line_style).run(),
            options);
  return options;
}

Options copy(const po::variables_map& given) {
  std::map<std::string, std::vector<std::string>> values;
  for (const auto& [name, variable] : given)
    if (const auto* text = boost::any_cast<std::string>(&variable.value()))
      values[name] = {*text};
    else if (const auto* texts = boost::any_cast<Arguments>(&variable.value()))
      values[name] = *texts;
  return Options(std::move(values));
}

void check_required(const CommandLine& command_line, const Options& options) {
  for (const std::string& name : command_line.required) {
    if (options.has(name)) continue;
    const bool is_operand = std::ranges::find(command_line.operands, name) != command_line.operands.end();
    const Error error(is_operand ? name + " is missing" : "the option is missing",
                      command_line.command() + " cannot do without", "Write " + command_line.usage + ".");
    throw is_operand ? error : error.at("--" + name);
  }
}

std::optional<double> read_number(std::string_view text) {
  double value = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string CommandLine::command() const { return usage.substr(0, usage.find(' ', usage.find(' ') + 1)); }

bool CommandLine::has_option(const std::string& name) const {
  const auto has = [&](const std::vector<Option>& table) {
    return std::ranges::any_of(
        table, [&](const Option& option) { return is_name_of(option, name); });
  };
  return has(options) || std::ranges::any_of(groups, [&](const OptionGroup& group) { return has(group.options); });
}

Options parse(const CommandLine& command_line, const Arguments& arguments, const std::vector<CommandLine>& others) {
  const std::string remedy = command_line.command() + " --help lists the options.";
  try {
    Options options = copy(read(command_line, arguments));
    if (!options.has("help")) check_required(command_line, options);
    return options;
  } catch (const po::unknown_option& error) {
    throw unknown_option(error.get_option_name(), command_line, others);
  } catch (const po::too_many_positional_options_error&) {
    throw Error("too many operands", "expected " + command_line.usage, "Options start with --; " + remedy);
  } catch (const po::error& error) {
    throw Error(error.what(), "while reading the command line", remedy);
  }
}

std::string help_page(const CommandLine& command_line) {
  std::ostringstream page;
  page << "usage: " << command_line.usage << "\n\n" << command_line.summary << "\n\n" << describe(command_line);
  return page.str();
}

std::optional<std::string> Options::text(const std::string& name) const {
  return has(name) ? std::optional(required(name)) : std::nullopt;
}

const std::string& Options::required(const std::string& name) const {
  const auto found = values_.find(name);
  expects(found != values_.end() && found->second.size() == 1);
  return found->second.front();
}

std::vector<std::string> Options::texts(const std::string& name) const {
  return has(name) ? values_.at(name) : std::vector<std::string>();
}

std::optional<std::int64_t> Options::whole_number(const std::string& name, std::int64_t least,
                                                  std::int64_t most) const {
  const auto given = text(name);
  if (!given) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (code != std::errc() || end != given->data() + given->size() || value < least || value > most)
    throw Error(fmt::format("`{}` cannot be used", *given),
                fmt::format("not a whole number from {} to {}", least, most),
                fmt::format("Write --{} {}, for example.", name, least))
        .at("--" + name);
  return value;
}

std::optional<std::chrono::duration<double>> Options::duration(const std::string& name) const {
  const auto given = text(name);
  if (!given) return std::nullopt;
  std::string_view amount = *given;
  double unit = 1.0;  // s
  if (!amount.empty() && std::string_view("smh").find(amount.back()) != std::string_view::npos) {
    unit = amount.back() == 'h' ? 3600.0 : amount.back() == 'm' ? 60.0 : 1.0;
    amount.remove_suffix(1);
  }
  const auto value = read_number(amount);
  if (!value || !(*value > 0.0) || *value > 1e9)
    throw Error(fmt::format("`{}` is not a duration", *given), "not a positive number with s, m or h",
                fmt::format("Write --{} 90s, 55m or 1.5h.", name))
        .at("--" + name);
  return std::chrono::duration<double>(*value * unit);
}

}  // namespace flatsweep::cli
