#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace flatsweep::experiment {

/// The measures of a configuration, one number each, in the order of the results file; measure_table says
/// what each is.
enum class Measure : std::size_t {
  objective,
  outer_norm,
  residual,
  gap,
  objective_bound,
  flatness,
  flatness_unit,
  flatness_teacher,
  excess_loss,
  excess_loss_error,
  population_loss,
  relative_loss,
  best_loss,
  signal_power,
  population_loss_mc,
  population_loss_mc_error,
  hessian_max,
  activation_max,
  activation_min,
  outer_l1,
  outer_l2,
  outer_max,
  support,
  overlap,
  count
};

/// Length of measure_table.
inline constexpr std::size_t measure_count = static_cast<std::size_t>(Measure::count);

/// A measure as the results file and its readers show it.
struct MeasureDescription {
  Measure measure;             ///< which one it describes
  std::string_view name;       ///< of the variable in the results file
  std::string_view long_name;  ///< its attribute `long_name`: a definition, or what it is in words
  std::string_view units;      ///< "1" where dimensionless
};

/// A row a measure, in their order.
inline constexpr std::array<MeasureDescription, measure_count> measure_table = {{
    {Measure::objective, "objective", "optimum of the program, sum_j kappa_j |a_j|^q", "1"},
    {Measure::outer_norm, "outer_norm", "l_q norm of the outer weights", "1"},
    {Measure::residual, "residual", "relative residual ||S a - y|| / ||y||", "1"},
    {Measure::gap, "gap", "relative duality gap (P - D)/P", "1"},
    {Measure::objective_bound, "objective_bound", "lower bound on the optimum from the one-dimensional dual",
     "1"},
    {Measure::flatness, "flatness", "Hessian trace at the flattest rescaling", "1"},
    {Measure::flatness_unit, "flatness_unit", "Hessian trace at unit-norm inner weights", "1"},
    {Measure::flatness_teacher, "flatness_teacher", "Hessian trace of the teacher at its flattest rescaling",
     "1"},
    {Measure::excess_loss, "excess_loss", "E (h(x) - f(x))^2, exact", "1"},
    {Measure::excess_loss_error, "excess_loss_error", "bound on the rounding error of excess_loss", "1"},
    {Measure::population_loss, "population_loss", "excess loss plus noise variance, exact", "1"},
    {Measure::relative_loss, "relative_loss", "excess loss over signal power", "1"},
    {Measure::best_loss, "best_loss", "smallest excess loss over all outer weights for these inner weights",
     "1"},
    {Measure::signal_power, "signal_power", "variance of the target", "1"},
    {Measure::population_loss_mc, "population_loss_mc", "population loss by Monte Carlo", "1"},
    {Measure::population_loss_mc_error, "population_loss_mc_error", "standard error of population_loss_mc",
     "1"},
    {Measure::hessian_max, "hessian_max", "largest Hessian eigenvalue at the flattest rescaling", "1"},
    {Measure::activation_max, "activation_max", "largest singular value of the activations S", "1"},
    {Measure::activation_min, "activation_min", "smallest singular value of the activations S", "1"},
    {Measure::outer_l1, "outer_l1", "l1 norm of the outer weights", "1"},
    {Measure::outer_l2, "outer_l2", "l2 norm of the outer weights", "1"},
    {Measure::outer_max, "outer_max", "largest absolute outer weight", "1"},
    {Measure::support, "support", "neurons with |a_j| > 1e-9 max |a|", "1"},
    {Measure::overlap, "overlap", "largest |w_j . w_k| over pairs of neurons", "1"},
}};

static_assert(
    [] {
      for (std::size_t row = 0; row < measure_count; ++row)
        if (measure_table[row].measure != static_cast<Measure>(row)) return false;
      return true;
    }(),
    "every measure has its row, at its place");

/// Name, definition and units of a measure.
constexpr const MeasureDescription& describe(Measure measure) {
  return measure_table[static_cast<std::size_t>(measure)];
}

}  // namespace flatsweep::experiment
