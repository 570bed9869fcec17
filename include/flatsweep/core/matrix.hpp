#pragma once

#include <Eigen/Core>

namespace flatsweep {

using Index = Eigen::Index;      ///< signed, as Eigen counts
using Matrix = Eigen::MatrixXd;  ///< column-major
using Vector = Eigen::VectorXd;  ///< a column
/// Owns nothing; columns are contiguous, at any distance from each other.
using MatrixView = Eigen::Ref<const Matrix>;
using VectorView = Eigen::Ref<const Vector>;  ///< owns nothing; contiguous

}  // namespace flatsweep
