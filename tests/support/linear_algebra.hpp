#pragma once

#include "flatsweep/core/matrix.hpp"

/// Decompositions by Eigen, as an independent truth; compiled once for all tests.
namespace flatsweep::test {

/// Return the singular values of a, largest first.
Vector singular_values(const Matrix& a);

struct Eigensystem {
  Vector values;   ///< ascending
  Matrix vectors;  ///< orthonormal columns
};

Eigensystem eigensystem(const Matrix& symmetric);

Matrix inverse(const Matrix& square);

/// Return orthonormal columns that span those of a (n x k, k <= n, of full rank).
Matrix orthonormal_columns(const Matrix& a);

/// Return A^+ b, the least-squares solution of least norm; pivots below `threshold` of the largest are zero.
Vector pseudo_inverse_times(const Matrix& a, const Vector& b, double threshold = 1e-12);

}  // namespace flatsweep::test
