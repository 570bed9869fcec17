#include "flatsweep/schedule/forecast.hpp"

#include <catch2/catch.hpp>

namespace flatsweep::schedule {

TEST_CASE("a forecast shares the work among all ranks but the controller", "[schedule]") {
  const Forecast sum = forecast({{ConfigurationId{0}, 100, 0.5, 0}, {ConfigurationId{100}, 10, 3.0, 1}});
  CHECK(sum.work_seconds == Approx(80.0));
  CHECK(sum.longest_seconds == 3.0);
  CHECK(sum.seconds(1) == Approx(80.0));
  CHECK(sum.seconds(2) == Approx(80.0));
  CHECK(sum.seconds(5) == Approx(20.0));
  CHECK(sum.seconds(1000) == 3.0);
}

TEST_CASE("nothing to do takes no time", "[schedule]") { CHECK(forecast({}).seconds(4) == 0.0); }

}  // namespace flatsweep::schedule
