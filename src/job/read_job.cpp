#include "flatsweep/job/read_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cerrno>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include "flatsweep/core/error.hpp"
#include "job/job_text.hpp"
#include "job/keys.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

/// The value of a key, and the place where it was given.
struct Setting {
  std::string value;
  std::string place;  // `file:line`, or `--key`
  bool from_command_line;
};

using SettingsByKey = std::map<std::string, Setting>;

Error unknown_key(const std::string& key) {
  std::vector<std::string> full;
  std::vector<std::string> leaves;
  for (const Key& known : keys()) {
    full.push_back(known.name);
    leaves.push_back(leaf_of(known.name));
  }
  // By its last part, since a wrong or missing section is as likely as a slip of the pen.
  const std::string leaf = nearest_word(leaf_of(key), leaves);
  const std::string nearest = full[static_cast<std::size_t>(std::ranges::find(leaves, leaf) - leaves.begin())];
  const std::string section = section_of(nearest);
  return Error("unknown key " + in_quotes(key), "the nearest known one is `" + nearest + "`",
               section.empty() ? "Write `" + leaf + "` above the first section"
                               : "Write `" + leaf + "` under [" + section + "], or --" + nearest);
}

void add(SettingsByKey& settings, const std::string& key, Setting setting) {
  if (std::ranges::find(keys(), key, &Key::name) == keys().end()) throw unknown_key(key).at(setting.place);
  const auto [earlier, is_new] = settings.try_emplace(key, setting);
  if (is_new) return;
  throw Error("`" + key + "` is given twice", "first at " + earlier->second.place,
              "Remove one of the two; the values of a key stand on one line, separated by spaces")
      .at(setting.place);
}

SettingsByKey settings_of_text(std::string_view plain, const std::string& where) {
  const std::vector<std::size_t> lines = entry_lines(plain, where);
  std::istringstream stream{std::string(plain)};
  const auto parsed =
      boost::program_options::parse_config_file(stream, boost::program_options::options_description(), true);
  ensures(parsed.options.size() == lines.size());
  SettingsByKey settings;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& option = parsed.options[i];
    add(settings, option.string_key, {option.value.front(), where + ":" + std::to_string(lines[i]), false});
  }
  return settings;
}

SettingsByKey settings_of_overrides(const std::vector<Override>& overrides) {
  SettingsByKey settings;
  for (const auto& [key, value] : overrides) {
    const std::string place = "--" + key;
    if (!is_plain(value)) {
      throw Error("the value is not plain text", "it holds control characters or is not UTF-8",
                  "Type one line of UTF-8 text")
          .at(place);
    }
    add(settings, key, {std::string(trimmed(value)), place, true});
  }
  return settings;
}

/// Where a refused combination of axes comes from: what the user typed last, else the first axis given.
std::string place_of(const std::vector<std::string>& axes, const SettingsByKey& settings, const std::string& where) {
  std::vector<Setting> involved;
  for (const std::string& axis : axes)
    if (const auto given = settings.find("grid." + axis); given != settings.end()) involved.push_back(given->second);
  const auto typed = std::ranges::find(involved, true, &Setting::from_command_line);
  if (typed != involved.end()) return typed->place;
  return involved.empty() ? where : involved.front().place;
}

Draft read_settings(const SettingsByKey& settings, const std::string& where) {
  const std::string stem = std::filesystem::path(where).stem().string();
  Draft draft{is_job_name(stem) ? stem : "job", {}, {}};
  for (const Key& key : keys()) {
    const auto given = settings.find(key.name);
    if (given == settings.end()) {
      if (!key.required) continue;
      throw Error("`" + key.name + "` is missing", "it has no default",
                  "Write `" + leaf_of(key.name) + " = " + key.example + "` under [" + section_of(key.name) + "]")
          .at(where);
    }
    try {
      key.read(given->second.value, draft);
    } catch (const Error& error) {
      throw error.at(given->second.place);
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

/// Return all keys but `name` for which `wanted` holds, by section.
template <typename Wanted>
std::string settings_text(const Draft& draft, Wanted wanted) {
  std::string text;
  std::string section;
  for (const Key& key : keys()) {
    if (section_of(key.name).empty() || !wanted(key)) continue;
    if (section_of(key.name) != section) {
      section = section_of(key.name);
      text += fmt::format("\n[{}]\n", section);
    }
    text += fmt::format("{} = {}\n", leaf_of(key.name), key.write(draft));
  }
  return text;
}

Draft draft_of(const Job& job) { return {job.name, job.grid.values(), job.settings}; }

}  // namespace

std::vector<KeyDescription> job_keys() {
  std::vector<KeyDescription> descriptions;
  for (const Key& key : keys()) {
    const std::string fallback = key.name == "name" ? "the file's" : key.write(Draft{});
    const std::string rule = key.required ? "must be given" : "default " + fallback;
    descriptions.push_back({key.name, key.meaning + " (" + rule + ")"});
  }
  return descriptions;
}

Job read_job(const std::filesystem::path& file, const std::vector<Override>& overrides) {
  return parse_job(read_text(file), file.string(), overrides);
}

Job parse_job(const std::string& text, const std::string& name, const std::vector<Override>& overrides) {
  SettingsByKey settings = settings_of_overrides(overrides);
  settings.merge(settings_of_text(plain_text(text, name), name));  // overrides stay
  return make_job(text, settings, name);
}

Job parse_resolved(const std::string& text, const std::string& name) {
  return make_job(text, settings_of_text(plain_text(text, name, text.size()), name), name);
}

std::string Job::resolved() const {
  return fmt::format("name = {}\n{}", name,
                     settings_text(
                         draft_of(*this), [](const Key&) { return true; }));
}

std::string Job::digest() const {
  const Draft draft = draft_of(*this);
  const auto counts = [&](const Key& key) {
    return key.in_digest == InDigest::always || key.write(draft) != key.write(Draft{});
  };
  const boost::uuids::name_generator_sha1 hash(boost::uuids::ns::oid());
  std::string digits = boost::uuids::to_string(hash(settings_text(draft, counts)));
  std::erase(digits, '-');
  return digits;
}

}  // namespace flatsweep::job
