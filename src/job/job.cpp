#include "flatsweep/job/job.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cerrno>
#include <fstream>
#include <map>
#include <regex>
#include <string_view>
#include <system_error>

#include "flatsweep/core/error.hpp"
#include "job/keys.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

/// The most bytes of a job file. A resolved text, which lists every value of a sequence, may be longer.
constexpr std::size_t largest_job_text = 1U << 20U;
constexpr std::string_view brackets = "[]{}\"';";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

/// The value of a key, and the place where it was given.
struct Setting {
  std::string value;
  std::string place;  ///< `file:line`, or `--key`
  bool from_command_line;
};

using SettingsByKey = std::map<std::string, Setting>;

std::string read_text(const std::filesystem::path& file) {
  const std::string remedy = "Give a job file, e.g. jobs/quick.ini";
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    throw Error("it is no job file", "it is a directory", remedy).at(file.string());
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw Error("the job file cannot be read", std::generic_category().message(errno), remedy).at(file.string());
  std::string text(largest_job_text + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

/// Call `visit(line, place)` for every line, line ends (LF or CRLF) removed; `place` returns `where:line`.
template <typename Visit>
void for_each_line(std::string_view text, const std::string& where, Visit visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    visit(line, [&] { return fmt::format("{}:{}", where, number); });
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Return the text of a job without a leading byte order mark. A job is UTF-8 text without control characters
/// other than tabs and line ends.
/// @throws Error for anything else, and for a text of more than `most` bytes
std::string_view plain_text(std::string_view text, const std::string& where, std::size_t most) {
  if (text.starts_with(hdf5_signature))
    throw Error("this is an HDF5 file, not a job", "a job is a text",
                "Give a job file like jobs/quick.ini; flatsweep status tells how far a results file is")
        .at(where);
  if (text.size() > most)
    throw Error("this is too long for a job", "its text is longer than 1 MiB", "Give a job file like jobs/quick.ini")
        .at(where);
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for_each_line(text, where, [](std::string_view line, auto place) {
    if (!is_plain(line))
      throw Error("this line is not plain text", "it holds control characters or is not UTF-8",
                  "Save the job file as UTF-8 text")
          .at(place());
  });
  return text;
}

/// Return the section that a header `[name]` begins.
std::string parse_header(std::string_view header, const std::string& place) {
  if (!header.ends_with(']'))
    throw Error(in_quotes(header) + " is not a section header", "a header stands alone on its line, in brackets",
                "Write e.g. `[grid]`, and its keys on lines of their own")
        .at(place);
  std::vector<std::string> known;
  for (const Key& key : keys())
    if (const auto section = section_of(key.name); !section.empty() && (known.empty() || known.back() != section))
      known.push_back(section);
  for (const FormerKey& key : former_keys)
    if (const auto section = section_of(key.name); known.back() != section) known.push_back(section);
  std::string name(header.substr(1, header.size() - 2));
  if (std::ranges::find(known, name) == known.end())
    throw Error(fmt::format("unknown section {}", in_quotes(header)),
                fmt::format("the nearest known one is `[{}]`", nearest_word(name, known)),
                fmt::format("Write one of [{}]", fmt::join(known, "], [")))
        .at(place);
  return name;
}

Error unknown_key(const std::string& key) {
  std::vector<std::string> leaves;
  for (const Key& known : keys()) leaves.push_back(leaf_of(known.name));
  // By its last part, since a wrong or missing section is as likely as a misspelt key.
  const std::string leaf = nearest_word(leaf_of(key), leaves);
  const auto position = std::ranges::find(leaves, leaf) - leaves.begin();
  const std::string& nearest = keys()[static_cast<std::size_t>(position)].name;
  const std::string section = section_of(nearest);
  return Error("unknown key " + in_quotes(key), fmt::format("the nearest known one is `{}`", nearest),
               section.empty() ? fmt::format("Write `{}` above the first section", leaf)
                               : fmt::format("Write `{}` under [{}], or --{}", leaf, section, nearest));
}

void add(SettingsByKey& settings, const std::string& given_key, Setting setting) {
  const std::string key(name_today(given_key));
  if (std::ranges::find(keys(), key, &Key::name) == keys().end()) throw unknown_key(key).at(setting.place);
  const auto [earlier, is_new] = settings.try_emplace(key, setting);
  if (!is_new)
    throw Error(fmt::format("`{}` is given twice", key), "first at " + earlier->second.place,
                "Remove one of the two; the values of a key stand on one line, separated by spaces")
        .at(setting.place);
}

/// Check that a header, or the key of a setting, is ASCII and no comment of another language.
template <typename Place>
void check_ascii(std::string_view text, Place place) {
  const std::size_t words = text.find_first_not_of(";%!/");
  if (!text.empty() && words > 0)
    throw Error(in_quotes(text) + " is not a setting", "comments begin with #",
                "Write " + in_quotes(fmt::format("# {}", trimmed(text.substr(std::min(words, text.size()))))))
        .at(place());
  const std::string ascii = to_ascii(text);
  if (const std::string foreign = foreign_character(text); !foreign.empty())
    throw Error(fmt::format("{} holds {}", in_quotes(trimmed(text)), foreign), "keys and headers are written in ASCII",
                trimmed(ascii).empty() ? "Remove it" : advice(trimmed(ascii)))
        .at(place());
}

/// Read the lines of a job: comments from `#`, section headers and `key = value`.
SettingsByKey settings_of_text(std::string_view plain, const std::string& where) {
  SettingsByKey settings;
  std::string prefix;  // of the keys of a section: `grid.`
  for_each_line(plain, where, [&](std::string_view line, auto place) {
    const std::string_view content = trimmed(line.substr(0, line.find('#')));
    if (content.empty()) return;
    const std::size_t equals = content.find('=');
    check_ascii(content.substr(0, equals), place);
    if (content.starts_with('[')) {
      prefix = parse_header(content, place()) + ".";
      return;
    }
    if (equals == std::string_view::npos)
      throw Error(in_quotes(content) + " is not a setting", "a line reads `key = value`",
                  "Write the key, an equals sign and the value, all values of a key on one line")
          .at(place());
    add(settings, fmt::format("{}{}", prefix, trimmed(content.substr(0, equals))),
        {std::string(trimmed(content.substr(equals + 1))), place(), false});
  });
  return settings;
}

SettingsByKey settings_of_overrides(const std::vector<Override>& overrides) {
  SettingsByKey settings;
  for (const auto& [key, value] : overrides) {
    const std::string place = "--" + key;
    if (!is_plain(value))
      throw Error("the value is not plain text", "it holds control characters or is not UTF-8",
                  "Type one line of UTF-8 text")
          .at(place);
    add(settings, key, {std::string(trimmed(value)), place, true});
  }
  return settings;
}

/// Return the place of a refused combination of axes: the command line's if it gave one of them, else that of
/// the first axis given.
std::string place_of(const std::vector<std::string>& axes, const SettingsByKey& settings, const std::string& where) {
  std::vector<Setting> involved;
  for (const std::string& axis : axes)
    if (const auto given = settings.find("grid." + axis); given != settings.end()) involved.push_back(given->second);
  const auto typed = std::ranges::find(involved, true, &Setting::from_command_line);
  if (typed != involved.end()) return typed->place;
  return involved.empty() ? where : involved.front().place;
}

/// Whether a text is a value of the key.
bool is_value(const Key& key, const std::string& text) try {
  Draft draft;
  key.read(text, draft);
  bool is_in_range = !text.empty();
  for_each_axis([&](const auto& axis) {
    is_in_range = is_in_range && std::ranges::all_of(draft.axes.*axis.values, axis.within);
  });
  return is_in_range;
} catch (const Error&) {
  return false;
}

/// The list without brackets, quotes and semicolons, and with spaces for commas outside parentheses.
std::string with_spaces(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return brackets.find(c) != std::string_view::npos; }, ' ');
  return fmt::format("{}", fmt::join(split_list(text), " "));
}

/// What a value may have been meant to be, written as a value of the key; empty if that is unknown.
std::string repaired(const Key& key, const std::string& value) {
  const std::string ascii(trimmed(to_ascii(value)));
  const std::string before_comment(trimmed(std::string_view(ascii).substr(0, ascii.find_first_of(";%!/"))));
  for (const std::string& text : {ascii, before_comment}) {
    const std::string spaced = with_spaces(text);
    std::string points = text;
    if (text.find('.') == std::string::npos && text.starts_with("0,")) std::ranges::replace(points, ',', '.');
    const std::string joined = std::regex_replace(spaced, std::regex(R"( *\.\. *)"), "..");
    for (const std::string& form : {text, points, spaced, joined})
      if (form != value && is_value(key, form)) return form;
  }
  return {};
}

/// Return what is better said of a value that cannot be read for `error`.
Error explained(const Key& key, const std::string& value, const Error& error) {
  const std::string better = repaired(key, value);
  if (const std::string foreign = foreign_character(value); !foreign.empty())
    return {fmt::format("{} holds {}", in_quotes(value), foreign), "values are written in ASCII",
            better.empty() ? fmt::format("Write e.g. `{} = {}`", leaf_of(key.name), key.example) : advice(better)};
  const bool only_commas = better == with_spaces(value) && value.find_first_of(brackets) == std::string::npos;
  if (better.empty() || only_commas) return error;
  return {in_quotes(value) + " is not written as values are",
          "spaces separate values, without brackets, quotes and semicolons; comments begin with #", advice(better)};
}

Draft read_settings(const SettingsByKey& settings, const std::string& where) {
  const std::string stem = std::filesystem::path(where).stem().string();
  Draft draft{is_job_name(stem) ? stem : "job", {}, {}};
  for (const Key& key : keys()) {
    const auto given = settings.find(key.name);
    if (given == settings.end()) {
      if (!key.required) continue;
      throw Error(fmt::format("`{}` is missing", key.name), "it has no default",
                  fmt::format("Write `{} = {}` under [{}]", leaf_of(key.name), key.example, section_of(key.name)))
          .at(where);
    }
    try {
      key.read(given->second.value, draft);
    } catch (const Error& error) {
      throw explained(key, given->second.value, error).at(given->second.place);
    }
  }
  return draft;
}

Job make_job(const std::string& text, const SettingsByKey& settings, const std::string& where) {
  Draft draft = read_settings(settings, where);
  try {
    return {draft.name, text, Grid(std::move(draft.axes)), draft.settings};
  } catch (const AxisError& error) {
    throw error.at(place_of(error.axes(), settings, where));
  }
}

/// A key by a name of today or of 0.1.
struct NamedKey {
  std::string name;
  const Key* key;
};

/// Return all keys but `name`, by their names of today.
std::vector<NamedKey> keys_today() {
  std::vector<NamedKey> named;
  for (const Key& key : keys())
    if (key.name != "name") named.push_back({key.name, &key});
  return named;
}

/// Return all keys but `name`, by their names of 0.1 and in its order.
std::vector<NamedKey> keys_of_digest() {
  std::vector<NamedKey> named = keys_today();
  std::vector<NamedKey> former;
  for (const FormerKey& row : former_keys) {
    const auto moved = std::ranges::find(named, row.name_today, &NamedKey::name);
    former.push_back({std::string(row.name), moved->key});
    named.erase(moved);
  }
  const auto is_axis = [](const NamedKey& row) { return section_of(row.name) == "grid"; };
  named.insert(std::ranges::find_if_not(named, is_axis), former.begin(), former.end());
  return named;
}

/// Return the values of the keys by section.
std::string settings_text(const Draft& draft, const std::vector<NamedKey>& named) {
  std::string text;
  std::string section;
  for (const auto& [name, key] : named) {
    if (section_of(name) != section) {
      section = section_of(name);
      text += fmt::format("\n[{}]\n", section);
    }
    text += fmt::format("{} = {}\n", leaf_of(name), key->write(draft));
  }
  return text;
}

Draft draft_of(const Job& job) { return {job.name, job.grid.values(), job.settings}; }

}  // namespace

std::vector<KeyDescription> job_keys() {
  std::vector<KeyDescription> descriptions;
  for (const Key& key : keys()) {
    const std::string fallback = key.name == "name" ? "the file's" : key.write(Draft{});
    descriptions.push_back(
        {key.name, fmt::format("{} ({})", key.meaning, key.required ? "must be given" : "default " + fallback)});
  }
  for (const FormerKey& key : former_keys)
    descriptions.push_back({std::string(key.name), fmt::format("its name in 0.1 for {}", key.name_today)});
  return descriptions;
}

Job read_job(const std::filesystem::path& file, const std::vector<Override>& overrides) {
  return parse_job(read_text(file), file.string(), overrides);
}

Job parse_job(const std::string& text, const std::string& name, const std::vector<Override>& overrides) {
  SettingsByKey settings = settings_of_overrides(overrides);
  settings.merge(settings_of_text(plain_text(text, name, largest_job_text), name));  // overrides stay
  return make_job(text, settings, name);
}

Job parse_resolved(const std::string& text, const std::string& name) {
  return make_job(text, settings_of_text(plain_text(text, name, text.size()), name), name);
}

std::vector<std::string> differences(const Job& one, const Job& other) {
  std::vector<std::string> list;
  for (const auto& [name, key] : keys_today()) {
    const std::string here = key->write(draft_of(one)), there = key->write(draft_of(other));
    const auto quoted = [&](const std::string& text) { return in_quotes(fmt::format("{} = {}", leaf_of(name), text)); };
    if (here != there) list.push_back(fmt::format("{}, not {}", quoted(here), quoted(there)));
  }
  return list;
}

std::string Job::resolved() const {
  return fmt::format("name = {}\n{}", name, settings_text(draft_of(*this), keys_today()));
}

std::vector<std::pair<std::string, std::string>> Job::given() const {
  const Draft draft = draft_of(*this);
  std::vector<std::pair<std::string, std::string>> given;
  for (const auto& [full_name, key] : keys_today())
    if (const std::string value = key->write(draft); value != key->write(Draft{})) given.emplace_back(full_name, value);
  return given;
}

std::string Job::digest() const {
  const Draft draft = draft_of(*this);
  std::vector<NamedKey> counted = keys_of_digest();
  std::erase_if(counted, [&](const NamedKey& row) {
    return row.key->in_digest == InDigest::unless_default && row.key->write(draft) == row.key->write(Draft{});
  });
  const boost::uuids::name_generator_sha1 hash(boost::uuids::ns::oid());
  std::string digits = boost::uuids::to_string(hash(settings_text(draft, counted)));
  std::erase(digits, '-');
  return digits;
}

}  // namespace flatsweep::job
