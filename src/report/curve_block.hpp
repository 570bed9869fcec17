#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/report/curves.hpp"

namespace flatsweep::report {

/// Consecutive rows of whole curves, by columns.
struct CurveBlock {
  CurveBlock(const record::ResultsReader& reader, std::uint64_t first_row, std::size_t rows);

  std::uint64_t first;
  std::vector<Status> statuses;  // pending if torn
  std::uint64_t torn_rows = 0;
  std::vector<double> relative_loss;        // 0 if not above the bound on its rounding error
  std::vector<double> loss_rounding_error;  // of relative_loss
  std::vector<double> best_loss;            // relative
  std::vector<double> population_loss_mc;
  std::vector<double> flatness;
  std::vector<double> flatness_teacher;
  std::vector<std::vector<double>> others;  // in the order of curve_measures

  [[nodiscard]] bool is_solved(std::size_t row) const { return statuses[row] == Status::solved; }
  [[nodiscard]] const std::vector<double>& loss(bool monte_carlo) const {
    return monte_carlo ? population_loss_mc : relative_loss;
  }
};

}  // namespace flatsweep::report
