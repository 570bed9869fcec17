#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>

#include "flatsweep/core/error.hpp"
#include "measure/kernels.hpp"

namespace flatsweep::measure {
namespace {

using Polynomial = ArcCosineKernel::Polynomial;

/// Chebyshev polynomials: T_k(cos t) = cos(k t), and U_k(cos t) = sin((k + 1) t) / sin(t), k <= 4.
constexpr std::array<Polynomial, 5> chebyshev_t = {
    {{1, 0, 0, 0, 0}, {0, 1, 0, 0, 0}, {-1, 0, 2, 0, 0}, {0, -3, 0, 4, 0}, {1, 0, -8, 0, 8}}};
constexpr std::array<Polynomial, 4> chebyshev_u = {
    {{1, 0, 0, 0, 0}, {0, 2, 0, 0, 0}, {-1, 0, 4, 0, 0}, {0, -4, 0, 8, 0}}};

void add(Polynomial& sum, double factor, const Polynomial& term) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += factor * term[i];
}

/// Add factor cos(k t) to the sum, as a polynomial in cos t.
void add_cosine(Polynomial& sum, double factor, int k) {
  add(sum, factor, chebyshev_t[static_cast<std::size_t>(std::abs(k))]);
}

/// Add factor sin(k t) / sin(t) to the sum, as a polynomial in cos t.
void add_sine(Polynomial& sum, double factor, int k) {
  if (k != 0) add(sum, k > 0 ? factor : -factor, chebyshev_u[static_cast<std::size_t>(std::abs(k) - 1)]);
}

/// Return p(-x).
Polynomial mirrored(Polynomial p) {
  p[1] = -p[1];
  p[3] = -p[3];
  return p;
}

double binomial(int n, int k) { return k == 0 ? 1.0 : binomial(n - 1, k - 1) * n / k; }

double horner(const Polynomial& p, double x) { return p[0] + x * (p[1] + x * (p[2] + x * (p[3] + x * p[4]))); }

bool vanishes(const Polynomial& p) {
  return std::ranges::all_of(
      p, [](double coefficient) { return coefficient == 0.0; });
}

/// The polynomials A, B, C of E u_+^p v_+^s: cos^p(x) cos^s(x - t) as a sum of cos(k x - l t), integrated
/// term by term.
struct Quadrant {
  Polynomial angle{}, sine{}, plain{};

  Quadrant(int p, int s) {
    const double half_sum = 0.5 * (p + s);
    const double radial = std::pow(2.0, half_sum) * std::tgamma(half_sum + 1.0) / (2.0 * std::numbers::pi);
    for (int a = 0; a <= p; ++a) {
      for (int b = 0; b <= s; ++b) {
        const int l = s - 2 * b;
        const int k = p - 2 * a + l;
        const double weight = radial * binomial(p, a) * binomial(s, b) / std::pow(2.0, p + s);
        if (k == 0)
          add_cosine(angle, weight, l);
        else
          add_harmonic(weight / k, k, l);
      }
    }
  }

  /// Add factor (sin(k pi/2 - l t) + sin(k pi/2 - (k - l) t)).
  void add_harmonic(double factor, int k, int l) {
    if (k % 2 == 0) {
      const double sign = k % 4 == 0 ? -1.0 : 1.0;  // -cos(k pi/2)
      add_sine(sine, sign * factor, l);
      add_sine(sine, sign * factor, k - l);
    } else {
      const double sign = (k % 4 + 4) % 4 == 1 ? 1.0 : -1.0;  // sin(k pi/2)
      add_cosine(plain, sign * factor, l);
      add_cosine(plain, sign * factor, k - l);
    }
  }
};

}  // namespace

ArcCosineKernel::ArcCosineKernel(const model::PiecewisePower& f, const model::PiecewisePower& g) {
  expects(f.degree >= 1 && f.degree <= 4 && g.degree >= 1 && g.degree <= 4);
  const Quadrant quadrant(f.degree, g.degree);
  const double same_side = f.alpha_pos * g.alpha_pos + f.alpha_neg * g.alpha_neg;
  const double opposite_sides = f.alpha_pos * g.alpha_neg + f.alpha_neg * g.alpha_pos;
  // k(rho) = same_side J(rho) + opposite_sides J(-rho), and -rho turns t into pi - t.
  add(angle_, same_side, quadrant.angle);
  add(angle_, -opposite_sides, mirrored(quadrant.angle));
  add(sine_, same_side, quadrant.sine);
  add(sine_, opposite_sides, mirrored(quadrant.sine));
  add(plain_, same_side, quadrant.plain);
  add(plain_, opposite_sides, mirrored(quadrant.plain));
  add(plain_, opposite_sides * std::numbers::pi, mirrored(quadrant.angle));
}

double ArcCosineKernel::operator()(double correlation) const {
  Matrix value = Matrix::Constant(1, 1, correlation);
  apply(value);
  return value(0, 0);
}

void ArcCosineKernel::apply(Eigen::Ref<Matrix> correlations) const {
  const Polynomial angle = angle_, sine = sine_, plain = plain_;  // locals cannot alias the entries
  const bool polynomial = vanishes(angle) && vanishes(sine);
  for (Index j = 0; j < correlations.cols(); ++j) {
    double* column = correlations.col(j).data();
    if (polynomial) {
      for (Index i = 0; i < correlations.rows(); ++i) column[i] = horner(plain, column[i]);
    } else {
      for (Index i = 0; i < correlations.rows(); ++i) {
        const double below = column[i] < 1.0 ? column[i] : 1.0;
        const double rho = below > -1.0 ? below : -1.0;
        column[i] = arc_cosine(-rho) * horner(angle, rho) + std::sqrt((1.0 - rho) * (1.0 + rho)) * horner(sine, rho) +
                    horner(plain, rho);
      }
    }
  }
}

double gaussian_half_moment(int degree) {
  return std::pow(2.0, 0.5 * degree) * std::tgamma(0.5 * (degree + 1)) / (2.0 * std::sqrt(std::numbers::pi));
}

double gaussian_mean(const model::PiecewisePower& f) {
  return (f.alpha_pos + f.alpha_neg) * gaussian_half_moment(f.degree);
}

}  // namespace flatsweep::measure
