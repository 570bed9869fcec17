// Cost of training in CPU seconds and in units of one symmetric product S S' of the same n x m in double precision:
// steps are the best of several, a whole training is run once. bench_train [n m d]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include "cpu_time.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/sample/sample.hpp"
#include "train/descent.hpp"
#include "train/flush_denormals.hpp"
#include "train/phases.hpp"

namespace {

using namespace flatsweep;

constexpr int repetitions = 10;

/// Return the CPU seconds of the fastest of some calls.
template <typename Call>
double fastest(const Call& call, int calls = repetitions) {
  double best = std::numeric_limits<double>::infinity();
  for (int k = 0; k < calls; ++k) {
    const double before = cpu_seconds();
    call();
    best = std::min(best, cpu_seconds() - before);
  }
  return best;
}

struct Report {
  double unit;

  void operator()(const std::string& what, double seconds) const {
    std::printf("%-44s %9.2f ms %9.2f units\n", what.c_str(), 1e3 * seconds, seconds / unit);
  }
};

template <typename T>
void bench_descent(const Report& report, const train::Problem& problem, const train::Weights& weights,
                   const std::string& precision) {
  const train::FlushDenormals flush;
  train::Descent<T> descent(problem, weights);
  const auto rate = static_cast<T>(1e-3 / descent.curvature(10));
  const Vector noise = 0.1 * problem.labels;
  report("descent, " + precision, fastest([&] { descent.step({.rate = rate}); }));
  report("label noise, " + precision, fastest([&] { descent.step({.rate = rate, .noise = &noise}); }));
  report("sam, " + precision, fastest([&] { descent.step({.rate = rate, .radius = T(1e-3)}); }));
  report("4 power iterations, " + precision, fastest([&] { descent.curvature(4); }));
}

void bench(const std::string& name, Index n, Index m, Index d) {
  const auto activation = model::Activation::parse(name);
  const auto teacher = sample::sample_teacher(1, d, 1, model::Link::parse("matched"), activation,
                                              model::Coefficients::equal, model::Offset());
  const Matrix features = sample::sample_features(1, d, n);
  const Matrix directions = sample::sample_inner_weights(1, teacher.index_directions, m, 0.3);
  const Vector labels = teacher.evaluate(features);
  const train::Problem problem{features, labels, directions, teacher.index_directions, activation.power()};
  const StopRequest never;
  train::Linearisation at(problem, never);
  Matrix activations = features * directions.transpose(), square = Matrix::Zero(n, n);
  const Report report{fastest([&] { dense::symmetric_product(1.0, activations, 0.0, square); })};
  std::printf("%s, n = %td, m = %td, d = %td\n", name.c_str(), n, m, d);
  report("symmetric product S S'", report.unit);

  train::Weights weights = train::start_weights(problem, 16.0);
  weights.outer = Vector::LinSpaced(m, -1.0, 1.0) / static_cast<double>(m);
  bench_descent<float>(report, problem, weights, "single precision");
  bench_descent<double>(report, problem, weights, "double precision");
  train::Weights trial = weights;
  train::FlowStep flow(problem);
  at.evaluate(weights);
  report("step of the flow", fastest([&] {
           at.form_gram();
           flow.take(at, weights, 1e-6, trial);
           at.evaluate(trial);
         }));
  train::FlattenStep flatten(problem);
  report("step of the flattest network", fastest([&] {
           flatten.find(at, weights);
           flatten.take(weights, 0.1, trial);
           at.evaluate(trial);
         }));
  for (const double scale : {16.0, 4.0, 1.0}) {
    const train::Settings settings{.start_scale = scale};
    for (const bool flattest : {false, true}) {
      train::Trained network;
      const auto algorithm = flattest ? train::flattest_network : train::gradient_flow;
      const double seconds = fastest([&] { network = algorithm(problem, settings, {}); }, 1);
      std::printf("%d + %d steps, residual %.1e, %s\n", network.steps, network.finish_steps, network.residual,
                  std::string(flatsweep::name(network.status)).c_str());
      report((flattest ? "flattest_network:" : "gradient_flow:") + std::to_string(static_cast<int>(scale)), seconds);
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  const Index n = count > 3 ? std::atol(arguments[1]) : 600;
  const Index m = count > 3 ? std::atol(arguments[2]) : 1200;
  const Index d = count > 3 ? std::atol(arguments[3]) : 60;
  for (const char* activation : {"relu", "quadratic"}) bench(activation, n, m, d);
}
