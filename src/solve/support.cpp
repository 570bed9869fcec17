#include "solve/support.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

#include "solve/methods.hpp"
#include "solve/numerics.hpp"
#include "solve/support_factor.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

constexpr const Tuning::Support& support_tuning = tuning.support;

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
    basis_ = activations(Eigen::indexing::all, columns);
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
    const Matrix basis = program.activations(Eigen::indexing::all, support.columns);
    f = extended_residual(basis, point.weights, program.labels) - mu * point.dual;
    g = support.cost_vector() - extended_transposed_product(basis, point.dual);
  }
}

/// What is wrong with a support: columns whose weights have the wrong sign, and columns outside that are violated.
struct Violations {
  std::vector<std::size_t> wrong;  ///< positions in the support
  std::vector<Index> outside;      ///< columns, the most violated first

  [[nodiscard]] std::size_t count() const { return wrong.size() + outside.size(); }
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

SignedColumns SignedColumns::sorted() const {
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
  for (std::size_t k = 0; k < support.columns.size(); ++k)
    optimum.outer_weights(support.columns[k]) = point.weights(static_cast<Index>(k));
  return optimum;
}

const std::vector<Index>& Pricing::violated(const VectorView& dual, const std::vector<Index>& support) {
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

std::optional<Optimum> find_support(const Program& program, const InteriorPoint& start, const StopRequest& stop) {
  if (auto optimum = pivot_in_blocks(program, indicated_support(program, start), stop)) return optimum;
  return lower_by_active_set(program, indicated_support(program, start).columns,
                             start.costs.cwiseQuotient(program.kappa), stop);
}

}  // namespace flatsweep::solve
