// Counts this program's allocations, those of Eigen included.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "sampled_problem.hpp"
#include "train/descent.hpp"
#include "train/phases.hpp"

namespace {

std::atomic<long> allocations = 0;

}  // namespace

extern "C" {
void* __libc_malloc(std::size_t size);  // NOLINT(readability-identifier-naming)
void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
}

using namespace flatsweep;

TEST_CASE("a step of descent, flow, finish or the flattest network allocates nothing", "[train]") {
  const test::SampledProblem sampled("relu2", 5, 20, 24);  // so small that matrix products work on the stack
  const train::Problem problem = sampled.problem();
  const train::Weights start{sampled.directions, Vector::Ones(24)};
  train::Linearisation at(problem, test::never);
  train::Weights trial = start;
  train::FlowStep flow(problem);
  train::FlattenStep flatten(problem);
  train::Descent<float> descent(problem, start);
  const auto steps = [&] {
    at.evaluate(start);
    at.form_gram();
    flow.take(at, start, 0.01, trial);
    flatten.find(at, start);
    flatten.take(start, 0.1, trial);
    descent.step({.rate = 1e-3F, .radius = 1e-2F});
    descent.curvature(4);
  };
  steps();  // chooses the dense kernels
  const long before = allocations;
  for (int k = 0; k < 5; ++k) steps();
  CHECK(allocations == before);
}
