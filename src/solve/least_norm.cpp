#include "flatsweep/solve/least_norm.hpp"

#include <limits>

#include "flatsweep/solve/normal_equations.hpp"
#include "flatsweep/solve/orthogonal_decomposition.hpp"

namespace flatsweep::solve {

namespace {

constexpr double trusted_condition = 1e5;
constexpr int max_refinements = 20;

}  // namespace

Vector least_norm_dual(const MatrixView& activations, const VectorView& labels, const StopRequest& stop) {
  if (activations.rows() <= activations.cols()) {
    NormalEquations equations(activations, Vector::Ones(activations.cols()));
    equations.set_weights(Vector::Ones(activations.cols()));
    equations.factor();
    if (equations.condition() < trusted_condition) {
      Vector dual = Vector::Zero(labels.size());
      Vector residual = labels;
      Vector correction(labels.size());
      Vector image(activations.cols());
      double previous = std::numeric_limits<double>::infinity();
      for (int i = 0; i < max_refinements && residual.norm() < 0.5 * previous; ++i) {
        previous = residual.norm();
        equations.solve(residual, correction, 1e-5, 10);
        dual += correction;
        image.noalias() = activations.transpose() * dual;
        residual = labels;
        residual.noalias() -= activations * image;
      }
      return dual;
    }
    stop.check();
  }
  const OrthogonalDecomposition decomposition(activations, stop);
  return decomposition.lifted_dual(decomposition.reduced_labels(labels));
}

}  // namespace flatsweep::solve
