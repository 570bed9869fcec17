#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string>
#include <vector>

#include "flatsweep/job/selection.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/report/curves.hpp"

namespace flatsweep::report {

/// A line a curve: how many seeds are done, the flattest gamma and that of least loss with their losses, Spearman's
/// correlation of flatness and loss over gamma with its interval, and the verdict. Curves without a finished row are
/// counted.
class VerdictTable {
 public:
  /// Read the curves of the selected rows; also while a run writes.
  VerdictTable(const record::ResultsReader& reader, const job::Selection& selection);

  /// Print the table, in at most `width` columns if the names of the axes allow: if need be, verdicts are abbreviated
  /// and slow axes stand in lines of their own.
  /// @param most_curves lines; those left out are counted
  void print(std::ostream& out, std::size_t width,
             std::size_t most_curves = std::numeric_limits<std::size_t>::max()) const;

  /// Print what the words of the table mean, and of which curves it has none.
  void print_legend(std::ostream& out, std::size_t width) const;

  /// Numbers of selected rows.
  [[nodiscard]] const StatusCounts& counts() const { return counts_; }
  /// Number of rows, selected or not, that are torn.
  [[nodiscard]] std::uint64_t torn_rows() const { return torn_rows_; }

 private:
  /// A column with its heading, and a text for every curve.
  struct Column {
    std::string heading;
    bool left = false;  ///< justified
    std::vector<std::string> texts = {};

    [[nodiscard]] std::size_t width() const;
  };
  /// What fits into a width.
  struct Arrangement {
    std::size_t axes_above = 0;  ///< slow axes in lines of their own
    std::vector<const Column*> columns;
  };

  void add(const Curve& curve, const record::Layout& layout);
  [[nodiscard]] Arrangement arrange(std::size_t width) const;
  [[nodiscard]] Arrangement arrangement(std::size_t axes_above, bool abbreviated) const;
  [[nodiscard]] std::vector<std::string> values_above(std::size_t axes, std::size_t curve) const;

  std::vector<Column> axes_;  ///< those that tell the curves apart
  Column seeds_, gammas_, flattest_, flattest_loss_, best_, least_loss_, possible_, spearman_, verdict_, short_verdict_;
  bool has_pending_seeds_ = false;      ///< of a curve in the table
  bool has_other_gammas_ = false;       ///< which do not count
  bool has_possible_loss_ = false;      ///< was measured
  bool has_monte_carlo_ = false;        ///< losses
  bool has_losses_above_mean_ = false;  ///< only, in some curve
  std::uint64_t pending_curves_ = 0;
  StatusCounts counts_{};
  std::uint64_t torn_rows_ = 0;
};

}  // namespace flatsweep::report
