#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "counted_allocations.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "random_program.hpp"

using namespace flatsweep;
using test::RandomProgram;

TEST_CASE("the number of allocations does not depend on the number of steps and pivots", "[solve]") {
  auto random = test::random_generator();
  for (const double q : {1.0, 4.0 / 3.0, 1.6}) {
    solve::flattest_interpolator(RandomProgram(random, 4, 9, q).view());  // chooses the dense kernels
    std::set<int> iterations;
    std::set<long> counts;
    for (int draw = 0; draw < 20; ++draw) {
      RandomProgram program(random, 40, 100, q);
      // Columns of ever more different size, so that the number of steps varies.
      for (Index k = 0; k < 100; ++k) program.activations.col(k) *= std::pow(2.0, (draw % 4) * (k % 3));
      const long before = test::counted_allocations();
      const solve::Solution solution = solve::flattest_interpolator(program.view());
      counts.insert(test::counted_allocations() - before);
      iterations.insert(solution.iterations());
    }
    CAPTURE(q, iterations, counts);
    CHECK(iterations.size() > 1);
    CHECK(counts.size() == 1);
  }
}
