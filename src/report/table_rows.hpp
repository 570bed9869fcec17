#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// What is held against the loss: the Hessian trace at the flattest rescaling and at unit-norm inner weights,
/// the l1 norm, and the soft rank at every ridge.
std::vector<std::string> table_measures(const record::Layout& layout);

/// The rows of one table: seeds x gammas, gamma fastest.
struct TableRows {
  std::span<const Status> statuses;
  std::span<const double> relative_loss;  // 0 where it is a rounding error
  std::span<const double> population_loss_mc;
  std::vector<std::span<const double>> measures;  // as table_measures names them, flatness first
};

/// Rows of whole tables, read at once and kept by columns.
class TableSection {
 public:
  TableSection(const record::ResultsReader& reader, std::uint64_t first, std::size_t rows);

  [[nodiscard]] std::size_t size() const { return statuses_.size(); }
  [[nodiscard]] TableRows rows(std::size_t offset, std::size_t count) const;

 private:
  std::vector<Status> statuses_;
  std::vector<double> relative_loss_;
  std::vector<double> population_loss_mc_;
  std::vector<std::vector<double>> measures_;
};

}  // namespace flatsweep::report
