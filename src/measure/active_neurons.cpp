#include "flatsweep/measure/active_neurons.hpp"

#include "flatsweep/core/contract.hpp"

namespace flatsweep::measure {

ActiveNeurons select_active(MatrixView inner_weights, VectorView outer_weights) {
  expects(inner_weights.rows() == outer_weights.size());
  ActiveNeurons active;
  for (Index j = 0; j < outer_weights.size(); ++j)
    if (outer_weights(j) != 0.0) active.neurons.push_back(j);
  active.inner_weights = inner_weights(active.neurons, Eigen::all);
  active.outer_weights = outer_weights(active.neurons);
  return active;
}

}  // namespace flatsweep::measure
