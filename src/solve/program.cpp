#include "flatsweep/solve/program.hpp"

#include "flatsweep/core/contract.hpp"

namespace flatsweep::solve {

void expect_valid(const Program& program) {
  expects(program.activations.rows() == program.labels.size());
  expects(program.activations.cols() == program.kappa.size());
  expects(program.q >= 1.0 && program.q <= 2.0);
  expects(program.activations.allFinite() && program.labels.allFinite() && program.kappa.allFinite());
}

}  // namespace flatsweep::solve
