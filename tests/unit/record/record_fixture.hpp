#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_file.hpp"

namespace flatsweep::record::test {

/// A directory of its own, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Names of what is in it, sorted.
  [[nodiscard]] std::vector<std::string> entries() const;

 private:
  std::filesystem::path path_;
};

/// All bytes of a file.
std::string content(const std::filesystem::path& file);

/// 2 activations x 2 d x 3 seeds x 4 gammas = 48 configurations; `settings` are further lines of the job
/// file.
job::Job small_job(const std::string& settings = "");

Provenance provenance();

/// A row whose numbers follow from its id: measure k is id + k/100, soft_rank l is id + l/10.
experiment::Outcome numbered_outcome(std::uint64_t id, const job::Job& job, Status status = Status::solved);

/// The same for consecutive ids.
std::vector<experiment::Outcome> numbered_outcomes(std::uint64_t first, std::size_t count, const job::Job& job);

}  // namespace flatsweep::record::test
