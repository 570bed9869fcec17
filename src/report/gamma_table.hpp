#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/job/axis.hpp"

namespace flatsweep::report {

/// What a table needs of a row.
struct TableEntry {
  Status status;
  double flatness;
  double population_loss;
  double population_loss_mc;
};

/// Seed means over gamma.
class GammaTable {
 public:
  explicit GammaTable(const job::Axis& gamma) : gamma_(&gamma), lines_(gamma.size()) {}

  void add(std::size_t gamma_position, const TableEntry& entry);

  [[nodiscard]] bool empty() const { return done_ == 0; }

  void print(std::ostream& out) const;

 private:
  struct Mean {
    double sum = 0;
    std::uint64_t count = 0;

    void add(double number);
    [[nodiscard]] double get() const;
  };

  struct Line {
    Mean flatness;
    Mean loss;
    std::uint64_t solved = 0;
    std::uint64_t infeasible = 0;
    std::uint64_t failed = 0;  // or crashed, or inaccurate
    std::uint64_t pending = 0;
  };

  [[nodiscard]] std::optional<std::size_t> flattest() const;
  [[nodiscard]] double rank_correlation_of_means() const;

  const job::Axis* gamma_;
  std::vector<Line> lines_;
  std::uint64_t done_ = 0;
  bool monte_carlo_ = false;
};

}  // namespace flatsweep::report
