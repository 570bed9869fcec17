#include "record/results_editor.hpp"

#include <algorithm>

namespace flatsweep::record {

ResultsEditor::ResultsEditor(const std::filesystem::path& file, const job::Job& job)
    : file_(hdf5::open_file_for_writing(file)), layout_(read_layout(file_, job)) {
  variables_.emplace(file_, layout_);
  journal_.emplace(file_);
}

void ResultsEditor::write(std::span<const Row> rows) const {
  std::vector<experiment::Outcome> outcomes;
  std::vector<std::int32_t> ranks;
  std::vector<std::uint8_t> attempts;
  for (const Row& row : rows) {
    outcomes.push_back(row.outcome);
    ranks.push_back(row.rank);
    attempts.push_back(static_cast<std::uint8_t>(row.attempts));
  }
  write_rows(*variables_, layout_, outcomes, ranks, attempts);
}

void ResultsEditor::raise_attempts(std::uint64_t first, std::span<const std::uint8_t> attempts) const {
  std::vector<std::uint8_t> stored(attempts.size());
  variables_->read<std::uint8_t>("attempts", first, stored);
  std::vector<std::uint8_t> raised(attempts.size());
  std::ranges::transform(stored, attempts, raised.begin(),
                         [](std::uint8_t one, std::uint8_t other) { return std::max(one, other); });
  if (raised != stored) variables_->write<std::uint8_t>("attempts", first, raised);
}

void ResultsEditor::close() {
  journal_.reset();
  variables_.reset();
  hdf5::close(std::move(file_));
}

}  // namespace flatsweep::record
