#include "flatsweep/measure/spectrum.hpp"

#include <Eigen/Eigenvalues>

#include "flatsweep/core/contract.hpp"
#include "measure/lanczos.hpp"

namespace flatsweep::measure {

double hessian_max(MatrixView gram, const StopRequest& stop) {
  expects(gram.rows() == gram.cols() && gram.rows() > 0);
  if (gram.trace() == 0.0) return 0.0;
  const auto apply = [&](const Vector& x, Eigen::Ref<Vector> y) {
    y.noalias() = gram.selfadjointView<Eigen::Lower>() * x;
  };
  return largest_eigenvalue(gram.rows(), apply, stop);
}

Vector hessian_eigenvalues(MatrixView gram) {
  expects(gram.rows() == gram.cols() && gram.rows() > 0);
  return Eigen::SelfAdjointEigenSolver<Matrix>(gram, Eigen::EigenvaluesOnly).eigenvalues();
}

}  // namespace flatsweep::measure
