#include "flatsweep/solve/basis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "flatsweep/core/dense_kernels.hpp"

namespace flatsweep::solve {
namespace {

/// A pivot below this share of the largest may be rounding noise of dependent columns, which an orthogonal
/// decomposition has magnified; the second limit is for an S that has no better columns.
constexpr double doubtful_pivot = 1e-8;
constexpr double hopeless_pivot = 1e-13;

/// Columns by which the room for exchanges grows.
constexpr Index growth = 128;

double smallest_pivot_share(const Matrix& lu) {
  const auto pivots = lu.diagonal().cwiseAbs();
  return pivots.minCoeff() / pivots.maxCoeff();
}

std::vector<Index> by_importance(const VectorView& importance) {
  std::vector<Index> order(static_cast<std::size_t>(importance.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, [&](Index a, Index b) { return importance(a) > importance(b); });
  return order;
}

/// The first n of `candidates` that are independent, by left-looking elimination with row exchanges; fewer
/// where S has no more.
std::vector<Index> independent_columns(const MatrixView& activations, const std::vector<Index>& candidates,
                                       double dependence, const StopRequest& stop) {
  const Index n = activations.rows();
  Matrix lower = Matrix::Zero(n, n);  // unit lower triangle, in exchanged row order
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

}  // namespace

bool Basis::choose(const MatrixView& activations, const VectorView& importance, const StopRequest& stop) {
  const std::vector<Index> candidates = by_importance(importance);
  const Index n = activations.rows();
  images_.resize(n, growth);
  positions_.reserve(growth);
  columns_.assign(candidates.begin(), candidates.begin() + n);
  if (refactor(activations) && smallest_pivot_share(lu_) > doubtful_pivot) return true;
  for (const double dependence : {doubtful_pivot, hopeless_pivot}) {
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
  exchange_count_ = 0;
  positions_.clear();
  return dense::factor_lu(lu_, order_) && smallest_pivot_share(lu_) > hopeless_pivot;
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
  for (Index e = 0; e < exchange_count_; ++e) {
    const Index p = positions_[static_cast<std::size_t>(e)];
    for (Index c = 0; c < x.cols(); ++c) {
      const double entry = x(p, c) / images_(p, e);
      x.col(c) -= entry * images_.col(e);
      x(p, c) = entry;
    }
  }
}

void Basis::solve_transposed(Eigen::Ref<Vector> x) const {
  for (Index e = exchange_count_ - 1; e >= 0; --e) {
    const Index p = positions_[static_cast<std::size_t>(e)];
    x(p) += (x(p) - images_.col(e).dot(x)) / images_(p, e);
  }
  lu_.transpose().triangularView<Eigen::Lower>().solveInPlace(x);
  lu_.transpose().triangularView<Eigen::UnitUpper>().solveInPlace(x);
  permuted_ = x;
  for (Index i = 0; i < x.size(); ++i) x(order_(i)) = permuted_(i);
}

void Basis::exchange(Index position, Index entering, const VectorView& image) {
  if (exchange_count_ == images_.cols()) images_.conservativeResize(size(), exchange_count_ + growth);
  images_.col(exchange_count_++) = image;
  positions_.push_back(position);
  columns_[static_cast<std::size_t>(position)] = entering;
}

}  // namespace flatsweep::solve
