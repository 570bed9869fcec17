#include "solve/basis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "flatsweep/core/matrix.hpp"
#include "solve/decomposition.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

/// |smallest pivot| / |largest pivot| of LU factors.
double smallest_pivot_share(const Matrix& lu) {
  const auto pivots = lu.diagonal().cwiseAbs();
  return pivots.minCoeff() / pivots.maxCoeff();
}

/// Return the columns from the highest priority to the lowest, equal ones in the order of S.
std::vector<Index> by_priority(const VectorView& priority) {
  std::vector<Index> order(static_cast<std::size_t>(priority.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, [&](Index a, Index b) { return priority(a) > priority(b); });
  return order;
}

/// Return the first n of `candidates` that are independent, by left-looking elimination with row interchanges; fewer if
/// S has no more. Column k is independent if its pivot is above `dependence` times its largest entry.
std::vector<Index> independent_columns(const MatrixView& activations, const std::vector<Index>& candidates,
                                       double dependence, const StopRequest& stop) {
  const Index n = activations.rows();
  Matrix lower = Matrix::Zero(n, n);  // unit lower triangle, in interchanged row order
  std::vector<Index> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), Index{0});
  std::vector<Index> chosen;
  Vector column(n);
  for (const Index candidate : candidates) {
    const auto k = static_cast<Index>(chosen.size());
    if (k == n) break;
    stop.check();
    for (Index i = 0; i < n; ++i) column(i) = activations(rows[static_cast<std::size_t>(i)], candidate);
    const double scale = column.cwiseAbs().maxCoeff();
    lower.topLeftCorner(k, k).triangularView<Eigen::UnitLower>().solveInPlace(column.head(k));
    column.tail(n - k).noalias() -= lower.bottomLeftCorner(n - k, k) * column.head(k);
    Index pivot = 0;
    if (!(column.tail(n - k).cwiseAbs().maxCoeff(&pivot) > dependence * scale)) continue;
    pivot += k;
    std::swap(rows[static_cast<std::size_t>(k)], rows[static_cast<std::size_t>(pivot)]);
    std::swap(column(k), column(pivot));
    lower.row(k).head(k).swap(lower.row(pivot).head(k));
    lower.col(k).tail(n - k) = column.tail(n - k) / column(k);
    chosen.push_back(candidate);
  }
  return chosen;
}

/// Return k independent rows of `basis` (n x k).
std::vector<Index> independent_rows(const Matrix& basis) {
  std::vector<Index> rows(static_cast<std::size_t>(basis.cols()));
  if (basis.rows() == basis.cols()) {
    std::iota(rows.begin(), rows.end(), Index{0});
    return rows;
  }
  Matrix transposed = basis.transpose();
  Vector scales(transposed.rows());
  Eigen::VectorXi order(transposed.cols());
  dense::factor_pivoted_qr(transposed, scales, order);
  std::copy_n(order.data(), rows.size(), rows.begin());
  return rows;
}

}  // namespace

Vector independence(const MatrixView& activations) {
  Matrix factors = activations;
  Vector scales(activations.rows());
  Eigen::VectorXi order(activations.cols());
  dense::factor_pivoted_qr(factors, scales, order);
  Vector priority = Vector::Zero(activations.cols());
  for (Index k = 0; k < activations.rows(); ++k) priority(order(k)) = static_cast<double>(activations.rows() - k);
  return priority;
}

bool Basis::choose(const MatrixView& activations, const VectorView& priority, const StopRequest& stop) {
  const std::vector<Index> candidates = by_priority(priority);
  const Index n = activations.rows();
  etas_.resize(n, tuning.basis.growth);
  positions_.reserve(static_cast<std::size_t>(tuning.basis.growth));
  columns_.assign(candidates.begin(), candidates.begin() + n);
  if (refactor(activations) && smallest_pivot_share(lu_) > tuning.basis.doubtful_pivot) return true;
  for (const double dependence : {tuning.basis.doubtful_pivot, tuning.basis.hopeless_pivot}) {
    columns_ = independent_columns(activations, candidates, dependence, stop);
    if (static_cast<Index>(columns_.size()) == n) return refactor(activations);
  }
  return false;
}

bool Basis::refactor(const MatrixView& activations) {
  const Index n = activations.rows();
  lu_.resize(n, n);
  order_.resize(n);
  permuted_.resize(n);
  for (Index k = 0; k < n; ++k) lu_.col(k) = activations.col(columns_[static_cast<std::size_t>(k)]);
  update_count_ = 0;
  positions_.clear();
  return dense::factor_lu(lu_, order_) && smallest_pivot_share(lu_) > tuning.basis.hopeless_pivot;
}

void Basis::solve(Eigen::Ref<Matrix> x) const {
  for (Index c = 0; c < x.cols(); ++c) {
    for (Index i = 0; i < x.rows(); ++i) permuted_(i) = x(order_(i), c);
    x.col(c) = permuted_;
  }
  if (x.cols() == 1) {
    auto vector = x.col(0);
    lu_.triangularView<Eigen::UnitLower>().solveInPlace(vector);
    lu_.triangularView<Eigen::Upper>().solveInPlace(vector);
  } else {
    dense::solve_lu(lu_, x);
  }
  for (Index e = 0; e < update_count_; ++e) {
    const Index p = positions_[static_cast<std::size_t>(e)];
    for (Index c = 0; c < x.cols(); ++c) {
      const double entry = x(p, c) / etas_(p, e);
      x.col(c) -= entry * etas_.col(e);
      x(p, c) = entry;
    }
  }
}

void Basis::solve_transposed(Eigen::Ref<Vector> x) const {
  for (Index e = update_count_ - 1; e >= 0; --e) {
    const Index p = positions_[static_cast<std::size_t>(e)];
    x(p) += (x(p) - etas_.col(e).dot(x)) / etas_(p, e);
  }
  lu_.transpose().triangularView<Eigen::Lower>().solveInPlace(x);
  lu_.transpose().triangularView<Eigen::UnitUpper>().solveInPlace(x);
  permuted_ = x;
  for (Index i = 0; i < x.size(); ++i) x(order_(i)) = permuted_(i);
}

void Basis::update(Index position, Index entering, const VectorView& eta) {
  if (update_count_ == etas_.cols()) etas_.conservativeResize(size(), update_count_ + tuning.basis.growth);
  etas_.col(update_count_++) = eta;
  positions_.push_back(position);
  columns_[static_cast<std::size_t>(position)] = entering;
}

void round_dual(const MatrixView& activations, std::span<const Index> columns, const VectorView& costs,
                Eigen::Ref<Vector> dual) {
  const Matrix basis = activations(Eigen::indexing::all, columns);
  const std::vector<Index> moving = independent_rows(basis);
  const Index k = basis.cols();
  const auto [orthogonal, upper] = thin_qr(basis(moving, Eigen::indexing::all).transpose());

  // nu + remainder solves the system to about twice the working precision.
  Vector entries = dual(moving);
  Vector remainder = Vector::Zero(k);
  for (int refinement = 0; refinement < tuning.basis.dual_refinements; ++refinement) {
    entries += remainder;
    dual(moving) = entries;
    remainder = upper.triangularView<Eigen::Upper>().solve(orthogonal.transpose() *
                                                           (costs - extended_transposed_product(basis, dual)));
  }
  Vector error = Vector::Zero(k);  // rounded minus exact
  for (Index i = k - 1; i >= 0; --i) {
    const double absorbed = upper.row(i).tail(k - 1 - i).dot(error.tail(k - 1 - i)) / upper(i, i);
    const double change = remainder(i) - absorbed;
    const double rounded = entries(i) + change;
    error(i) = (rounded - entries(i)) - remainder(i);
    entries(i) = rounded;
  }
  dual(moving) = entries;
}

Vector inward_costs(const MatrixView& activations, std::span<const Index> columns, Vector costs,
                    const VectorView& dual) {
  for (Index k = 0; k < costs.size(); ++k) {
    const double size = activations.col(columns[static_cast<std::size_t>(k)]).cwiseAbs().dot(dual.cwiseAbs());
    const double rounding = tuning.basis.inward_units * std::numeric_limits<double>::epsilon() * size;
    costs(k) -= std::copysign(std::min(rounding, 0.5 * std::abs(costs(k))), costs(k));
  }
  return costs;
}

}  // namespace flatsweep::solve
