#pragma once

#include <optional>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/normal_equations.hpp"
#include "flatsweep/solve/program.hpp"
#include "flatsweep/solve/solution.hpp"

namespace flatsweep::solve {

/// A primal and a dual optimum, not yet certified.
struct Optimum {
  Vector outer_weights;      ///< a, m
  Vector dual;               ///< nu, n
  Effort effort;             ///< without the certificate's
  std::vector<Index> basis;  ///< q = 1: columns with S_B'nu = signed_costs
  Vector signed_costs;       ///< of these columns; n
};

/// The normal equations on which `optimise` works, for weights 1 and not yet factored.
NormalEquations normal_equations(const Program& program);

/// The optimal vertex of a program with q = 1 whose S has full row rank.
/// @param labels y in the coordinates of `equations`, whose rows may be whitened; n
/// @param equations for weights 1, with a factor
/// @return nothing where crossover finds no optimal vertex
/// @throws Stopped where the request comes first
std::optional<Optimum> vertex_optimum(const Program& program, const VectorView& labels,
                                      NormalEquations equations, const StopRequest& stop);

/// The optimum of a program: by the interior point and crossover for q = 1, by Newton's method on the dual
/// for q > 1.
/// @param equations normal_equations(program), with a factor
/// @pre S has full row rank, kappa > 0, labels are not all zero
/// @return nothing where crossover finds no optimal vertex
/// @throws Stopped where the request comes first
std::optional<Optimum> optimise(const Program& program, NormalEquations equations, const StopRequest& stop);

}  // namespace flatsweep::solve
