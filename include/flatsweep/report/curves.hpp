#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/job/selection.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// A mean over the solved seeds of one gamma.
struct Mean {
  double value;           ///< NaN if no solved seed has a number
  double standard_error;  ///< sqrt(sum (x - mean)^2 / (k (k - 1))) of k numbers; NaN for fewer than two
  std::uint64_t count;    ///< k
};

/// The central 95 % of what a number was in resamples of the seeds; NaN if it is unknown.
struct Interval {
  double lower;
  double upper;
};

/// One measure of the interpolators along a curve, and how it orders them by loss.
struct MeasuredCurve {
  std::string name;         ///< of the variable; `soft_rank_RIDGE` for the soft rank at one ridge
  std::vector<Mean> means;  ///< one for each gamma
  /// Spearman's rank correlation of the means with those of the loss, over the gammas that count in verdicts.
  double spearman_over_gamma;
  Interval spearman_interval;  ///< of spearman_over_gamma, by bootstrap_correlations; NaN for a single seed
  double spearman_over_rows;   ///< the same of all solved rows, each with its own loss
};

/// What a study says of one combination of the axes other than seed and gamma: the one definition that terminal, CSV,
/// figures, page and Python share. Vectors have an entry for each gamma with a selected row. A torn row, whose checksum
/// does not fit, counts as pending.
struct Curve {
  std::uint64_t first_row;           ///< of the combination in the results file: of the first gamma and seed
  std::vector<std::size_t> gammas;   ///< positions on the axis gamma
  std::vector<StatusCounts> counts;  ///< of the selected rows
  /// Whether a gamma counts in verdicts: it has a solved seed, and every seed that is not pending is solved.
  std::vector<bool> in_verdicts;

  bool monte_carlo;                         ///< the loss is population_loss_mc, since no solved row has a relative_loss
  double baseline;                          ///< loss of predicting the mean of the target everywhere: 1 if the loss is
                                            ///< relative, else Var f + zeta^2 of quadratic_form; NaN if it is unknown
  std::vector<Mean> loss;                   ///< a relative loss is 0 if it is not above the bound on its rounding error
  std::vector<double> loss_rounding_error;  ///< mean of that bound
  std::vector<Mean> best_loss;              ///< least relative loss of any outer weights; NaN if it was not measured

  MeasuredCurve flatness;             ///< Hessian trace at the flattest rescaling
  std::vector<MeasuredCurve> others;  ///< flatness_unit, outer_l1, and soft_rank at every ridge

  /// Seed by seed, flatness over that at the flattest gamma, and over the teacher's (flatness_teacher).
  std::vector<Mean> flatness_over_flattest;
  std::vector<Mean> flatness_over_teacher;

  std::optional<std::size_t> flattest_gamma;    ///< index of the gamma in verdicts of the least mean flatness
  std::optional<std::size_t> least_loss_gamma;  ///< index of the gamma in verdicts of the least mean loss
  /// Seed by seed, the loss at the flattest gamma less that at the gamma of least loss.
  Mean cost_of_flattest;

  /// Selected rows of all gammas.
  [[nodiscard]] StatusCounts total() const;
  /// `flatness`, then the `others`.
  [[nodiscard]] std::vector<const MeasuredCurve*> measures() const;
  /// Name of the variable that is the loss.
  [[nodiscard]] const char* loss_name() const;
  /// Whether some gamma in verdicts has a mean loss below the baseline; nothing if that is unknown.
  [[nodiscard]] std::optional<bool> beats_mean() const;
};

/// Return the names of the measures of a curve: that of `flatness`, then those of `others`.
std::vector<std::string> curve_measures(const record::Layout& layout);

struct CurveBlock;

/// Reads the curves of a results file in its order; also while a run writes. Holds about 65536 rows at once,
/// at least those of one curve.
class CurveReader {
 public:
  /// @param selection the rows that count; all others are passed over
  /// @pre `reader` outlives this object; `selection` is of the grid of its job
  CurveReader(const record::ResultsReader& reader, job::Selection selection);
  ~CurveReader();

  /// Return the next curve with a selected row that is finished; nothing after the last.
  std::optional<Curve> next();

  /// Return the number of curves passed over because all of their selected rows are pending.
  [[nodiscard]] std::uint64_t pending_curves() const { return pending_curves_; }
  /// Return the numbers of selected rows that were read so far, those of curves that were passed over included.
  [[nodiscard]] const StatusCounts& counts() const { return counts_; }
  /// Return the number of rows read so far, selected or not, that are torn.
  [[nodiscard]] std::uint64_t torn_rows() const { return torn_rows_; }

 private:
  const record::ResultsReader& reader_;
  job::Selection selection_;
  std::vector<std::string> measures_;
  std::unique_ptr<CurveBlock> block_;
  std::uint64_t next_row_ = 0;
  std::uint64_t pending_curves_ = 0;
  StatusCounts counts_{};
  std::uint64_t torn_rows_ = 0;
};

}  // namespace flatsweep::report
