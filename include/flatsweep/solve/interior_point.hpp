#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/normal_equations.hpp"

namespace flatsweep::solve {

/// Where the interior point leaves a basis pursuit: close enough to a vertex to guess it.
struct InteriorPoint {
  Vector importance;   ///< m; large for columns that the vertex uses
  int iterations = 0;  ///< predictor-corrector steps
  double gap = 1.0;    ///< relative, as far as single precision tells
};

/// Mehrotra's predictor-corrector method on the dual of a program with q = 1,
/// maximise y'nu subject to -kappa <= S'nu <= kappa, down to a relative gap of `gap_tolerance`
/// (Mehrotra 1992; centrality corrections: Gondzio 1996). Low accuracy: the crossover makes it exact.
/// @param labels y, n
/// @param equations of the columns of S over kappa_j^(1/q), factored for weights 1
/// @pre S has full row rank, kappa > 0, labels are not all zero
/// @throws Stopped where the request comes first
InteriorPoint approach_vertex(const VectorView& labels, NormalEquations& equations, double gap_tolerance,
                              const StopRequest& stop);

}  // namespace flatsweep::solve
