#include "solve/support_factor.hpp"

#include <Eigen/Jacobi>
#include <algorithm>
#include <span>
#include <utility>

#include "solve/decomposition.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {

SupportFactor::SupportFactor(const MatrixView& activations)
    : activations_(activations),
      orthonormal_(activations.rows(), std::min(activations.rows(), activations.cols())),
      upper_(Matrix::Zero(orthonormal_.cols(), orthonormal_.cols())) {}

void SupportFactor::assign(std::span<const Index> columns) {
  const auto k = static_cast<Index>(columns.size());
  columns_.clear();
  if (k == 0) return;
  if (k <= orthonormal_.cols()) {
    auto [orthonormal, upper] = thin_qr(activations_(Eigen::indexing::all, columns));
    const auto norms = upper.colwise().norm().transpose();
    if ((upper.diagonal().cwiseAbs().array() > tuning.support.dependent * norms.array()).all()) {
      orthonormal_.leftCols(k) = orthonormal;
      upper_.topLeftCorner(k, k) = upper;
      columns_.assign(columns.begin(), columns.end());
      return;
    }
  }
  for (const Index column : columns)
    if (!append(column)) continue;
}

bool SupportFactor::append(Index column) {
  const Index k = size();
  if (k == orthonormal_.cols()) return false;
  const auto q = orthonormal_.leftCols(k);
  Vector rest = activations_.col(column);
  const double norm = rest.norm();
  Vector above = q.transpose() * rest;
  rest.noalias() -= q * above;
  const Vector again = q.transpose() * rest;  // "twice is enough" (Kahan; Parlett 1980)
  rest.noalias() -= q * again;
  const double distance = rest.norm();
  if (!(distance > tuning.support.dependent * norm)) return false;
  upper_.col(k).head(k) = above + again;
  upper_.row(k).head(k).setZero();
  upper_(k, k) = distance;
  orthonormal_.col(k) = rest / distance;
  columns_.push_back(column);
  return true;
}

void SupportFactor::remove(Index position) {
  const Index k = size();
  for (Index j = position; j + 1 < k; ++j) upper_.col(j).head(j + 2) = upper_.col(j + 1).head(j + 2);
  for (Index j = position; j + 1 < k; ++j) {
    Eigen::JacobiRotation<double> rotation;
    rotation.makeGivens(upper_(j, j), upper_(j + 1, j), &upper_(j, j));
    upper_(j + 1, j) = 0.0;
    upper_.middleCols(j + 1, k - 2 - j).applyOnTheLeft(j, j + 1, rotation.adjoint());
    orthonormal_.applyOnTheRight(j, j + 1, rotation);
  }
  columns_.erase(columns_.begin() + position);
}

Vector SupportFactor::coefficients(const VectorView& f) const {
  const Index k = size();
  Vector x = orthonormal_.leftCols(k).transpose() * f;
  upper_.topLeftCorner(k, k).triangularView<Eigen::Upper>().solveInPlace(x);
  return x;
}

Vector SupportFactor::preimage(const VectorView& g) const {
  const Index k = size();
  const Vector x = upper_.topLeftCorner(k, k).transpose().triangularView<Eigen::Lower>().solve(g);
  return orthonormal_.leftCols(k) * x;
}

Vector SupportFactor::outside(const VectorView& f) const {
  const auto q = orthonormal_.leftCols(size());
  Vector rest = f - q * (q.transpose() * f);
  rest -= q * (q.transpose() * rest);
  return rest;
}

}  // namespace flatsweep::solve
