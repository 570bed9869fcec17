// Cost of the flattest interpolator in CPU seconds and in units of one symmetric product S S' of the same
// n x m in double precision, each the best of several runs; and what rows on one S save by sharing it.
// bench_solver [words of a case's name]...
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "cpu_time.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/sample/sample.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

namespace {

using namespace flatsweep;

struct Case {
  std::string name;
  std::string activation = "relu";
  std::string link = "matched";
  Index d = 100, n = 1000, m = 2000, indices = 5;
  double gamma = 0.3;
  double noise = 0.0;
  double penalty = 0.0;  // over the one from which on a = 0 if q = 1
  std::uint64_t seed = 1;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const char* activation : {"relu", "quadratic"}) {
    const std::string name = activation;
    all.push_back({.name = name + ", main", .activation = name});
    all.push_back({.name = name + ", gamma 0.9, r 1", .activation = name, .indices = 1, .gamma = 0.9});
    all.push_back({.name = name + ", gamma 0.02, r 1", .activation = name, .indices = 1, .gamma = 0.02});
    all.push_back({.name = name + ", m 4n", .activation = name, .m = 4000});
    all.push_back({.name = name + ", m 1.1n", .activation = name, .m = 1100});
    for (const Index n : {50, 100, 250, 500, 2000})
      all.push_back({.name = name + ", n " + std::to_string(n),
                     .activation = name,
                     .d = std::max<Index>(10, n / 10),
                     .n = n,
                     .m = 2 * n});
  }
  for (const char* activation : {"relu", "quadratic"})
    for (const char* penalty : {"0.3", "0.1", "1e-2", "1e-3", "1e-4", "1e-5", "1e-6", "1e-8"})
      all.push_back({.name = std::string(activation) + ", penalty " + penalty,
                     .activation = activation,
                     .noise = 0.3,
                     .penalty = std::stod(penalty)});
  all.push_back({.name = "relu, rank-deficient", .d = 20, .indices = 1, .gamma = 0.98});
  all.push_back(
      {.name = "leaky_relu, mirrored, noise 0.5", .activation = "leaky_relu:0.1", .link = "mirrored", .noise = 0.5});
  return all;
}

struct Problem {
  Matrix activations;
  Vector labels;
  double q;
};

Problem sample_problem(const Case& c) {
  const auto activation = model::Activation::parse(c.activation);
  const sample::Teacher teacher = sample::sample_teacher(c.seed, c.d, c.indices, model::Link::parse(c.link), activation,
                                                         model::Coefficients::equal, {});
  const Matrix features = sample::sample_features(c.seed, c.d, c.n);
  Problem problem{features * sample::sample_inner_weights(c.seed, teacher.index_directions, c.m, c.gamma).transpose(),
                  teacher.evaluate(features), activation.exponent()};
  activation.apply(problem.activations);
  if (c.noise > 0.0) problem.labels += c.noise * sample::sample_noise(c.seed, c.n);
  return problem;
}

double seconds_of(const std::function<void()>& work) {
  const double start = cpu_seconds();
  work();
  return cpu_seconds() - start;
}

/// Peak of memory during `work` beyond what is in use before it, in bytes.
double peak_memory_of(const std::function<void()>& work) {
  const auto kilobytes = [](const std::string& key) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
      if (double value = 0.0; word == key && status >> value) return value;
    return std::numeric_limits<double>::quiet_NaN();
  };
  std::ofstream("/proc/self/clear_refs") << 5;  // resets the peak
  const double before = kilobytes("VmRSS:");
  work();
  return 1024.0 * (kilobytes("VmHWM:") - before);
}

/// The longest of several times from a stop request, at moments spread over the solve, to its being obeyed.
double longest_stop(const solve::Program& program, double solve_seconds) {
  double longest = 0.0;
  for (int moment = 0; moment < 8; ++moment) {
    std::atomic<bool> flag = false;
    Stopwatch since_request;
    std::thread requester([&] {
      std::this_thread::sleep_for(std::chrono::duration<double>(solve_seconds * moment / 8.0));
      since_request = Stopwatch();
      flag = true;
    });
    try {
      solve::flattest_interpolator(program, StopRequest(flag));
      requester.join();
    } catch (const Stopped&) {
      requester.join();
      longest = std::max(longest, since_request.seconds());
    }
  }
  return longest;
}

void measure_case(const Case& c) {
  const Problem problem = sample_problem(c);
  Matrix product(c.n, c.n);
  const Vector kappa = Vector::Ones(c.m);
  const double unit_of_penalty = problem.q > 1.0
                                     ? 1.0
                                     : 2.0 / static_cast<double>(c.n) *
                                           (problem.activations.transpose() * problem.labels).lpNorm<Eigen::Infinity>();
  const solve::Program program{problem.activations, problem.labels, kappa, problem.q, c.penalty * unit_of_penalty};
  solve::Solution solution;
  const double memory = peak_memory_of([&] { solution = solve::flattest_interpolator(program); });
  const double memory_of_s = 8.0 * static_cast<double>(problem.activations.size());
  double unit = std::numeric_limits<double>::infinity();
  double seconds = unit;
  for (int repetition = 0; repetition < 5; ++repetition) {  // by turns, since the CPU's speed drifts
    unit = std::min(unit, seconds_of([&] { dense::symmetric_product(1.0, problem.activations, 0.0, product); }));
    seconds = std::min(seconds, seconds_of([&] { solution = solve::flattest_interpolator(program); }));
  }
  const solve::Effort& effort = solution.effort;
  std::printf("%-32s %9.5f %8.4f %6.2f %5d %6d %9.1e %9.1e   %5.2f %5.2f %5.2f %5.2f %6.2f %7.3f  %s\n", c.name.c_str(),
              unit, seconds, seconds / unit, effort.steps, effort.pivots, solution.certificate.residual,
              solution.certificate.gap, effort.range_seconds / unit, effort.approach_seconds / unit,
              effort.crossover_seconds / unit, effort.certificate_seconds / unit, 1.0 + memory / memory_of_s,
              longest_stop(program, seconds), std::string(name(solution.status)).c_str());
  std::fflush(stdout);
}

/// Ten penalties on one S, d = 100, n = 1000, m = 2000: rows with all measures, each by itself and one after the other.
void measure_path(const std::string& name) {
  job::Configuration configuration{{.activation = model::Activation::parse("relu"),
                                    .link = model::Link::parse("matched"),
                                    .indices = 5,
                                    .noise = 0.3,
                                    .d = 100,
                                    .seed = 1,
                                    .gamma = 0.3},
                                   ConfigurationId{0},
                                   1000,
                                   2000};
  const auto solve_with = [&](experiment::Experimenter& experimenter, double penalty) {
    configuration.penalty = penalty;
    experimenter.compute_outcome(configuration);
  };
  constexpr std::array penalties = {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0};
  Matrix product(1000, 1000);
  const Matrix factor = Matrix::Random(1000, 2000);
  double unit = std::numeric_limits<double>::infinity();
  double cold = unit;
  double shared = unit;
  for (int repetition = 0; repetition < 3; ++repetition) {
    unit = std::min(unit, seconds_of([&] { dense::symmetric_product(1.0, factor, 0.0, product); }));
    cold = std::min(cold, seconds_of([&] {
                      for (const double penalty : penalties) {
                        experiment::Experimenter alone({});
                        solve_with(alone, penalty);
                      }
                    }));
    shared = std::min(shared, seconds_of([&] {
                        experiment::Experimenter experimenter({});
                        for (const double penalty : penalties) solve_with(experimenter, penalty);
                      }));
  }
  std::printf("%-32s %9.5f  cold %8.4f s = %6.1f units, shared %8.4f s = %6.1f units: %.2f times less\n", name.c_str(),
              unit, cold, cold / unit, shared, shared / unit, cold / shared);
}

bool is_asked_for(const std::string& name, int argc, char** argv) {
  return std::all_of(
      argv + 1, argv + argc, [&](const char* word) { return name.find(word) != std::string::npos; });
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("dense kernels: %s\n%-32s %9s %8s %6s %5s %6s %9s %9s   %s\n", dense::library().c_str(), "case",
              "unit [s]", "CPU [s]", "units", "steps", "pivots", "residual", "gap",
              "units of range, approach, crossover, certificate; peak memory / S; longest stop [s]");
  for (const Case& c : cases())
    if (is_asked_for(c.name, argc, argv)) measure_case(c);
  const std::string path = "relu, path of 10 penalties";
  if (is_asked_for(path, argc, argv)) measure_path(path);
  return EXIT_SUCCESS;
}
