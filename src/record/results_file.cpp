#include "flatsweep/record/results_file.hpp"

#include <sys/statvfs.h>

#include <optional>

#include "flatsweep/core/error.hpp"
#include "flatsweep/record/file_kind.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/new_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/results_creation.hpp"
#include "record/skeleton.hpp"

namespace flatsweep::record {
namespace {

namespace fs = std::filesystem;

std::string readable(double bytes) {
  const bool large = bytes >= 1e9;
  const auto tenths = static_cast<std::uint64_t>(bytes / (large ? 1e8 : 1e5));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + (large ? " GB" : " MB");
}

void require_space(const fs::path& file, double bytes) {
  struct statvfs disk {};
  const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (::statvfs(directory.c_str(), &disk) != 0) return;
  const double available = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
  if (bytes > available) {
    throw Error("the disk cannot hold " + file.string(),
                readable(bytes) + " are needed, " + readable(available) + " are free",
                "Make room, name a file on another disk, or ask for fewer configurations.");
  }
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

using Write = std::function<void(const fs::path&)>;

// Nothing where FILE appeared before the lock on FILE.tmp was held: another process was faster.
std::optional<RunLock> try_create(const fs::path& file, double bytes, const Write& write, Existing existing,
                                  std::chrono::milliseconds patience) {
  require_space(file, bytes);
  RunLock lock(temporary_name(file), RunLock::Absent::create, patience);
  if (existing == Existing::refuse && is_there(file)) {
    fs::remove(temporary_name(file));
    return std::nullopt;
  }
  write_new_file(file, write);
  return lock;
}

}  // namespace

RunLock create_results_file(const fs::path& file, double bytes, const Write& write, Existing existing,
                            std::chrono::milliseconds patience) {
  require_place(file);
  while (true) {
    require_absent(file, existing);
    require_own(file);
    std::optional<RunLock> replaced;  // held meanwhile, so that no run writes to what is overwritten
    if (is_there(file)) replaced.emplace(file, RunLock::Absent::refuse, patience);
    const Existing expected = replaced ? Existing::overwrite : Existing::refuse;
    if (auto lock = try_create(file, bytes, write, expected, patience)) return std::move(*lock);
  }
}

RunLock create_results_file(const fs::path& file, const job::Job& job, const Provenance& provenance,
                            Existing existing, std::chrono::milliseconds patience) {
  const Layout layout(job);
  const auto write = [&](const fs::path& name) { write_skeleton(name, job, layout, provenance); };
  return create_results_file(file, layout.file_bytes(), write, existing, patience);
}

RunLock claim_results_file(const fs::path& file, const job::Job& job, const Provenance& provenance,
                           std::chrono::milliseconds patience) {
  const Layout layout(job);
  const auto write = [&](const fs::path& name) { write_skeleton(name, job, layout, provenance); };
  require_place(file);
  while (true) {
    if (is_there(file)) {
      RunLock lock(file, RunLock::Absent::refuse, patience);
      const ResultsReader reader(file);
      reader.require_same_job(job);
      reader.require_complete();
      return lock;
    }
    if (auto lock = try_create(file, layout.file_bytes(), write, Existing::refuse, patience))
      return std::move(*lock);
  }
}

}  // namespace flatsweep::record
