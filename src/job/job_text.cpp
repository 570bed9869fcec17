#include "job/job_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/locale/utf.hpp>

#include "flatsweep/core/error.hpp"
#include "job/keys.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

std::string place(const std::string& where, std::size_t line) { return where + ":" + std::to_string(line); }

/// Calls `visit(line, number)`, line ends (LF or CRLF) removed.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    visit(line, number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::string> sections() {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    const std::string section = section_of(key.name);
    if (!section.empty() && std::ranges::find(names, section) == names.end()) names.push_back(section);
  }
  return names;
}

/// @param header `[name]`
void check_header(std::string_view header) {
  if (!header.ends_with(']')) {
    throw Error(in_quotes(header) + " is not a section header", "a header stands alone on its line, in brackets",
                "Write e.g. `[grid]`, and its keys on lines of their own");
  }
  const std::string name(header.substr(1, header.size() - 2));
  const std::vector<std::string> known = sections();
  if (std::ranges::find(known, name) != known.end()) return;
  throw Error(fmt::format("unknown section {}", in_quotes(header)),
              fmt::format("the nearest known one is `[{}]`", nearest_word(name, known)),
              fmt::format("Write one of [{}]", fmt::join(known, "], [")));
}

}  // namespace

bool is_plain(std::string_view text) {
  using Utf8 = boost::locale::utf::utf_traits<char>;
  for (const char* position = text.begin(); position != text.end();) {
    const boost::locale::utf::code_point point = Utf8::decode(position, text.end());
    if (!boost::locale::utf::is_valid_codepoint(point)) return false;  // incomplete or illegal UTF-8
    if (point == 0x7f || (point < 0x20 && point != '\t')) return false;
  }
  return true;
}

std::string_view plain_text(std::string_view text, const std::string& where, std::size_t most) {
  if (text.starts_with(hdf5_signature)) {
    throw Error("this is an HDF5 file, not a job", "a job is a text",
                "Give a job file like jobs/quick.ini; flatsweep status tells how far a results file is")
        .at(where);
  }
  if (text.size() > most) {
    throw Error("this is too long for a job", "its text is longer than 1 MiB", "Give a job file like jobs/quick.ini")
        .at(where);
  }
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (is_plain(line)) return;
    throw Error("this line is not plain text", "it holds control characters or is not UTF-8",
                "Save the job file as UTF-8 text")
        .at(place(where, number));
  });
  return text;
}

std::vector<std::size_t> entry_lines(std::string_view text, const std::string& where) {
  std::vector<std::size_t> entries;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const std::string_view content = trimmed(line.substr(0, line.find('#')));
    if (content.empty()) return;
    try {
      if (content.starts_with('['))
        check_header(content);
      else if (content.find('=') == std::string_view::npos)
        throw Error(in_quotes(content) + " is not a setting", "a line reads `key = value`",
                    "Write the key, an equals sign and the value, all values of a key on one line");
      else
        entries.push_back(number);
    } catch (const Error& error) {
      throw error.at(place(where, number));
    }
  });
  return entries;
}

}  // namespace flatsweep::job
