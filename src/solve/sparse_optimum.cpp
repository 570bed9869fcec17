#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "solve/methods.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

constexpr const Tuning::SparseOptimum& sparse = tuning.sparse_optimum;

/// Columns of S and their QR factors, S_J = Q R, which grow by a column at a time.
class Support {
 public:
  /// @param most columns that it will take
  Support(const MatrixView& activations, const VectorView& labels, Index most)
      : activations_(activations),
        labels_(labels),
        orthonormal_(activations.rows(), most),
        upper_(Matrix::Zero(most, most)),
        outside_(labels) {}

  [[nodiscard]] const std::vector<Index>& columns() const { return columns_; }
  [[nodiscard]] bool spans_labels() const { return outside_.norm() <= sparse.labels_reached * labels_.norm(); }

  /// Add a column if it does not depend on the others.
  void add(Index j) {
    const Index k = count();
    Vector column = activations_.col(j);
    const double size = column.norm();
    for (int pass = 0; pass < 2; ++pass) {  // "twice is enough" (Kahan; Parlett 1980)
      const Vector shares = orthonormal_.leftCols(k).transpose() * column;
      column.noalias() -= orthonormal_.leftCols(k) * shares;
      upper_.col(k).head(k) += shares;
    }
    upper_(k, k) = column.norm();
    if (!(upper_(k, k) > sparse.dependence * size)) {
      upper_.col(k).setZero();
      return;
    }
    orthonormal_.col(k) = column / upper_(k, k);
    outside_ -= orthonormal_.col(k) * orthonormal_.col(k).dot(outside_);
    columns_.push_back(j);
  }

  /// Return a with S_J a_J = y (m), refined once with its residual in extended precision.
  [[nodiscard]] Vector weights() const {
    Vector a = Vector::Zero(activations_.cols());
    for (int pass = 0; pass < 2; ++pass)
      a(columns_) += solved(orthonormal_.leftCols(count()).transpose() * extended_residual(activations_, a, labels_));
    return a;
  }

  /// Return the nu (n) nearest to `dual` with S_J'nu = costs.
  [[nodiscard]] Vector nearest_dual(Vector dual, const Vector& costs) const {
    for (int pass = 0; pass < sparse.dual_refinements; ++pass) {
      Vector missing = costs;
      for (Index i = 0; i < costs.size(); ++i)
        missing(i) -= extended_dot(activations_.col(columns_[static_cast<std::size_t>(i)]), dual);
      upper_.topLeftCorner(count(), count()).triangularView<Eigen::Upper>().transpose().solveInPlace(missing);
      dual += orthonormal_.leftCols(count()) * missing;
    }
    return dual;
  }

 private:
  [[nodiscard]] Index count() const { return static_cast<Index>(columns_.size()); }
  [[nodiscard]] Vector solved(Vector shares) const {
    upper_.topLeftCorner(count(), count()).triangularView<Eigen::Upper>().solveInPlace(shares);
    return shares;
  }

  MatrixView activations_;
  VectorView labels_;
  Matrix orthonormal_, upper_;  // n x most, most x most
  Vector outside_;              // y without its part in the span
  std::vector<Index> columns_;
};

/// Return the number of columns that carry most of the cost.
Index carrying_columns(const Vector& costs) {
  std::vector<double> sizes(static_cast<std::size_t>(costs.size()));
  for (Index j = 0; j < costs.size(); ++j) sizes[static_cast<std::size_t>(j)] = std::abs(costs(j));
  std::ranges::sort(sizes, std::greater<>());
  double left = sparse.carried * costs.lpNorm<1>();
  Index count = 0;
  while (left > 0.0 && count < costs.size()) left -= sizes[static_cast<std::size_t>(count++)];
  return count;
}

/// Return the columns of highest priority that span y, at most `most` of them.
std::optional<Support> spanning_columns(const Program& program, const Vector& priority, Index most) {
  std::vector<Index> order(static_cast<std::size_t>(priority.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, [&](Index a, Index b) { return priority(a) > priority(b); });
  Support support(program.activations, program.labels, most);
  for (const Index j : order) {
    if (support.spans_labels()) return support;
    if (static_cast<Index>(support.columns().size()) == most) break;
    support.add(j);
  }
  return std::nullopt;
}

/// Return `support` without the columns that y does not need; nothing if the others do not span y.
std::optional<Support> without_idle_columns(const Program& program, const Support& support) {
  const Vector costs = support.weights().cwiseAbs().cwiseProduct(program.kappa);
  for (const double share : sparse.negligible_weights) {
    Support needed(program.activations, program.labels, static_cast<Index>(support.columns().size()));
    for (const Index j : support.columns())
      if (costs(j) > share * costs.maxCoeff()) needed.add(j);
    if (needed.spans_labels()) return needed;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Optimum> prove_sparse_optimum(const Program& program, const InteriorPoint& point, Proof proof) {
  const auto most = static_cast<Index>(sparse.most_columns * static_cast<double>(program.labels.size()));
  if (point.costs.size() == 0 || !point.costs.allFinite() || carrying_columns(point.costs) > most) return std::nullopt;
  const std::optional<Support> spanning = spanning_columns(program, point.priority, most);
  if (!spanning) return std::nullopt;
  const std::optional<Support> support = without_idle_columns(program, *spanning);
  if (!support) return std::nullopt;

  Optimum optimum{.outer_weights = support->weights(), .dual = {}};
  const std::vector<Index>& columns = support->columns();
  const Vector weights = optimum.outer_weights(columns);
  const Vector costs = program.kappa(columns).array() * weights.array().sign();
  optimum.dual = support->nearest_dual(point.dual, costs);
  const Vector t = program.activations.transpose() * optimum.dual;
  const double violation = proof == Proof::exact ? sparse.violation : sparse.violation_within_gap;
  if (!((t.array().abs() / program.kappa.array()).maxCoeff() <= 1.0 + violation)) return std::nullopt;
  return optimum;
}

}  // namespace flatsweep::solve
