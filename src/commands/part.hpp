#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "flatsweep/job/selection.hpp"
#include "flatsweep/schedule/ledger.hpp"

namespace flatsweep::cli {

/// The part of a job that one run is asked to do; other runs do the rest.
struct Part {
  job::Shard shard;
  std::string where;                   // conditions on axes; empty for none
  std::optional<std::uint64_t> pilot;  // so many pending configurations, drawn at random
};

/// @throws Error at the option where the conditions are none, or nothing fulfils them
job::Selection select(const Part& part, const job::Grid& grid);

/// Excludes from the ledger what is not selected, and all but a random `pilot` of the open configurations;
/// the draw is the same wherever the same ones are open.
void leave_to_others(schedule::Ledger& ledger, const job::Selection& selection,
                     std::optional<std::uint64_t> pilot);

}  // namespace flatsweep::cli
