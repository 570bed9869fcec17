#pragma once

#include "flatsweep/solve/program.hpp"
#include "linear_algebra.hpp"
#include "random_matrix.hpp"

namespace flatsweep::test {

/// An n x m matrix of these singular values, the others zero.
inline Matrix with_singular_values(std::mt19937_64& random, const Vector& values, Index n, Index m) {
  const Matrix left = orthonormal_columns(gaussian_matrix(random, n, values.size()));
  const Matrix right = orthonormal_columns(gaussian_matrix(random, m, values.size()));
  return left * values.asDiagonal() * right.transpose();
}

/// An n x m matrix of this rank, its non-zero singular values in [0.5, 5].
inline Matrix matrix_of_rank(std::mt19937_64& random, Index rank, Index n, Index m) {
  const Vector values = Vector::NullaryExpr(rank, [&] { return uniform(random, 0.5, 5.0); });
  return with_singular_values(random, values, n, m);
}

/// The data that a Program views: Gaussian S and y, kappa = 1 until set.
struct RandomProgram {
  RandomProgram(std::mt19937_64& random, Index n, Index m, double exponent)
      : activations(gaussian_matrix(random, n, m)),
        labels(gaussian_vector(random, n)),
        kappa(Vector::Ones(m)),
        q(exponent) {}

  [[nodiscard]] solve::Program view() const { return {activations, labels, kappa, q}; }

  Matrix activations;
  Vector labels, kappa;
  double q;
};

}  // namespace flatsweep::test
