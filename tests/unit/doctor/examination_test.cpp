#include "doctor/examination.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "flatsweep/core/error.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::doctor;
using Catch::Matchers::Contains;
using Verdict = Finding::Verdict;

namespace {

/// A rank of a host with 4 cores, bound to those given.
RankFacts rank_on(const std::string& host, const std::vector<int>& cpus) {
  RankFacts facts;
  facts.host = host;
  CPU_ZERO(&facts.cpus);
  for (const int cpu : cpus) CPU_SET(cpu, &facts.cpus);
  facts.cores_online = 4;
  facts.unix_seconds = 1e9;
  facts.shared_memory_bytes = 1e9;
  facts.blas = "OpenBLAS";
  return facts;
}

Finding finding(const std::vector<RankFacts>& ranks, const std::string& subject) {
  const std::vector<Finding> findings = check_stack(ranks);
  const auto found = std::ranges::find(findings, subject, &Finding::subject);
  REQUIRE(found != findings.end());
  return *found;
}

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Sets variables of the environment for its lifetime; empty ones are removed.
class Environment {
 public:
  explicit Environment(Variables variables) : variables_(std::move(variables)) {
    for (const auto& [name, value] : variables_)
      if (value.empty())
        ::unsetenv(name.c_str());
      else
        ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : variables_) ::unsetenv(name.c_str());
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  Variables variables_;
};

}  // namespace

TEST_CASE("a valid stack has no wrong part", "[doctor]") {
  const std::vector<RankFacts> ranks = {rank_on("n1", {0, 1, 2, 3}), rank_on("n1", {1}), rank_on("n2", {0})};
  for (const Finding& finding : check_stack(ranks)) {
    CAPTURE(finding.subject, finding.text);
    CHECK(finding.verdict != Verdict::wrong);
  }
  CHECK(finding(ranks, "binding").verdict == Verdict::good);
  CHECK_THAT(finding(ranks, "MPI").text, Contains("3 ranks"));
  CHECK(finding(ranks, "HDF5").verdict == Verdict::good);
}

TEST_CASE("workers bound to the same cores are wrong, more workers than cores worth a note", "[doctor]") {
  const RankFacts controller = rank_on("n1", {0});
  const Finding bound = finding({controller, rank_on("n1", {0}), rank_on("n1", {0})}, "binding");
  CHECK(bound.verdict == Verdict::wrong);
  CHECK_THAT(bound.text, Contains("2 workers of n1 are bound to the same 1 of 4 cores"));
  const RankFacts unbound = rank_on("n1", {0, 1, 2, 3});
  const Finding many = finding({controller, unbound, unbound, unbound, unbound, unbound}, "binding");
  CHECK(many.verdict == Verdict::note);
  CHECK_THAT(many.text, Contains("5 workers share the 4 cores of n1"));
}

TEST_CASE("shared memory must hold 16 MB a rank of its host", "[doctor]") {
  RankFacts small = rank_on("n1", {0});
  small.shared_memory_bytes = 40e6;
  CHECK(finding({small, small}, "shared memory").verdict == Verdict::good);
  CHECK(finding({small, small, small}, "shared memory").verdict == Verdict::wrong);
}

TEST_CASE("an OpenBLAS that errs is wrong, a slow one and different libraries are worth a note", "[doctor]") {
  RankFacts eigen = rank_on("n2", {0});
  eigen.blas = "Eigen";
  CHECK(finding({rank_on("n1", {0}), eigen}, "BLAS").verdict == Verdict::note);
  eigen.blas_problem = "OpenBLAS's kernels `PRESCOTT` are older than this CPU";
  CHECK(finding({rank_on("n1", {0}), eigen}, "BLAS").verdict == Verdict::note);
  eigen.blas_errs = true;
  const Finding wrong = finding({rank_on("n1", {0}), eigen}, "BLAS");
  CHECK(wrong.verdict == Verdict::wrong);
  CHECK_THAT(wrong.text, Contains("PRESCOTT") && Contains("n2"));
  eigen.blas_problem.clear();
  eigen.blas_errs = false;
  const Finding slow = finding({eigen, eigen}, "BLAS");
  CHECK(slow.verdict == Verdict::note);
  CHECK_THAT(slow.text, Contains("OpenBLAS"));
}

TEST_CASE("clocks may differ by 5 s", "[doctor]") {
  RankFacts late = rank_on("n2", {0});
  late.unix_seconds += 5.0;
  CHECK(finding({rank_on("n1", {0}), late}, "clocks").verdict == Verdict::good);
  late.unix_seconds += 2.0;
  const Finding wrong = finding({rank_on("n1", {0}), late}, "clocks");
  CHECK(wrong.verdict == Verdict::wrong);
  CHECK_THAT(wrong.text, Contains("n1 and n2 differ by 7 s"));
}

TEST_CASE("one rank in a step of several tasks was started in a wrong way", "[doctor]") {
  const std::vector<RankFacts> one = {rank_on("n1", {0})};
  const Environment step(Variables{{"SLURM_NTASKS", "4"}, {"SLURM_STEP_ID", "0"}, {"OMPI_COMM_WORLD_SIZE", ""}});
  CHECK(finding(one, "MPI").verdict == Verdict::wrong);
  CHECK_THAT(finding(one, "MPI").text, Contains("4 tasks"));
  CHECK(finding({one[0], one[0]}, "MPI").verdict != Verdict::wrong);
}

TEST_CASE("the stack of this process is examined, and no file is left", "[doctor]") {
  const record::test::TemporaryDirectory folder;
  const auto world = mpi::Communicator::world();
  CHECK(check_stack(gather_facts(world)).size() == 6);
  const std::vector<Finding> findings = check_files(folder.path(), world);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].subject == "MPI-IO");
  CHECK(findings[0].verdict == Verdict::good);
  CHECK(findings[1].subject == "locks");
  CHECK(findings[1].verdict == Verdict::good);
  CHECK(folder.entries().empty());
}

TEST_CASE("a folder that cannot hold results is an error", "[doctor]") {
  const record::test::TemporaryDirectory folder;
  CHECK_THROWS_WITH(check_files(folder / "absent", mpi::Communicator::world()),
                    Contains("no results file can be written in") && !Contains("fewer configurations"));
}

TEST_CASE("a rank knows its host, cores, clock and shared memory", "[doctor]") {
  const std::vector<RankFacts> ranks = gather_facts(mpi::Communicator::world());
  REQUIRE(ranks.size() == 1);
  CHECK_FALSE(ranks[0].host.empty());
  CHECK(CPU_COUNT(&ranks[0].cpus) >= 1);
  CHECK(ranks[0].cores_online >= CPU_COUNT(&ranks[0].cpus));
  CHECK(ranks[0].unix_seconds > 1.6e9);
  CHECK_FALSE(ranks[0].blas.empty());
  for (const std::string transport : {"sm", "vader"}) {
    const Environment absent(Variables{{"OMPI_MCA_btl_sm_backing_directory", ""},
                                       {"OMPI_MCA_btl_" + transport + "_backing_directory", "/absent"}});
    CHECK(gather_facts(mpi::Communicator::world())[0].shared_memory_bytes > 1e18);
  }
}
