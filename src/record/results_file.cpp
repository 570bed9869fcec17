#include "flatsweep/record/results_file.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/template.hpp"

namespace flatsweep::record {
namespace {

namespace fs = std::filesystem;
using Write = std::function<void(const fs::path&)>;

std::string readable(double bytes) {
  const bool large = bytes >= 1e9;
  const auto tenths = static_cast<std::uint64_t>(bytes / (large ? 1e8 : 1e5));
  return fmt::format("{}.{} {}", tenths / 10, tenths % 10, large ? "GB" : "MB");
}

void require_space(const fs::path& file, double bytes) {
  struct statvfs disk {};
  const fs::path target = target_of(file);
  const fs::path directory = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (::statvfs(directory.c_str(), &disk) != 0) return;
  const double available = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
  if (bytes > available) {
    throw Error(fmt::format("the disk cannot hold {}", file.string()),
                fmt::format("{} are needed, {} are free", readable(bytes), readable(available)),
                "Make room, name a file on another disk, or ask for fewer configurations.");
  }
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

/// Create and lock the temporary file, of which nothing is left if the file system has no locks.
RunLock lock_temporary(const fs::path& file, const Patience& patience) try {
  return RunLock(temporary_name(file), RunLock::Absent::create, patience);
} catch (const NoLocks&) {
  std::error_code ignored;
  if (fs::is_empty(temporary_name(file), ignored)) fs::remove(temporary_name(file), ignored);
  throw;
}

/// Write the temporary file and rename it to FILE, under a lock that follows it.
/// @return none if FILE appeared, although it was absent, before the temporary file was locked
std::optional<RunLock> try_create(const fs::path& file, bool was_there, double bytes, const Write& write,
                                  const Patience& patience) {
  require_space(file, bytes);
  require_creatable(file);
  RunLock lock = lock_temporary(file, patience);
  if (!was_there && is_there(file)) {
    fs::remove(temporary_name(file));
    return std::nullopt;
  }
  write_new_file(file, write);
  return lock;
}

std::string cpu_model() {
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; std::getline(processors, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

}  // namespace

std::string hdf5_version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  hdf5::check(H5get_libversion(&major, &minor, &release), "H5get_libversion");
  return fmt::format("{}.{}.{}", major, minor, release);
}

Provenance this_program() { return {build_information(), mpi::library_version(), hdf5_version(), dense::library()}; }

Run this_run(int ranks, const std::string& hosts) {
  const BuildInformation& build = build_information();
  const std::string made_by = fmt::format("{} {}", build.version, build.commit);
  return {Run::Clock::now(), std::nullopt, ranks, std::nullopt, hosts, cpu_model(), dense::library(), made_by};
}

RunLock open_or_create(const fs::path& file, Existing existing, double bytes, const Write& write,
                       const Patience& patience) {
  require_place(file);
  while (true) {
    // 1. An existing FILE is locked, so that no run writes to it while it is resumed or replaced.
    require_absent(file, existing);
    if (existing != Existing::resume) require_own(file);
    std::optional<RunLock> old;
    if (is_there(file)) old.emplace(file, RunLock::Absent::refuse, patience);
    // 2. Resumed, that lock is the result.
    if (old && existing == Existing::resume) return std::move(*old);
    // 3. Else the temporary file is created and locked, which keeps out others that create FILE, then written, and
    //    renamed to FILE. The lock belongs to the file, so it holds FILE from its first moment.
    if (auto lock = try_create(file, old.has_value(), bytes, write, patience)) return std::move(*lock);
    // 4. If another process was faster, its FILE is an existing one.
  }
}

RunLock create_results_file(const fs::path& file, const job::Job& job, const Provenance& provenance, Existing existing,
                            const Patience& patience) {
  const Layout layout(job);
  const auto write = [&](const fs::path& name) { write_template(name, job, layout, provenance); };
  return open_or_create(file, existing, layout.file_bytes(), write, patience);
}

RunLock claim_results_file(const fs::path& file, const job::Job& job, const Provenance& provenance, Existing existing,
                           const Patience& patience) {
  RunLock lock = create_results_file(file, job, provenance, existing, patience);
  const ResultsReader reader(file);
  reader.require_same_job(job);
  reader.require_complete();
  return lock;
}

}  // namespace flatsweep::record
