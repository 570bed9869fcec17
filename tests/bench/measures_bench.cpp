// Cost of the measures in CPU seconds and in units of one symmetric product S S' (n x m), with outer weights
// on n neurons (an optimum for q = 1) and on all m. bench_measures [d = 100] [samples = 1000] [width = 2000]
// [activation = relu] [link = matched]
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>

#include "cpu_time.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/measure/flatness.hpp"
#include "flatsweep/measure/losses.hpp"
#include "flatsweep/measure/spectrum.hpp"
#include "flatsweep/measure/weights.hpp"
#include "flatsweep/sample/sample.hpp"
#include "flatsweep/sample/stream.hpp"

namespace {

using namespace flatsweep;

/// The least of three measurements of CPU time.
double seconds_of(const std::function<void()>& work) {
  double least = std::numeric_limits<double>::infinity();
  for (int repetition = 0; repetition < 3; ++repetition) {
    const double start = cpu_seconds();
    work();
    least = std::min(least, cpu_seconds() - start);
  }
  return least;
}

class Table {
 public:
  explicit Table(double unit) : unit_(unit) {}
  double add(const char* name, const std::function<void()>& work) const {
    const double seconds = seconds_of(work);
    std::printf("  %-44s %9.4f s %8.3f units\n", name, seconds, seconds / unit_);
    return seconds;
  }

 private:
  double unit_;
};

void measure_network(const Table& table, const sample::Teacher& teacher, const Matrix& features, const Matrix& inner,
                     const Matrix& activations, const Vector& outer, std::uint64_t seed) {
  const model::Activation& activation = teacher.activation;
  const std::array<double, 3> ridges = {1e-3, 1e-1, 10.0};
  measure::Curvature curvature;
  Vector rescaling;
  Matrix gram;
  table.add(
      "flatness",
      [&] {
        curvature = measure::curvature(activation, activations, features);
        measure::flatness(measure::trace_weights(activation, curvature), outer, activation.exponent());
        rescaling = measure::flattest_rescaling(activation, curvature, outer);
      });
  table.add(
      "exact loss", [&] { measure::excess_loss(teacher, inner, outer); });
  table.add(
      "Monte Carlo loss, 10000 points", [&] { measure::monte_carlo_loss(teacher, inner, outer, 0.0, seed, 10'000); });
  double spectrum = table.add(
      "spectrum: Gram matrix of the Hessian",
      [&] { gram = measure::hessian_gram(activation, activations, features, inner, outer, rescaling); });
  spectrum += table.add(
      "spectrum: largest eigenvalue", [&] { measure::hessian_max(gram); });
  spectrum += table.add(
      "spectrum: three soft ranks", [&] { measure::soft_ranks(gram, ridges); });
  spectrum += table.add(
      "spectrum: singular values of S", [&] { measure::singular_range(activations); });
  table.add("overlap", [&] { measure::overlap(inner); });
  std::printf("  %-44s %9.4f s\n", "spectrum, sum", spectrum);
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int i, Index otherwise) { return argc > i ? std::atol(argv[i]) : otherwise; };
  const Index d = number(1, 100), n = number(2, 1000), m = number(3, 2000), indices = 5;
  const auto activation = model::Activation::parse(argc > 4 ? argv[4] : "relu");
  const auto link = model::Link::parse(argc > 5 ? argv[5] : "matched");
  constexpr std::uint64_t seed = 1;
  constexpr double gamma = 0.5;

  Matrix features, inner;
  sample::Teacher teacher = sample::sample_teacher(seed, d, indices, link, activation, model::Coefficients::equal, {});
  const auto draw = [&] {
    teacher = sample::sample_teacher(seed, d, indices, link, activation, model::Coefficients::equal, {});
    features = sample::sample_features(seed, d, n);
    inner = sample::sample_inner_weights(seed, teacher.index_directions, m, gamma);
  };
  draw();
  Matrix activations = features * inner.transpose();
  activation.apply(activations);

  Matrix product(n, n);
  const double unit = seconds_of([&] { dense::symmetric_product(1.0, activations, 0.0, product); });
  std::printf("d %ld, n %ld, m %ld, %s, %s; dense kernels: %s\nunit: %.4f s, %.1f GFLOP/s\n", d, n, m,
              activation.name().c_str(), link.name().c_str(), dense::library().c_str(), unit,
              1e-9 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(m) / unit);
  const Table table(unit);
  table.add("sampling of X, U, W", draw);
  table.add("best loss", [&] { measure::best_loss(teacher, inner); });

  Vector outer(m);
  sample::Stream(seed, sample::Purpose::null_space).normal(0, outer);
  std::printf("outer weights on all neurons\n");
  measure_network(table, teacher, features, inner, activations, outer, seed);
  for (Index j = 0; j < m; ++j)
    if ((j * n) / m == ((j - 1) * n) / m && j > 0) outer(j) = 0.0;
  std::printf("outer weights on %ld neurons\n", (outer.array() != 0.0).count());
  measure_network(table, teacher, features, inner, activations, outer, seed);
  return EXIT_SUCCESS;
}
