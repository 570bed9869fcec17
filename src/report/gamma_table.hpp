#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "report/quartiles.hpp"
#include "report/table_rows.hpp"

namespace flatsweep::report {

using StatusCounts = std::array<std::uint64_t, status_names.size()>;

/// Over the solved seeds of one gamma.
struct GammaLine {
  StatusCounts counts{};
  Quartiles flatness;
  Quartiles loss;
};

/// Spearman's rank correlation of a measure with the loss; NaN where there are fewer than three points.
struct LossCorrelation {
  double over_gamma;  // of medians over seeds
  double over_rows;   // of all solved rows
};

/// What one table says: flatness and loss against gamma, and what orders the interpolators by loss.
struct GammaTable {
  bool monte_carlo;                     // the loss is population_loss_mc, where there is no relative_loss
  StatusCounts counts{};                // of all its rows
  std::vector<GammaLine> lines;         // one a gamma
  std::optional<std::size_t> flattest;  // the gamma of the least median flatness
  std::optional<std::size_t> best;      // the gamma of the least median loss
  std::vector<LossCorrelation> correlations;  // one a measure of the rows

  [[nodiscard]] bool empty() const;  // all rows pending
};

/// @param gammas length of the axis gamma, rows.statuses.size() a multiple of it
GammaTable tabulate(const TableRows& rows, std::size_t gammas);

}  // namespace flatsweep::report
