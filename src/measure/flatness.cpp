#include "flatsweep/measure/flatness.hpp"

#include <cmath>

#include "flatsweep/core/error.hpp"

namespace flatsweep::measure {
namespace {

/// Return sum_i weights_i sigma'(z_i)^2 from s = sigma(z): sigma'^2 = p^2 |alpha|^(2/p) |s|^(2 - 2/p), with
/// the alpha of the side that s lies on (sides of one sign have one alpha).
double weighted_squared_derivative(const model::PiecewisePower& power, const auto& s, const Vector& weights) {
  const auto gain = [&](double alpha) {
    return power.degree * power.degree * std::pow(std::abs(alpha), 2.0 / power.degree);
  };
  const double positive_gain = gain(power.alpha_pos);
  const double negative_gain = gain(power.alpha_neg);
  const auto one_sided = [&](const auto& magnitude) {
    const double positive = (s > 0.0).select(weights.array() * magnitude, 0.0).sum();
    const double negative = power.alpha_neg < 0.0 ? (s < 0.0).select(weights.array() * magnitude, 0.0).sum() : 0.0;
    return positive_gain * positive + negative_gain * negative;
  };
  if (power.degree == 1) return one_sided(Eigen::ArrayXd::Ones(s.size()));
  if (power.degree == 2) return one_sided(s.abs());
  if (power.degree == 4) return one_sided(s.abs() * s.abs().sqrt());
  return one_sided(s.abs().unaryExpr([](double value) { return value * std::cbrt(value); }));
}

}  // namespace

Curvature curvature(const model::Activation& activation, const MatrixView& activations, const MatrixView& features) {
  expects(activations.rows() == features.rows() && features.rows() > 0);
  const double scale = 2.0 / static_cast<double>(features.rows());
  const Vector squared_norms = scale * features.rowwise().squaredNorm();
  Curvature result{scale * activations.colwise().squaredNorm().transpose(), Vector(activations.cols())};
  for (Index j = 0; j < activations.cols(); ++j)
    result.inner(j) = weighted_squared_derivative(activation.power(), activations.col(j).array(), squared_norms);
  return result;
}

Vector trace_weights(const model::Activation& activation, const Curvature& curvature) {
  const double p = activation.degree();
  const double constant = std::pow(p, -p / (p + 1.0)) + std::pow(p, 1.0 / (p + 1.0));
  return curvature.outer.binaryExpr(curvature.inner, [&](double outer, double inner) {
    return constant * std::pow(outer, 1.0 / (p + 1.0)) * std::pow(inner, p / (p + 1.0));
  });
}

double flatness(const VectorView& trace_weights, const VectorView& outer_weights, double q) {
  const auto power = [&](double kappa, double a) { return kappa * std::pow(std::abs(a), q); };
  return trace_weights.binaryExpr(outer_weights, power).sum();
}

double flatness_unit(const Curvature& curvature, const VectorView& outer_weights) {
  return curvature.outer.sum() + outer_weights.cwiseAbs2().dot(curvature.inner);
}

Vector flattest_rescaling(const model::Activation& activation, const Curvature& curvature,
                          const VectorView& outer_weights) {
  const double p = activation.degree();
  Vector rescaling = Vector::Zero(outer_weights.size());
  for (Index j = 0; j < outer_weights.size(); ++j) {
    if (outer_weights(j) == 0.0 || curvature.outer(j) == 0.0) continue;
    const double ratio = outer_weights(j) * outer_weights(j) * curvature.inner(j) / (p * curvature.outer(j));
    rescaling(j) = std::pow(ratio, 1.0 / (2.0 * p + 2.0));
  }
  return rescaling;
}

double flatness_teacher(const sample::Teacher& teacher, const MatrixView& features, Index width, double noise) {
  if (teacher.link.kind() != model::Link::Kind::matched || noise != 0.0 || teacher.offset != 0.0) return not_a_number;
  const model::Activation& activation = teacher.activation;
  Matrix activations = features * teacher.index_directions.transpose();  // n x r
  activation.apply(activations);
  const Vector kappa = trace_weights(activation, curvature(activation, activations, features));
  const double q = activation.exponent();
  const double copies = static_cast<double>(width) / static_cast<double>(teacher.index_directions.rows());
  return std::pow(copies, 1.0 - q) * flatness(kappa, teacher.coefficients, q);
}

double objective_bound(const MatrixView& activations, const VectorView& labels, const VectorView& kappa, double q,
                       const VectorView& direction) {
  expects(q >= 1.0 && direction.size() == labels.size() && activations.rows() == labels.size());
  if (!direction.allFinite()) return not_a_number;
  const double slope = labels.dot(direction);
  if (slope <= 0.0) return 0.0;
  Vector ratio = (activations.transpose() * direction).cwiseAbs();
  ratio = (kappa.array() > 0.0).select(ratio.array() / kappa.array(), 0.0);
  if (q == 1.0) return slope / ratio.maxCoeff();
  const double conjugate = q / (q - 1.0);
  const double curvature =
      (q - 1.0) * kappa.dot((ratio / q).unaryExpr([&](double x) { return std::pow(x, conjugate); }));
  const double step = std::pow(slope / (conjugate * curvature), 1.0 / (conjugate - 1.0));
  return step * slope / q;
}

}  // namespace flatsweep::measure
