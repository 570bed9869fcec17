#include "sweep/pace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"
#include "sweep/calibration.hpp"

namespace flatsweep::sweep {
namespace {

/// Return the sum of the seconds of all finished rows.
double finished_seconds(const record::ResultsReader& reader, const std::vector<Status>& statuses) {
  double sum = 0.0;
  std::vector<double> seconds(statuses.size());
  for (const char* part : {"sample_seconds", "solve_seconds", "measure_seconds"}) {
    reader.read(part, 0, seconds);
    for (std::size_t row = 0; row < statuses.size(); ++row)
      if (has_result(statuses[row])) sum += seconds[row];
  }
  return sum;
}

}  // namespace

Pace pace_of(const record::ResultsReader& reader) {
  const std::vector<record::Run> runs = reader.runs();
  expects(!runs.empty());
  const int ranks = runs.back().ranks;
  std::vector<Status> statuses(reader.rows());
  reader.read_statuses(0, statuses);
  const auto finished = static_cast<double>(std::ranges::count_if(statuses, has_result));
  const double seconds = finished_seconds(reader, statuses);
  const schedule::Ledger ledger(std::move(statuses));
  const schedule::CostModel cost = calibrate_by_rows(reader, ledger);
  const double remaining = forecast(schedule::partition(reader.job().grid, cost), ledger).seconds(ranks);
  return {seconds > 0.0 ? std::max(1, ranks - 1) * finished / seconds : 0.0, remaining};
}

}  // namespace flatsweep::sweep
