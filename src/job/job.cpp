#include "flatsweep/job/job.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <regex>
#include <string_view>

#include "flatsweep/core/error.hpp"
#include "job/characters.hpp"
#include "job/job_text.hpp"
#include "job/keys.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

constexpr std::string_view brackets = "[]{}\"';";

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
  const std::regex comment(R"(;|//|/\*|\s[%!])");  // of other languages; 1/2 and 50% are no numbers with a comment
  std::smatch found;
  const std::string before_comment(trimmed(std::regex_search(ascii, found, comment) ? found.prefix().str() : ascii));
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
  settings.merge(settings_of_text(text, name, largest_job_text));  // overrides stay
  return make_job(text, settings, name);
}

Job parse_resolved(const std::string& text, const std::string& name) {
  return make_job(text, settings_of_text(text, name, text.size()), name);
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
