#include "schedule/message.hpp"

#include <catch2/catch.hpp>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::schedule {

TEST_CASE("messages arrive as they were sent", "[schedule]") {
  const Report report{{{ConfigurationId{1ULL << 62}, Status::failed, 0.25, "S is \xce\xbb"},
                       {ConfigurationId{3}, Status::solved, 1e-9, ""}},
                      true};
  CHECK(decode_report(encode(report)) == report);
  CHECK(decode_report(encode(Report{})) == Report{});
  const Batch batch{ConfigurationId{1ULL << 62}, 64};
  CHECK(decode_batch(encode(batch)) == batch);
  const SweepReport sweep{true, 1ULL << 40};
  CHECK(decode_sweep_report(encode(sweep)) == sweep);
}

TEST_CASE("a report of a full batch is small enough to be sent at once", "[schedule]") {
  Report report;
  report.finished.resize(64);
  CHECK(encode(report).size() < 4096);  // where Open MPI starts to wait for the receiver
}

TEST_CASE("a message cut short or too long breaks the contract", "[schedule]") {
  Bytes bytes = encode(Report{{{ConfigurationId{7}, Status::failed, 1.0, "why"}}, false});
  bytes.pop_back();
  CHECK_THROWS_AS(decode_report(bytes), ContractViolation);
  bytes.resize(bytes.size() + 2);
  CHECK_THROWS_AS(decode_report(bytes), ContractViolation);
}

}  // namespace flatsweep::schedule
