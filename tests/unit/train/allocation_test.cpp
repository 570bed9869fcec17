#include <catch2/catch.hpp>

#include "counted_allocations.hpp"
#include "sampled_problem.hpp"
#include "train/descent.hpp"
#include "train/phases.hpp"

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
  const long before = test::counted_allocations();
  for (int k = 0; k < 5; ++k) steps();
  CHECK(test::counted_allocations() == before);
}
