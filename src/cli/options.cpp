#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstddef>
#include <sstream>
#include <string_view>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

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

po::options_description describe(const Command& command) {
  constexpr unsigned columns = 100;
  po::options_description description("Options", columns);
  add(command.options, description);
  add({help_option}, description);
  for (const OptionGroup& group : command.groups) {
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

Error unknown_option(const std::string& given, const Command& command, const std::vector<Command>& all) {
  const po::options_description known = describe(command);
  const std::string dashed = given.substr(0, given.find('='));
  const std::string name = dashed.substr(std::min(dashed.find_first_not_of('-'), dashed.size()));
  const auto section = option_of_a_section(name, known);
  std::vector<std::string> owners;
  for (const Command& other : all)
    if (other.name != command.name && other.has_option(name)) owners.push_back(other.full_name());
  if (!section && !owners.empty())
    return Error(fmt::format("the option belongs to {}", fmt::join(owners, ", ")),
                 fmt::format("{} has none of this name", command.full_name()),
                 fmt::format("{} --help lists the options.", command.full_name()))
        .at(dashed);
  return Error("unknown option", "there is none of this name",
               fmt::format("Did you mean {}?", section ? *section : nearest_option(dashed, known)))
      .at(dashed);
}

po::variables_map read(const Command& command, const Arguments& arguments) {
  po::options_description all = describe(command);
  po::positional_options_description positions;
  for (const std::string& operand : command.operands) {
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

void check_required(const Command& command, const Options& options) {
  for (const std::string& name : command.required) {
    if (options.has(name)) continue;
    const bool is_operand = std::ranges::find(command.operands, name) != command.operands.end();
    const Error error(is_operand ? fmt::format("{} is missing", name) : "the option is missing",
                      fmt::format("{} cannot do without", command.full_name()),
                      fmt::format("Write {}.", command.usage()));
    throw is_operand ? error : error.at("--" + name);
  }
}

}  // namespace

std::string Command::full_name() const { return "flatsweep " + name; }

std::string Command::usage() const { return fmt::format("flatsweep {} {}", name, synopsis); }

bool Command::has_option(const std::string& option) const {
  const auto has = [&](const std::vector<Option>& table) {
    return std::ranges::any_of(table, [&](const Option& row) { return is_name_of(row, option); });
  };
  return has(options) || std::ranges::any_of(groups, has, &OptionGroup::options);
}

Options parse(const Command& command, const Arguments& arguments, const std::vector<Command>& all) {
  const std::string remedy = fmt::format("{} --help lists the options.", command.full_name());
  try {
    Options options = copy(read(command, arguments));
    if (!options.has("help")) check_required(command, options);
    return options;
  } catch (const po::unknown_option& error) {
    throw unknown_option(error.get_option_name(), command, all);
  } catch (const po::too_many_positional_options_error&) {
    throw Error("too many operands", fmt::format("expected {}", command.usage()),
                fmt::format("Options start with --; {}", remedy));
  } catch (const po::error& error) {
    throw Error(error.what(), "while reading the command line", remedy);
  }
}

std::string help_page(const Command& command) {
  std::ostringstream page;
  page << "usage: " << command.usage() << "\n\n" << command.summary << "\n\n" << describe(command);
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

std::optional<std::uint64_t> Options::whole_number(const std::string& name, std::uint64_t least, std::uint64_t most,
                                                   std::string_view example) const {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto value = parse_integer<std::uint64_t>(*given);
  if (!value || *value < least || *value > most)
    throw Error(fmt::format("`{}` cannot be used", *given),
                fmt::format("not a whole number from {} to {}", least, most),
                fmt::format("Write --{} {}, for example.", name, example.empty() ? std::to_string(least) : example))
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
  const auto value = parse_double(amount);
  if (!value || !(*value > 0.0) || *value > 1e9)
    throw Error(fmt::format("`{}` is not a duration", *given), "not a positive number with s, m or h",
                fmt::format("Write --{} 90s, 55m or 1.5h.", name))
        .at("--" + name);
  return std::chrono::duration<double>(*value * unit);
}

}  // namespace flatsweep::cli
