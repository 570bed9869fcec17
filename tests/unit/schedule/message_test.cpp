#include <catch2/catch.hpp>

#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/packing.hpp"
#include "id.hpp"
#include "schedule/batch_runner.hpp"
#include "schedule/policy.hpp"

namespace flatsweep::schedule {

TEST_CASE("reports arrive as they were sent", "[schedule]") {
  const Report report{{{id(1ULL << 62), Status::failed, 0.25, "S is \xce\xbb"}, {id(3), Status::solved, 1e-9, ""}},
                      true};
  CHECK(mpi::unpack<Report>(mpi::pack(report)) == report);
  CHECK(mpi::unpack<Report>(mpi::pack(Report{})) == Report{});
}

TEST_CASE("a report of a full batch is small enough to be sent at once", "[schedule]") {
  Report report;
  report.finished.resize(Policy::largest_batch);
  CHECK(mpi::pack(report).size() < 4096);  // from that size on Open MPI waits for the receiver
}

}  // namespace flatsweep::schedule
