#include "flatsweep/job/job.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "job/keys.hpp"

namespace flatsweep::job {
namespace {

/// All keys but `name`, by section.
std::string resolved_settings(const Job& job) {
  const Draft draft{job.name, job.grid.values(), job.settings};
  std::string text;
  std::string section;
  for (const Key& key : keys()) {
    if (section_of(key.name).empty()) continue;
    if (section_of(key.name) != section) {
      section = section_of(key.name);
      text += "\n[" + section + "]\n";
    }
    text += leaf_of(key.name) + " = " + key.write(draft) + "\n";
  }
  return text;
}

}  // namespace

std::string Job::resolved() const { return "name = " + name + "\n" + resolved_settings(*this); }

std::string Job::digest() const {
  const boost::uuids::name_generator_sha1 hash(boost::uuids::ns::oid());
  std::string digits = boost::uuids::to_string(hash(resolved_settings(*this)));
  std::erase(digits, '-');
  return digits;
}

}  // namespace flatsweep::job
