// Flattest interpolators of a program whose rows share no column, against their closed form: with
// |y_i| = sum over the columns j of row i of s_j a_j, Hoelder's inequality makes
//     min sum_j |a_j|^q = sum_i (|y_i| / ||s_i||_q*)^q,  1/q + 1/q* = 1.
#include <Eigen/Core>
#include <cmath>
#include <cstdio>
#include <flatsweep/core/status.hpp>
#include <flatsweep/solve/flattest_interpolator.hpp>

namespace {

/// ||s||_q*, with q* infinite for q = 1.
double dual_norm(const Eigen::VectorXd& row, double q) {
  if (q == 1.0) return row.lpNorm<Eigen::Infinity>();
  const double conjugate = q / (q - 1.0);
  return std::pow(row.cwiseAbs().array().pow(conjugate).sum(), 1.0 / conjugate);
}

bool agrees(double q) {
  constexpr Eigen::Index rows = 37;
  constexpr Eigen::Index columns_a_row = 5;
  Eigen::MatrixXd activations = Eigen::MatrixXd::Zero(rows, rows * columns_a_row);
  Eigen::VectorXd labels(rows);
  double expected = 0.0;
  for (Eigen::Index i = 0; i < rows; ++i) {
    const auto real = static_cast<double>(i);
    Eigen::VectorXd row(columns_a_row);
    row << 1.0, -2.0 - real / 50.0, 0.5, 1.5, -0.25;
    labels(i) = std::cos(real);
    activations.row(i).segment(i * columns_a_row, columns_a_row) = row.transpose();
    expected += std::pow(std::abs(labels(i)) / dual_norm(row, q), q);
  }
  const Eigen::VectorXd kappa = Eigen::VectorXd::Ones(activations.cols());

  flatsweep::solve::Solution solution = flatsweep::solve::flattest_interpolator({activations, labels, kappa, q});
  solution.outer_weights.conservativeResize(activations.cols() + 1);  // memory of the library, handled here
  solution.outer_weights.conservativeResize(activations.cols());

  const double found = solution.outer_weights.cwiseAbs().array().pow(q).sum();
  const double missed = (activations * solution.outer_weights - labels).norm() / labels.norm();
  std::printf("q = %.3f: %s, objective %.12g (closed form %.12g), residual %.1e\n", q,
              std::string(flatsweep::name(solution.status)).c_str(), found, expected, missed);
  return solution.status == flatsweep::Status::solved && std::abs(found - expected) <= 1e-8 * expected &&
         missed <= 1e-10;
}

}  // namespace

int main() {
  bool all = true;
  for (const double q : {1.0, 4.0 / 3.0, 1.5, 2.0}) all = agrees(q) && all;
  return all ? 0 : 1;
}
