#include "flatsweep/measure/soft_rank.hpp"

#include <limits>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/measure/spectrum.hpp"
#include "measure/block_tridiagonal.hpp"

namespace flatsweep::measure {
namespace {

/// For ridges so small that rounding makes G + lambda I indefinite.
double soft_rank_by_eigenvalues(MatrixView gram, double lambda) {
  const Eigen::ArrayXd eigenvalues = hessian_eigenvalues(gram).cwiseMax(0.0);
  return (eigenvalues / (eigenvalues + lambda)).sum();
}

}  // namespace

std::vector<double> soft_ranks(MatrixView gram, std::span<const double> ridges, const StopRequest& stop) {
  expects(gram.rows() == gram.cols() && gram.rows() > 0);
  const double mean_eigenvalue = gram.diagonal().mean();
  if (mean_eigenvalue == 0.0)
    return std::vector<double>(ridges.size(), std::numeric_limits<double>::quiet_NaN());
  const BlockTridiagonal reduced(gram, stop);
  std::vector<double> ranks;
  ranks.reserve(ridges.size());
  for (const double ridge : ridges) {
    expects(ridge > 0.0);
    stop.check();
    const double lambda = ridge * mean_eigenvalue;
    const auto inverse_trace = reduced.inverse_trace(lambda);
    ranks.push_back(inverse_trace ? static_cast<double>(gram.rows()) - lambda * *inverse_trace
                                  : soft_rank_by_eigenvalues(gram, lambda));
  }
  return ranks;
}

}  // namespace flatsweep::measure
