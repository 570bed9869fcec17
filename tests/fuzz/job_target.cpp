// A job file, with a name of its own before it where a NUL ends that: any text is a job, whose resolved text
// is the same job, or an Error.
#include <string>

#include "flatsweep/core/error.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/job/job.hpp"
#include "target.hpp"

using namespace flatsweep;

namespace {

void look_at(const job::Job& job, ConfigurationId id) {
  const job::Configuration configuration = job.grid[id];
  ensures(configuration.samples >= 1 && configuration.samples <= job::largest_extent);
  ensures(configuration.width >= 1 && configuration.width <= job.grid.largest_width());
  static_cast<void>(experiment::infeasible_by_construction(configuration));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  std::string file = "fuzz.ini";
  if (const std::size_t end = text.find('\0'); end != std::string::npos) {  // no job's text has one
    file = text.substr(0, end);
    text.erase(0, end + 1);
  }
  try {
    const job::Job job = job::parse_job(text, file);
    look_at(job, ConfigurationId{0});
    look_at(job, ConfigurationId{job.grid.size() - 1});
    const std::string resolved = job.resolved();
    if (resolved.size() > 1U << 21U) return 0;  // no other, but slow
    const job::Job again = job::parse_resolved(resolved, "resolved.ini");
    ensures(again.resolved() == resolved && again.digest() == job.digest());
    if (resolved.size() > 1U << 16U) return 0;
    ensures(job::GridMap(again.grid, job.grid).shared() == job.grid.size());
  } catch (const Error& error) {
    ensures(std::string_view(error.what()).starts_with(file));
  }
  return 0;
}
