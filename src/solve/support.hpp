#pragma once

#include <optional>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "solve/methods.hpp"

/// What the two methods of find_support() have in common.
namespace flatsweep::solve {

/// Return 1 or -1; 1 for 0.
inline double sign_of(double x) { return x < 0.0 ? -1.0 : 1.0; }

/// Columns B, and their costs c_i = sign(a_i) kappa_i.
struct SignedColumns {
  std::vector<Index> columns;
  std::vector<double> costs;

  [[nodiscard]] Eigen::Map<const Vector> cost_vector() const {
    return {costs.data(), static_cast<Index>(costs.size())};
  }

  /// Return the same in the order of S.
  [[nodiscard]] SignedColumns sorted() const;
};

/// Prices all columns at a dual.
class Pricing {
 public:
  explicit Pricing(const Program& program)
      : program_(program), norms_(program.activations.colwise().norm().transpose()) {}

  /// Return the columns off the support with |t_j| > kappa_j, the most violated first.
  const std::vector<Index>& violated(const VectorView& dual, const std::vector<Index>& support);

  /// Return S_j'nu of the last dual.
  [[nodiscard]] double reduced_cost(Index column) const { return t_(column); }

 private:
  const Program& program_;
  Vector norms_, t_, excess_;  // m
  std::vector<Index> violated_;
};

/// Return the optimum of a support and its signs.
/// @param changes that it took
Optimum polished(const Program& program, const SignedColumns& found, int changes);

/// The active-set method: E = Omega + |y - S a|^2/(2 mu) falls in every move.
/// @param order columns to start from; those that depend on earlier ones are left out
/// @param weights a to start from, m
/// @return nothing if the rounds that it may take do not suffice
std::optional<Optimum> lower_by_active_set(const Program& program, const std::vector<Index>& order,
                                           const VectorView& weights, const StopRequest& stop);

}  // namespace flatsweep::solve
