#include "solve/support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

#include "solve/methods.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

constexpr const Tuning::Support& support_tuning = tuning.support;

double sign_of(double x) { return x < 0.0 ? -1.0 : 1.0; }

/// Columns B, and their costs c_i = sign(a_i) kappa_i.
struct SignedColumns {
  std::vector<Index> columns;
  std::vector<double> costs;

  [[nodiscard]] Eigen::Map<const Vector> cost_vector() const {
    return {costs.data(), static_cast<Index>(costs.size())};
  }

  /// Return the same in the order of S.
  [[nodiscard]] SignedColumns sorted() const {
    std::vector<std::size_t> order(columns.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t k) { return columns[k]; });
    SignedColumns result;
    for (const std::size_t k : order) {
      result.columns.push_back(columns[k]);
      result.costs.push_back(costs[k]);
    }
    return result;
  }
};

/// Return those of `support` that are among `columns`.
SignedColumns independent(const SignedColumns& support, const std::vector<Index>& columns) {
  SignedColumns result;
  for (std::size_t k = 0; k < support.columns.size(); ++k) {
    if (std::ranges::find(columns, support.columns[k]) == columns.end()) continue;
    result.columns.push_back(support.columns[k]);
    result.costs.push_back(support.costs[k]);
  }
  return result;
}

/// S_B by the Cholesky factor of S_B'S_B: the operations of SupportFactor at half the cost and the condition squared.
class GramFactor {
 public:
  /// @return false if the columns are dependent to rounding
  [[nodiscard]] bool assign(const MatrixView& activations, const std::vector<Index>& columns) {
    basis_ = activations(Eigen::all, columns);
    const Matrix transposed = basis_.transpose();
    lower_.setZero(basis_.cols(), basis_.cols());
    if (columns.empty()) return true;
    dense::symmetric_product(1.0, transposed, 0.0, lower_);
    return dense::cholesky(lower_);
  }

  /// Return |smallest pivot| / |largest pivot|.
  [[nodiscard]] double pivot_share() const {
    return basis_.cols() == 0 ? 1.0 : lower_.diagonal().minCoeff() / lower_.diagonal().maxCoeff();
  }

  [[nodiscard]] Vector coefficients(const VectorView& f) const { return solve(basis_.transpose() * f); }
  [[nodiscard]] Vector preimage(const VectorView& g) const { return basis_ * solve(g); }
  [[nodiscard]] Vector outside(const VectorView& f) const { return f - basis_ * coefficients(f); }

 private:
  [[nodiscard]] Vector solve(Vector x) const {
    lower_.triangularView<Eigen::Lower>().solveInPlace(x);
    lower_.transpose().triangularView<Eigen::Upper>().solveInPlace(x);
    return x;
  }

  Matrix basis_;  // S_B, n x k
  Matrix lower_;  // k x k
};

/// a_B and nu of a support.
struct SupportPoint {
  Vector weights;  ///< k
  Vector dual;     ///< n
};

/// Solve S_B a + mu nu = y, S_B'nu = c, refined with residuals in extended precision.
template <typename Factor>
SupportPoint solve_support(const Program& program, const Factor& factor, const SignedColumns& support,
                           int refinements) {
  const double mu = program.ridge();
  SupportPoint point{Vector::Zero(static_cast<Index>(support.columns.size())), Vector::Zero(program.labels.size())};
  Vector f = program.labels;
  Vector g = support.cost_vector();
  for (int refinement = 0;; ++refinement) {
    const Vector preimage = factor.preimage(g);
    point.weights += factor.coefficients(f - mu * preimage);
    point.dual += factor.outside(f) / mu + preimage;
    if (refinement == refinements) return point;
    const Matrix basis = program.activations(Eigen::all, support.columns);
    f = extended_residual(basis, point.weights, program.labels) - mu * point.dual;
    g = support.cost_vector() - extended_transposed_product(basis, point.dual);
  }
}

/// Return the optimum of a support and its signs.
Optimum polished(const Program& program, const SignedColumns& found, int changes) {
  SignedColumns support = found.sorted();
  SupportPoint point;
  GramFactor gram;
  if (gram.assign(program.activations, support.columns) && gram.pivot_share() > support_tuning.doubtful_pivot) {
    point = solve_support(program, gram, support, support_tuning.refinements);
  } else {
    SupportFactor factor(program.activations);
    factor.assign(support.columns);
    support = independent(support, factor.columns());
    point = solve_support(program, factor, support, support_tuning.refinements);
  }
  Optimum optimum{.outer_weights = Vector::Zero(program.kappa.size()),
                  .dual = std::move(point.dual),
                  .effort = {.pivots = changes},
                  .basis = support.columns,
                  .signed_costs = support.cost_vector()};
  optimum.outer_weights(support.columns) = point.weights;
  return optimum;
}

/// What is wrong with a support: columns whose weights have the wrong sign, and columns outside that are violated.
struct Violations {
  std::vector<std::size_t> wrong;  ///< positions in the support
  std::vector<Index> outside;      ///< columns, the most violated first

  [[nodiscard]] std::size_t count() const { return wrong.size() + outside.size(); }
};

/// Prices all columns at a dual.
class Pricing {
 public:
  explicit Pricing(const Program& program)
      : program_(program), norms_(program.activations.colwise().norm().transpose()) {}

  /// Return the columns off the support with |t_j| > kappa_j, the most violated first.
  const std::vector<Index>& violated(const VectorView& dual, const std::vector<Index>& support) {
    t_.noalias() = program_.activations.transpose() * dual;
    const double rounding = support_tuning.rounding_units * std::numeric_limits<double>::epsilon() * dual.norm();
    excess_ = t_.cwiseAbs().cwiseQuotient(program_.kappa);
    for (const Index j : support) excess_(j) = 0.0;
    violated_.clear();
    for (Index j = 0; j < t_.size(); ++j)
      if (excess_(j) > 1.0 + support_tuning.violation_tolerance + rounding * norms_(j) / program_.kappa(j))
        violated_.push_back(j);
    std::ranges::sort(violated_,
                      [&](Index a, Index b) { return excess_(a) != excess_(b) ? excess_(a) > excess_(b) : a < b; });
    return violated_;
  }

  /// Return S_j'nu of the last dual.
  [[nodiscard]] double reduced_cost(Index column) const { return t_(column); }

 private:
  const Program& program_;
  Vector norms_, t_, excess_;  // m
  std::vector<Index> violated_;
};

/// Exchange everything that is wrong at once, while that is less from round to round.
std::optional<Optimum> pivot_in_blocks(const Program& program, SignedColumns support, const StopRequest& stop) {
  Pricing pricing(program);
  const Index n = program.labels.size();
  std::size_t least = std::numeric_limits<std::size_t>::max();
  int failures = 0;
  int changes = 0;
  for (int round = 0; round < support_tuning.max_block_rounds; ++round) {
    stop.check();
    GramFactor factor;
    if (static_cast<Index>(support.columns.size()) > n || !factor.assign(program.activations, support.columns)) break;
    const SupportPoint point = solve_support(program, factor, support, 1);
    Violations found{{}, pricing.violated(point.dual, support.columns)};
    for (std::size_t k = 0; k < support.columns.size(); ++k)
      if (support.costs[k] * point.weights(static_cast<Index>(k)) <= 0.0) found.wrong.push_back(k);
    if (found.count() == 0) return polished(program, support, changes);
    const bool nearly_full =
        static_cast<double>(support.columns.size()) > support_tuning.full_share * static_cast<double>(n);
    if (nearly_full && static_cast<Index>(found.count()) > support_tuning.many_wrong) break;
    if (found.count() >= least && ++failures > support_tuning.block_failures) break;
    least = std::min(least, found.count());
    changes += static_cast<int>(found.count());
    for (const std::size_t k : std::views::reverse(found.wrong)) {
      support.columns.erase(support.columns.begin() + static_cast<std::ptrdiff_t>(k));
      support.costs.erase(support.costs.begin() + static_cast<std::ptrdiff_t>(k));
    }
    for (const Index j : found.outside) {
      support.columns.push_back(j);
      support.costs.push_back(sign_of(pricing.reduced_cost(j)) * program.kappa(j));
    }
  }
  return std::nullopt;
}

/// The active-set method. E = Omega + |y - S a|^2/(2 mu) falls in every move.
class ActiveSet {
 public:
  ActiveSet(const Program& program, const StopRequest& stop)
      : program_(program), stop_(stop), mu_(program.ridge()), factor_(program.activations), pricing_(program) {}

  /// @param order columns to start from; those that depend on earlier ones are left out
  /// @param weights a to start from, m
  std::optional<Optimum> run(const std::vector<Index>& order, const VectorView& weights) {
    factor_.assign(order);
    for (const Index j : factor_.columns()) {
      weights_.push_back(weights(j));
      costs_.push_back(sign_of(weights(j)) * program_.kappa(j));
    }
    for (int round = 0; round < support_tuning.max_rounds; ++round) {
      stop_.check();
      if (!move_to_target()) continue;
      if (!enter()) return polished(program_, {factor_.columns(), costs_}, changes_);
    }
    return std::nullopt;
  }

 private:
  /// Where a weight reaches zero along a direction.
  struct Kink {
    double step;
    Index position;
  };

  [[nodiscard]] static Eigen::Map<Vector> view(std::vector<double>& values) {
    return {values.data(), static_cast<Index>(values.size())};
  }

  /// Find the kinks along `direction` (k) up to `longest`, nearest first.
  void find_kinks(const Vector& direction, double longest) {
    constexpr double negligible = 1e-12;
    const double least = negligible * direction.cwiseAbs().maxCoeff();
    kinks_.clear();
    for (Index i = 0; i < direction.size(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      if (costs_[k] * direction(i) >= 0.0 || std::abs(direction(i)) <= least) continue;
      const double step = std::max(0.0, -weights_[k] / direction(i));
      if (step < longest) kinks_.push_back({step, i});
    }
    std::ranges::sort(kinks_, [](const Kink& a, const Kink& b) {
      return a.step != b.step ? a.step < b.step : a.position < b.position;
    });
  }

  void drop(Index position) {
    weights_.erase(weights_.begin() + position);
    costs_.erase(costs_.begin() + position);
    factor_.remove(position);
    ++changes_;
  }

  /// Move towards the optimum of the present support and signs, as far as E falls.
  /// @return whether it was reached
  bool move_to_target() {
    if (costs_.empty()) return true;
    const Vector target = factor_.coefficients(program_.labels - mu_ * factor_.preimage(view(costs_)));
    const Vector direction = target - view(weights_);
    const double curvature =
        factor_.squared_image(direction) / mu_;  // slope is curvature (step - 1), plus jumps at kinks
    find_kinks(direction, 1.0);
    double jumps = 0.0;
    for (const Kink& kink : kinks_) {
      if (curvature * (kink.step - 1.0) + jumps >= 0.0) break;
      double& cost = costs_[static_cast<std::size_t>(kink.position)];
      const double jump = 2.0 * std::abs(cost * direction(kink.position));
      if (curvature * (kink.step - 1.0) + jumps + jump >= 0.0) {
        view(weights_) += kink.step * direction;
        drop(kink.position);
        return false;
      }
      jumps += jump;
      cost = -cost;
      ++changes_;
    }
    if (jumps == 0.0) {
      view(weights_) = target;
      return true;
    }
    view(weights_) += (1.0 - jumps / curvature) * direction;
    return false;
  }

  /// Let the most violated columns enter.
  /// @return false if there is none
  bool enter() {
    const Vector dual = factor_.outside(program_.labels) / mu_ + factor_.preimage(view(costs_));
    int entered = 0;
    for (const Index j : pricing_.violated(dual, factor_.columns())) {
      if (entered == support_tuning.most_entering) break;
      const double reduced_cost = pricing_.reduced_cost(j);
      if (factor_.append(j)) {
        weights_.push_back(0.0);
        costs_.push_back(sign_of(reduced_cost) * program_.kappa(j));
        ++entered;
        ++changes_;
      } else if (entered == 0 && pivot(j, reduced_cost)) {
        return true;
      }
    }
    return entered > 0;
  }

  /// Let a column enter that depends on the support: S a stays, and Omega falls to the kink at which another leaves.
  /// @return false if no weight is in its way
  bool pivot(Index entering, double reduced_cost) {
    const double entering_sign = sign_of(reduced_cost);
    const Vector direction = -entering_sign * factor_.coefficients(program_.activations.col(entering));
    find_kinks(direction, std::numeric_limits<double>::infinity());
    double slope = program_.kappa(entering) - std::abs(reduced_cost);
    for (const Kink& kink : kinks_) {
      double& cost = costs_[static_cast<std::size_t>(kink.position)];
      slope += 2.0 * std::abs(cost * direction(kink.position));
      if (slope < 0.0) {
        cost = -cost;
        continue;
      }
      view(weights_) += kink.step * direction;
      drop(kink.position);
      if (factor_.append(entering)) {
        weights_.push_back(entering_sign * kink.step);
        costs_.push_back(entering_sign * program_.kappa(entering));
      }
      return true;
    }
    return false;
  }

  const Program& program_;
  const StopRequest& stop_;
  double mu_;
  SupportFactor factor_;
  Pricing pricing_;
  std::vector<double> weights_, costs_;  // of the columns of the factor, k
  std::vector<Kink> kinks_;
  int changes_ = 0;
};

/// Return the columns that the interior point leaves in the support: by Tapia's indicator, at most n of them.
SignedColumns indicated_support(const Program& program, const InteriorPoint& start) {
  SignedColumns support;
  for (Index j = 0; j < start.lost_slack.size(); ++j)
    if (start.lost_slack(j) > support_tuning.lost_slack) support.columns.push_back(j);
  std::ranges::stable_sort(support.columns,
                           [&](Index a, Index b) { return start.lost_slack(a) > start.lost_slack(b); });
  const auto most = static_cast<std::size_t>(program.labels.size());
  if (support.columns.size() > most) support.columns.resize(most);
  for (const Index j : support.columns) support.costs.push_back(sign_of(start.costs(j)) * program.kappa(j));
  return support;
}

}  // namespace

std::optional<Optimum> find_support(const Program& program, const InteriorPoint& start, const StopRequest& stop) {
  if (auto optimum = pivot_in_blocks(program, indicated_support(program, start), stop)) return optimum;
  return ActiveSet(program, stop)
      .run(indicated_support(program, start).columns, start.costs.cwiseQuotient(program.kappa));
}

}  // namespace flatsweep::solve
