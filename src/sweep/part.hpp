#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "flatsweep/job/selection.hpp"
#include "flatsweep/schedule/ledger.hpp"

namespace flatsweep::sweep {

/// The part of a job that one run is asked to do; other runs do the rest.
struct Part {
  job::Shard shard = {};
  std::optional<std::string> where = {};    // conditions on axes
  std::optional<std::uint64_t> pilot = {};  // number of pending configurations, picked at random
};

/// Return the configurations that shard and conditions select.
/// @throws Error at the option if the conditions cannot be read, or no configuration fulfils them
job::Selection select(const Part& part, const job::Grid& grid);

/// Exclude from the ledger what is not selected, then all but `pilot` random ones of the open configurations.
/// The same open configurations give the same choice.
void exclude_unselected(schedule::Ledger& ledger, const job::Selection& selection, std::optional<std::uint64_t> pilot);

/// Picks `wanted` of `total` things that come one by one. All choices are equally likely; every run makes the
/// same one. Source: selection sampling, Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S.
class SelectionSampling {
 public:
  SelectionSampling(std::uint64_t wanted, std::uint64_t total) : wanted_(wanted), left_(total) {}

  /// Whether the next thing is picked. @pre called at most `total` times
  bool next();

 private:
  std::mt19937_64 random_;
  std::uint64_t wanted_;
  std::uint64_t left_;
};

}  // namespace flatsweep::sweep
