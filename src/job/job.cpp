#include "flatsweep/job/job.hpp"

#include <fmt/format.h>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "job/keys.hpp"

namespace flatsweep::job {
namespace {

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
