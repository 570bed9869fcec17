#include "sweep/part.hpp"

#include "flatsweep/core/error.hpp"

namespace flatsweep::sweep {
namespace {

void keep_pilot(schedule::Ledger& ledger, std::uint64_t size) {
  SelectionSampling sampling(size, ledger.open());
  for (std::uint64_t row = 0; row < ledger.size(); ++row)
    if (const ConfigurationId id{row}; !ledger.is_open(id) || !sampling.next()) ledger.exclude(id);
}

}  // namespace

job::Selection select(const Part& part, const job::Grid& grid) {
  job::Selection selection(grid);
  selection.keep_shard(part.shard);
  try {
    if (part.where) selection.keep_where(*part.where);
  } catch (const Error& error) {
    throw error.at("--where");
  }
  return selection;
}

void exclude_unselected(schedule::Ledger& ledger, const job::Selection& selection, std::optional<std::uint64_t> pilot) {
  for (std::uint64_t row = 0; row < ledger.size(); ++row)
    if (const ConfigurationId id{row}; !selection.contains(id)) ledger.exclude(id);
  if (pilot) keep_pilot(ledger, *pilot);
}

bool SelectionSampling::next() {
  expects(left_ > 0);
  const bool is_picked = random_() % left_-- < wanted_;
  if (is_picked) --wanted_;
  return is_picked;
}

}  // namespace flatsweep::sweep
