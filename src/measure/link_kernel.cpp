#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <variant>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/measure/losses.hpp"
#include "measure/kernels.hpp"

namespace flatsweep::measure {
namespace {

/// Terms of Mehler's series that suffice for every smooth link: exp(-(pi/2) sqrt(700)) < 1e-18.
constexpr int term_count = 700;

const double inverse_sqrt_two_pi = 1.0 / std::sqrt(2.0 * std::numbers::pi);

/// Return E sigma(u) h_k(u) for k < count, by parts: E He_k(u) u_+^p = E (u_+^p)^(k), which is
/// p!/(p-k)! E u_+^(p-k) for k <= p and p! He_(k-p-1)(0) / sqrt(2 pi) beyond.
std::vector<double> hermite_coefficients(const model::PiecewisePower& sigma, int count) {
  const int p = sigma.degree;
  std::vector<double> coefficients(static_cast<std::size_t>(count), 0.0);
  double falling_factorial = 1.0;  // p!/(p-k)!
  double root_factorial = 1.0;     // sqrt(k!)
  double singular = 0.0;           // p! He_(k-p-1)(0) / sqrt(2 pi k!) at the latest k = p + 1 + 2 i
  for (int k = 0; k < count; ++k) {
    if (k > 0 && k <= p) falling_factorial *= p - k + 1;
    if (k > 0 && k <= p + 1) root_factorial *= std::sqrt(static_cast<double>(k));
    double half = 0.0;
    if (k <= p) {
      half = falling_factorial * gaussian_half_moment(p - k) / root_factorial;
    } else if ((k - p - 1) % 2 == 0) {
      const int order = k - p - 1;  // He_order(0) = -(order - 1) He_(order - 2)(0)
      singular = order == 0 ? falling_factorial * inverse_sqrt_two_pi / root_factorial
                            : -singular * (order - 1) / std::sqrt(static_cast<double>(k) * (k - 1));
      half = singular;
    }
    coefficients[static_cast<std::size_t>(k)] =
        half * (sigma.alpha_pos + (k % 2 == 0 ? sigma.alpha_neg : -sigma.alpha_neg));
  }
  return coefficients;
}

/// Points and weights of the trapezoidal rule on the half line for integrals against the Gaussian. For
/// integrands analytic in the strip |Im u| < pi/2 its error falls like exp(-pi^2 / step) (Trefethen &
/// Weideman 2014).
struct HalfLine {
  static constexpr double step = 1.0 / 16.0;
  Eigen::ArrayXd points = Eigen::ArrayXd::LinSpaced(240, step, 240 * step);
  Eigen::ArrayXd weights = 2.0 * step * inverse_sqrt_two_pi * (-0.5 * points.square()).exp();
};

/// Return g at the points of the half line.
Eigen::ArrayXd values_on(const HalfLine& line, const model::Link& link) {
  return line.points.unaryExpr([&](double u) { return link.evaluate(u); });
}

/// Return E g(u) h_k(u) of an odd g for k < term_count, with h_(k+1) = (u h_k - sqrt(k) h_(k-1)) / sqrt(k+1).
std::vector<double> odd_coefficients(const model::Link& link) {
  const HalfLine line;
  std::vector<double> coefficients(term_count, 0.0);
  Eigen::ArrayXd previous = Eigen::ArrayXd::Zero(line.points.size());
  Eigen::ArrayXd current = line.weights * values_on(line, link);
  for (int k = 0; k < term_count; ++k) {
    if (k % 2 == 1) coefficients[static_cast<std::size_t>(k)] = current.sum();
    previous = (line.points * current - std::sqrt(static_cast<double>(k)) * previous) / std::sqrt(k + 1.0);
    previous.swap(current);
  }
  return coefficients;
}

/// Return E g(u) h_k(u) of a Hermite polynomial or a smooth link.
std::vector<double> link_coefficients(const model::Link& link) {
  if (link.kind() == model::Link::Kind::smooth) return odd_coefficients(link);
  expects(link.kind() == model::Link::Kind::hermite);
  std::vector<double> coefficients(static_cast<std::size_t>(link.hermite_degree()) + 1, 0.0);
  coefficients.back() = 1.0;
  return coefficients;
}

std::variant<ArcCosineKernel, HermiteKernel> make_kernel(const model::Link& link, const model::Activation& network) {
  expects(!link.is_quadratic_form());
  if (const auto g = link.piecewise_power(network)) return ArcCosineKernel(*g, network.power());
  return HermiteKernel(link, network.power());
}

/// Return E g(u)^2 of a Hermite polynomial or a smooth link.
double smooth_link_power(const model::Link& link) {
  if (link.kind() == model::Link::Kind::hermite) return 1.0;
  const HalfLine line;
  return (line.weights * values_on(line, link).square()).sum();
}

}  // namespace

HermiteKernel::HermiteKernel(const model::Link& link, const model::PiecewisePower& sigma) {
  std::vector<double> product = link_coefficients(link);
  const auto of_sigma = hermite_coefficients(sigma, static_cast<int>(product.size()));
  std::ranges::transform(product, of_sigma, product.begin(), std::multiplies<>());
  while (product.size() > 1 && std::abs(product.back()) < 1e-18) product.pop_back();
  lowest_ = link.kind() == model::Link::Kind::hermite ? static_cast<int>(product.size()) - 1 : 1;
  for (auto k = static_cast<std::size_t>(lowest_); k < product.size(); k += 2) coefficients_.push_back(product[k]);
  if (coefficients_.empty()) coefficients_.push_back(0.0);
}

void HermiteKernel::apply(Eigen::Ref<Matrix> correlations) const {
  using Lanes = Eigen::Array<double, 64, 1>;  // Horner's rule on as many entries as hide its latency
  for (Index j = 0; j < correlations.cols(); ++j) {
    for (Index first = 0; first < correlations.rows(); first += Lanes::RowsAtCompileTime) {
      const Index count = std::min<Index>(Lanes::RowsAtCompileTime, correlations.rows() - first);
      auto entries = correlations.col(j).segment(first, count).array();
      Lanes rho = Lanes::Zero();
      rho.head(count) = entries;
      const Lanes square = rho.square();
      Lanes sum = Lanes::Zero();
      for (auto i = coefficients_.size(); i-- > 0;) sum = sum * square + coefficients_[i];
      for (int power = 0; power < lowest_; ++power) sum *= rho;
      entries = sum.head(count);
    }
  }
}

LinkKernel::LinkKernel(const model::Link& link, const model::Activation& network)
    : kernel_(make_kernel(link, network)) {
  const auto g = link.piecewise_power(network);
  mean_ = g ? gaussian_mean(*g) : 0.0;
  variance_ = (g ? ArcCosineKernel(*g, *g)(1.0) : smooth_link_power(link)) - mean_ * mean_;
}

void LinkKernel::apply(Eigen::Ref<Matrix> correlations) const {
  std::visit([&](const auto& kernel) { kernel.apply(correlations); }, kernel_);
}

TargetMoments target_moments(const sample::Teacher& teacher) {
  if (teacher.link.is_quadratic_form()) return {not_a_number, not_a_number};
  const LinkKernel kernel(teacher.link, teacher.activation);
  return {teacher.offset + teacher.coefficients.sum() * kernel.mean(),
          teacher.coefficients.squaredNorm() * kernel.variance()};
}

Vector target_projection(const sample::Teacher& teacher, const MatrixView& inner_weights) {
  const LinkKernel kernel(teacher.link, teacher.activation);
  Matrix expectations = inner_weights * teacher.index_directions.transpose();  // m x r
  kernel.apply(expectations);
  Vector projection = expectations * teacher.coefficients;
  projection.array() += teacher.offset * gaussian_mean(teacher.activation.power());
  return projection;
}

}  // namespace flatsweep::measure
