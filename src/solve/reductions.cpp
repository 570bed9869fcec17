#include "solve/reductions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {
namespace {

template <typename Dense>
int exponent_of_largest(const Dense& values) {
  const double largest = values.cwiseAbs().maxCoeff();
  return largest > 0.0 ? std::ilogb(largest) : 0;
}

/// values times 2^exponent; unlike the factor, no entry overflows on the way to order 1.
template <typename Dense>
auto scaled(const Dense& values, int exponent) {
  return values.unaryExpr([exponent](double value) { return std::ldexp(value, exponent); });
}

/// Return v_i 2^exponent_i: exact for a whole exponent as far as doubles reach.
Vector power_scaled(const VectorView& v, const Vector& exponents) {
  Vector result(v.size());
  for (Index i = 0; i < v.size(); ++i) {
    const double whole = std::floor(exponents(i));
    result(i) = std::ldexp(v(i) * std::exp2(exponents(i) - whole), static_cast<int>(whole));
  }
  return result;
}

std::vector<Index> nonzero_columns(const Program& program) {
  std::vector<Index> columns;
  for (Index j = 0; j < program.kappa.size(); ++j) {
    const bool zero = (program.activations.col(j).array() == 0.0).all();
    expects(zero || program.kappa(j) > 0.0);
    if (!zero) columns.push_back(j);
  }
  return columns;
}

/// Whether the condition of a triangle is far below 1/tolerance.
bool certainly_regular(const Matrix& lower, double tolerance) {
  if ((lower.diagonal().array() == 0.0).any()) return false;
  const double norm = lower.cwiseAbs().colwise().sum().maxCoeff();
  const double inverse_norm = estimate_inverse_norm(
      lower.rows(), [&](Vector& x) { lower.triangularView<Eigen::Lower>().solveInPlace(x); },
      [&](Vector& x) { lower.triangularView<Eigen::Lower>().transpose().solveInPlace(x); });
  return norm * inverse_norm * tolerance < tuning.rank.doubtful_condition;
}

/// Return an orthonormal basis (s x k) of the numerical range of a square matrix.
Matrix range_basis(Matrix square, double tolerance) {
  Vector scales(square.cols());
  Eigen::VectorXi order(square.cols());
  dense::factor_pivoted_qr(square, scales, order);
  const double threshold = tolerance * std::abs(square(0, 0));
  Index rank = 0;
  while (rank < square.cols() && std::abs(square(rank, rank)) > threshold) ++rank;
  Matrix basis = square.leftCols(rank);
  dense::form_orthogonal_factor(basis, scales.head(rank));
  return basis;
}

}  // namespace

ThinQr thin_qr(Matrix a) {
  Vector scales(a.cols());
  dense::factor_qr(a, scales);
  Matrix upper = a.topRows(a.cols()).triangularView<Eigen::Upper>();
  dense::form_orthogonal_factor(a, scales);
  return {std::move(a), std::move(upper)};
}

std::optional<Matrix> gram_cholesky(const MatrixView& activations) {
  Matrix gram(activations.rows(), activations.rows());
  dense::symmetric_product(1.0, activations, 0.0, gram);
  const double trace = gram.trace();
  if (!dense::cholesky(gram)) return std::nullopt;
  gram.triangularView<Eigen::StrictlyUpper>().setZero();
  const auto solve = [&](Vector& x) {
    gram.triangularView<Eigen::Lower>().solveInPlace(x);
    gram.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
  };
  const double condition = trace * estimate_inverse_norm(gram.rows(), solve, solve);
  if (!(condition < tuning.ladder.safe_gram_condition)) return std::nullopt;
  return gram;
}

OrthogonalDecomposition::OrthogonalDecomposition(const MatrixView& activations, const StopRequest& stop,
                                                 double tolerance) {
  if (activations.rows() > activations.cols()) {
    ThinQr outer = thin_qr(activations);
    stop.check();
    row_space_ = decompose_core(std::move(outer.upper), tolerance).transpose();
    range_ = outer.orthonormal * range_;
    return;
  }
  const bool done = decompose_gram(activations);
  stop.check();
  if (done) return;
  ThinQr outer = thin_qr(activations.transpose());
  stop.check();
  outer.upper.transposeInPlace();
  if (certainly_regular(outer.upper, tolerance)) {
    lower_ = std::move(outer.upper);
    row_space_ = outer.orthonormal.transpose();
  } else {
    const Matrix basis = decompose_core(std::move(outer.upper), tolerance);
    row_space_.noalias() = basis.transpose() * outer.orthonormal.transpose();
  }
}

/// @return false if the Gram matrix does not prove S regular
bool OrthogonalDecomposition::decompose_gram(const MatrixView& activations) {
  std::optional<Matrix> lower = gram_cholesky(activations);
  if (!lower) return false;
  lower_ = *std::move(lower);
  row_space_ = activations;
  dense::solve_lower(lower_, row_space_);
  return true;
}

/// Set Z and L of a square matrix C = Z L V'.
/// @return V
Matrix OrthogonalDecomposition::decompose_core(Matrix core, double tolerance) {
  range_ = range_basis(core, tolerance);
  core = core.transpose() * range_;
  ThinQr inner = thin_qr(std::move(core));
  lower_ = inner.upper.transpose();
  return std::move(inner.orthonormal);
}

Vector OrthogonalDecomposition::reduced_labels(const VectorView& labels) const {
  if (has_full_row_rank()) return lower_.triangularView<Eigen::Lower>().solve(labels);
  return lower_.triangularView<Eigen::Lower>().solve(range_.transpose() * labels);
}

Vector OrthogonalDecomposition::lifted_dual(const VectorView& reduced_dual) const {
  const Vector lifted = lower_.transpose().triangularView<Eigen::Upper>().solve(reduced_dual);
  return has_full_row_rank() ? lifted : Vector(range_ * lifted);
}

double OrthogonalDecomposition::range_residual(const VectorView& labels) const {
  if (has_full_row_rank()) return 0.0;
  Vector outside = labels - range_ * (range_.transpose() * labels);
  outside -= range_ * (range_.transpose() * outside);
  return outside.norm() / labels.norm();
}

Solution no_interpolator(const Program& program, double residual, Index rank) {
  return {.status = Status::infeasible,
          .outer_weights = Vector::Constant(program.kappa.size(), not_a_number),
          .dual = Vector::Constant(program.labels.size(), not_a_number),
          .certificate = {not_a_number, residual, not_a_number},
          .rank = rank,
          .path = {}};
}

ScaledProgram::ScaledProgram(const Program& program)
    : original_(program),
      activations_exponent_(exponent_of_largest(program.activations)),
      labels_exponent_(exponent_of_largest(program.labels)),
      kappa_exponent_(exponent_of_largest(program.kappa)),
      labels_(scaled(program.labels, -labels_exponent_)),
      kappa_(scaled(program.kappa, -kappa_exponent_)) {
  if (std::abs(activations_exponent_) <= tuning.ladder.harmless_exponent)
    activations_exponent_ = 0;
  else
    activations_ = scaled(program.activations, -activations_exponent_);
  const int weights_exponent = labels_exponent_ - activations_exponent_;
  penalty_ = program.penalty * std::exp2(kappa_exponent_ + program.q * weights_exponent - 2.0 * labels_exponent_);
}

Program ScaledProgram::program() const {
  return {activations_.size() == 0 ? original_.activations : MatrixView(activations_), labels_, kappa_, original_.q,
          penalty_};
}

/// With S = s S', y = l y', kappa = k kappa': a = (l/s) a', P = k (l/s)^q P', nu = (P/P') nu' / l and
/// penalty' = penalty (P/P') / l^2.
Solution ScaledProgram::restored(Solution solution) const {
  const int exponent = labels_exponent_ - activations_exponent_;
  const double objective_exponent = kappa_exponent_ + original_.q * exponent;
  solution.outer_weights = scaled(solution.outer_weights, exponent).eval();
  solution.dual *= std::exp2(objective_exponent - labels_exponent_);
  solution.certificate.objective *= std::exp2(objective_exponent);
  return solution;
}

EquilibratedProgram::EquilibratedProgram(const Program& program, Equilibration equilibration)
    : original_(program), rows_(Vector::Zero(program.labels.size())), columns_(Vector::Zero(program.kappa.size())) {
  if (equilibration != Equilibration::none) equilibrate(equilibration);
  const Vector sizes = program.labels.array().abs().log2().floor().matrix() + rows_;  // -inf for zeros
  const auto is_zero_row = [&](Index i) { return (program.activations.row(i).array() == 0.0).all(); };
  labels_ = -std::numeric_limits<double>::infinity();
  for (Index i = 0; i < rows_.size(); ++i)
    if (!is_zero_row(i)) labels_ = std::max(labels_, sizes(i));
  if (std::isinf(labels_)) labels_ = sizes.maxCoeff();
  if (equilibration != Equilibration::none)  // an equation 0 = y_i is as wrong as any, however small y_i is
    for (Index i = 0; i < rows_.size(); ++i)
      if (std::isfinite(sizes(i)) && is_zero_row(i)) rows_(i) += labels_ - sizes(i);
  scaled_labels_ = power_scaled(program.labels, (rows_.array() - labels_).matrix());
  const Vector costs = program.q * columns_;
  kappa_exponent_ = (program.kappa.array().log2().matrix() + costs).maxCoeff();
  kappa_exponent_ = std::isfinite(kappa_exponent_) ? std::floor(kappa_exponent_) : 0.0;
  kappa_ = power_scaled(program.kappa, (costs.array() - kappa_exponent_).matrix());
  if (equilibration == Equilibration::none) return;
  activations_ = program.activations;
  for (Index j = 0; j < columns_.size(); ++j)
    activations_.col(j) = power_scaled(activations_.col(j), (rows_.array() + columns_(j)).matrix());
}

void EquilibratedProgram::equilibrate(Equilibration equilibration) {
  constexpr int sweeps = 4;
  const Eigen::ArrayXXd sizes = original_.activations.array().abs().log2();
  const auto finite_or_zero = [](double exponent) { return std::isfinite(exponent) ? -std::floor(exponent) : 0.0; };
  if (equilibration == Equilibration::by_costs)
    columns_ = (original_.kappa.array().log2() / original_.q).unaryExpr(finite_or_zero).matrix();
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    rows_ = (sizes.rowwise() + columns_.transpose().array()).rowwise().maxCoeff().unaryExpr(finite_or_zero).matrix();
    if (equilibration == Equilibration::by_costs) return;
    const Eigen::ArrayXd heights = (sizes.colwise() + rows_.array()).colwise().maxCoeff().transpose();
    columns_ = heights.unaryExpr(finite_or_zero).matrix();
  }
}

bool EquilibratedProgram::changes_scales_by(double spread) const {
  const auto range = [](const Vector& exponents) { return exponents.maxCoeff() - exponents.minCoeff(); };
  return std::max(range(rows_), range(columns_)) > spread || rows_.cwiseAbs().maxCoeff() > spread ||
         columns_.cwiseAbs().maxCoeff() > spread;
}

Program EquilibratedProgram::program() const {
  return {activations_.size() == 0 ? original_.activations : MatrixView(activations_), scaled_labels_, kappa_,
          original_.q, original_.penalty * std::exp2(kappa_exponent_ + (original_.q - 2.0) * labels_)};
}

/// With S' = R S C, y' = R y / l, kappa' = kappa C^q / k: a = l C a', P = k l^q P', nu = (P/P') R nu' / l.
Solution EquilibratedProgram::restored(Solution solution) const {
  if (solution.status == Status::infeasible) return solution;
  constexpr double negligible = 1e-100;  // share of the largest: what becomes of less changes no sum
  const auto lost = [](const Vector& before, const Vector& after) {
    const double least = negligible * before.lpNorm<Eigen::Infinity>();
    for (Index i = 0; i < before.size(); ++i)
      if (std::abs(before(i)) > least && !std::isnormal(after(i))) return true;
    return false;
  };
  const double objective_exponent = kappa_exponent_ + original_.q * labels_;
  const Vector a = power_scaled(solution.outer_weights, (columns_.array() + labels_).matrix());
  const Vector nu = power_scaled(solution.dual, (rows_.array() + (objective_exponent - labels_)).matrix());
  const Vector objective = Vector::Constant(1, solution.certificate.objective);
  const Vector restored_objective = power_scaled(objective, Vector::Constant(1, objective_exponent));
  if (lost(solution.outer_weights, a) || lost(solution.dual, nu) || lost(objective, restored_objective))
    solution.status = Status::inaccurate;
  solution.outer_weights = a;
  solution.dual = nu;
  solution.certificate.objective = restored_objective(0);
  return solution;
}

NonzeroProgram::NonzeroProgram(const Program& program) : original_(program), columns_(nonzero_columns(program)) {
  if (complete()) return;
  activations_ = program.activations(Eigen::all, columns_);
  kappa_ = program.kappa(columns_);
}

Program NonzeroProgram::program() const {
  return complete() ? original_ : Program{activations_, original_.labels, kappa_, original_.q, original_.penalty};
}

Solution NonzeroProgram::restored(Solution solution) const {
  if (complete()) return solution;
  const double other = solution.status == Status::infeasible ? not_a_number : 0.0;
  Vector outer_weights = Vector::Constant(original_.kappa.size(), other);
  outer_weights(columns_) = solution.outer_weights;
  solution.outer_weights = std::move(outer_weights);
  return solution;
}

RowSpaceProgram::RowSpaceProgram(const Program& program, const StopRequest& stop, double tolerance)
    : original_(program),
      decomposition_(program.activations, stop, tolerance),
      labels_(decomposition_.reduced_labels(program.labels)),
      residual_(decomposition_.range_residual(program.labels)) {
  labels_ += missing_labels(least_norm_weights());
}

void RowSpaceProgram::refine(Vector& outer_weights, const std::vector<Index>& basis) const {
  Matrix factors = row_space()(Eigen::all, basis);
  Eigen::VectorXi order(factors.rows());
  if (!dense::factor_lu(factors, order)) return;
  for (int step = 0; step < tuning.ladder.vertex_refinements; ++step) {
    Vector correction = missing_labels(outer_weights)(order);
    dense::solve_lu(factors, correction);
    outer_weights(basis) += correction;
  }
}

}  // namespace flatsweep::solve
