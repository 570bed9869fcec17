#include "cli_options.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>

#include "flatsweep/core/error.hpp"

namespace flatsweep::cli {
namespace {

constexpr int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;

std::string command_of(const CommandLine& command_line) {
  const std::string& usage = command_line.usage;
  return usage.substr(0, usage.find(' ', usage.find(' ') + 1));  // `flatsweep run`
}

void print_help(const CommandLine& command_line) {
  std::cout << "usage: " << command_line.usage << "\n\n"
            << command_line.summary << "\n\n"
            << command_line.options;
}

/// `--grid.gamma` for `--gamma`, else the option with the fewest edits.
std::string nearest_option(const std::string& given, const po::options_description& options) {
  std::vector<std::string> known;
  for (const auto& option : options.options()) known.push_back("--" + option->long_name());
  const std::string leaf = "." + given.substr(std::min(given.find_first_not_of('-'), given.size()));
  const auto section = std::ranges::find_if(known, [&](const auto& name) { return name.ends_with(leaf); });
  return section != known.end() ? *section : nearest_word(given, known);
}

Error unknown_option(const std::string& given, const po::options_description& options) {
  const std::string bare = given.substr(0, given.find('='));
  return Error("unknown option", "there is none of this name",
               "Did you mean " + nearest_option(bare, options) + "?")
      .at(bare);
}

po::variables_map read(const CommandLine& command_line, const Arguments& arguments) {
  po::options_description all = command_line.options;
  po::positional_options_description positions;
  for (const std::string& operand : command_line.operands) {
    if (operand.ends_with("...")) {
      all.add_options()(operand.c_str(), po::value<std::vector<std::string>>());
      positions.add(operand.c_str(), -1);
    } else {
      all.add_options()(operand.c_str(), po::value<std::string>());
      positions.add(operand.c_str(), 1);
    }
  }
  po::variables_map options;
  po::store(po::command_line_parser(arguments).options(all).positional(positions).style(style).run(),
            options);
  return options;
}

void require(const CommandLine& command_line, const po::variables_map& options) {
  const std::string remedy = "Write " + command_line.usage + ".";
  for (std::size_t i = 0; i < command_line.required_operands; ++i)
    if (!options.count(command_line.operands[i]))
      throw Error(command_line.operands[i] + " is missing", command_of(command_line) + " cannot do without",
                  remedy);
  for (const std::string& name : command_line.needed)
    if (!options.count(name))
      throw Error("the option is missing", command_of(command_line) + " cannot do without", remedy)
          .at("--" + name);
}

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (trouble != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<po::variables_map> parse(const CommandLine& command_line, const Arguments& arguments) {
  const std::string more = command_of(command_line) + " --help lists the options.";
  try {
    po::variables_map options = read(command_line, arguments);
    if (has(options, "help")) return print_help(command_line), std::nullopt;
    require(command_line, options);
    return options;
  } catch (const po::unknown_option& trouble) {
    throw unknown_option(trouble.get_option_name(), command_line.options);
  } catch (const po::too_many_positional_options_error&) {
    throw Error("too many operands", "expected " + command_line.usage, "Options start with --; " + more);
  } catch (const po::error_with_option_name& trouble) {
    throw Error(trouble.what(), "while reading the command line", more);
  } catch (const po::error& trouble) {
    throw Error(trouble.what(), "while reading the command line", more);
  }
}

po::options_description job_options() {
  po::options_description options("Settings of the job file, replaced");
  for (const job::KeyDescription& key : job::job_keys())
    options.add_options()(key.key.c_str(), po::value<std::string>()->value_name("VALUE"), key.help.c_str());
  return options;
}

std::vector<job::Override> job_overrides(const po::variables_map& options) {
  std::vector<job::Override> overrides;
  for (const job::KeyDescription& key : job::job_keys())
    if (const auto value = text(options, key.key)) overrides.emplace_back(key.key, *value);
  return overrides;
}

bool has(const po::variables_map& options, const std::string& name) { return options.count(name) > 0; }

record::Existing existing(const po::variables_map& options) {
  return has(options, "overwrite") ? record::Existing::overwrite : record::Existing::refuse;
}

std::optional<std::string> text(const po::variables_map& options, const std::string& name) {
  if (!has(options, name)) return std::nullopt;
  return options[name].as<std::string>();
}

std::vector<std::string> texts(const po::variables_map& options, const std::string& name) {
  if (!has(options, name)) return {};
  return options[name].as<std::vector<std::string>>();
}

std::optional<std::int64_t> whole_number(const po::variables_map& options, const std::string& name,
                                         std::int64_t least, std::int64_t most) {
  const auto given = text(options, name);
  if (!given) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, trouble] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (trouble != std::errc() || end != given->data() + given->size() || value < least || value > most)
    throw Error("`" + *given + "` cannot be used",
                "not a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                "Write --" + name + " " + std::to_string(least) + ", for example.")
        .at("--" + name);
  return value;
}

std::optional<std::chrono::duration<double>> duration(const po::variables_map& options,
                                                      const std::string& name) {
  const auto given = text(options, name);
  if (!given) return std::nullopt;
  std::string_view amount = *given;
  double unit = 1.0;  // s
  if (!amount.empty() && std::string_view("smh").find(amount.back()) != std::string_view::npos) {
    unit = amount.back() == 'h' ? 3600.0 : amount.back() == 'm' ? 60.0 : 1.0;
    amount.remove_suffix(1);
  }
  const auto value = number(amount);
  if (!value || !(*value > 0.0) || *value > 1e9)
    throw Error("`" + *given + "` is no length of time", "not a positive number with s, m or h",
                "Write --" + name + " 90s, 55m or 1.5h.")
        .at("--" + name);
  return std::chrono::duration<double>(*value * unit);
}

}  // namespace flatsweep::cli
