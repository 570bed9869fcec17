#include "flatsweep/measure/link_kernel.hpp"

#include "flatsweep/core/contract.hpp"

namespace flatsweep::measure {
namespace {

std::variant<ArcCosineKernel, HermiteKernel> make_kernel(const model::Link& link,
                                                         const model::Activation& network) {
  expects(link.kind() != model::Link::Kind::quadratic_form);
  if (const auto g = link.piecewise_power(network)) return ArcCosineKernel(*g, network.power());
  return HermiteKernel(link, network.power());
}

}  // namespace

LinkKernel::LinkKernel(const model::Link& link, const model::Activation& network)
    : kernel_(make_kernel(link, network)) {
  const auto g = link.piecewise_power(network);
  mean_ = g ? gaussian_mean(*g) : 0.0;
  variance_ = (g ? ArcCosineKernel(*g, *g)(1.0) : smooth_link_power(link)) - mean_ * mean_;
}

void LinkKernel::apply(Eigen::Ref<Matrix> correlations) const {
  std::visit([&](const auto& kernel) { kernel.apply(correlations); }, kernel_);
}

}  // namespace flatsweep::measure
