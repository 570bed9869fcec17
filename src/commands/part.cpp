#include "commands/part.hpp"

#include "commands/draw.hpp"
#include "flatsweep/core/error.hpp"

namespace flatsweep::cli {
namespace {

void keep_pilot(schedule::Ledger& ledger, std::uint64_t size) {
  Draw draw(size, ledger.open());
  for (std::uint64_t row = 0; row < ledger.size(); ++row)
    if (const ConfigurationId id{row}; !ledger.is_open(id) || !draw.next()) ledger.exclude(id);
}

}  // namespace

job::Selection select(const Part& part, const job::Grid& grid) {
  job::Selection selection(grid);
  selection.keep_shard(part.shard);
  try {
    if (!part.where.empty()) selection.keep_where(part.where);
  } catch (const Error& error) {
    throw error.at("--where");
  }
  return selection;
}

void leave_to_others(schedule::Ledger& ledger, const job::Selection& selection,
                     std::optional<std::uint64_t> pilot) {
  for (std::uint64_t row = 0; row < ledger.size(); ++row)
    if (const ConfigurationId id{row}; !selection.contains(id)) ledger.exclude(id);
  if (pilot) keep_pilot(ledger, *pilot);
}

}  // namespace flatsweep::cli
