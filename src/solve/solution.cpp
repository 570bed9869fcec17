#include "flatsweep/solve/solution.hpp"

#include <limits>

namespace flatsweep::solve {

Solution no_interpolator(const Program& program, double residual, Index rank, SolverPath path) {
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  Solution solution;
  solution.status = Status::infeasible;
  solution.outer_weights = Vector::Constant(program.kappa.size(), not_a_number);
  solution.dual = Vector::Constant(program.labels.size(), not_a_number);
  solution.certificate = {not_a_number, residual, not_a_number};
  solution.rank = rank;
  solution.path = path;
  return solution;
}

Solution zero_interpolator(const Program& program, Index rank) {
  Solution solution;
  solution.status = Status::solved;
  solution.outer_weights = Vector::Zero(program.kappa.size());
  solution.dual = Vector::Zero(program.labels.size());
  solution.rank = rank;
  return solution;
}

}  // namespace flatsweep::solve
