#include "commands/learn.hpp"

#include <algorithm>
#include <span>

#include "commands/probe.hpp"

namespace flatsweep::cli {
namespace {

double seconds_of(const record::ResultsReader& reader, ConfigurationId id) {
  double sum = 0.0;
  for (const char* part : {"sample_seconds", "solve_seconds", "measure_seconds"}) {
    double seconds = 0.0;
    reader.read(part, value(id), std::span(&seconds, 1));
    sum += seconds;
  }
  return sum;
}

}  // namespace

schedule::CostModel learn(const record::ResultsReader& reader, const schedule::Ledger& ledger) {
  constexpr std::uint64_t most_rows = 300;
  schedule::CostModel cost = cost_model_of(reader.job());
  const std::uint64_t finished = ledger.size() - ledger.count(Status::pending);
  const std::uint64_t step = std::max<std::uint64_t>(1, finished / most_rows);
  std::uint64_t seen = 0;
  for (std::uint64_t row = 0; row < ledger.size() && seen < finished; ++row) {
    const ConfigurationId id{row};
    if (ledger.status(id) == Status::pending) continue;
    if (seen++ % step == 0 && has_result(ledger.status(id)))
      cost.observe(reader.job().grid[id], seconds_of(reader, id));
  }
  return cost;
}

}  // namespace flatsweep::cli
