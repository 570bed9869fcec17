#pragma once

#include <Eigen/Core>
#include <limits>

namespace flatsweep {

using Index = Eigen::Index;      ///< signed, as Eigen counts
using Matrix = Eigen::MatrixXd;  ///< column-major
using Vector = Eigen::VectorXd;  ///< a column
/// Owns nothing; columns are contiguous, at any distance from each other.
using MatrixView = Eigen::Ref<const Matrix>;
using VectorView = Eigen::Ref<const Vector>;  ///< owns nothing; contiguous

/// The quiet NaN: the value of what is undefined or was not computed.
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace flatsweep
