#include "job/job_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "flatsweep/core/error.hpp"
#include "job/characters.hpp"
#include "job/keys.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

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

/// Return the text of a job without a leading byte order mark.
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

}  // namespace

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

SettingsByKey settings_of_text(std::string_view text, const std::string& where, std::size_t most) {
  SettingsByKey settings;
  std::string prefix;  // of the keys of a section: `grid.`
  for_each_line(plain_text(text, where, most), where, [&](std::string_view line, auto place) {
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

}  // namespace flatsweep::job
