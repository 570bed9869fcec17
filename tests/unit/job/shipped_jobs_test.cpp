#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "flatsweep/job/job.hpp"

using namespace flatsweep;

namespace {

job::Job shipped(const std::string& name) { return job::read_job(std::string(FLATSWEEP_JOBS "/") + name); }

}  // namespace

TEST_CASE("every shipped job parses, says what it is for, and stands in the README", "[job]") {
  std::ifstream readme_file(FLATSWEEP_JOBS "/README.md");
  const std::string readme{std::istreambuf_iterator<char>(readme_file), {}};
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(FLATSWEEP_JOBS)) {
    if (entry.path().extension() != ".ini") continue;
    CAPTURE(entry.path());
    const job::Job job = job::read_job(entry.path());
    names.insert(job.name);
    CHECK(job.text.starts_with("# "));
    CHECK(job.text.find('?') != std::string::npos);
    CHECK(readme.find("| `" + entry.path().filename().string() + "` |") != std::string::npos);
    CHECK(job.text.find("\n# " + std::to_string(job.grid.size()) + " configurations") != std::string::npos);
    CHECK(job.text.find(" on two cores") != std::string::npos);
  }
  CHECK(names == std::set<std::string>{"quick", "fig2", "fig3", "fig4", "scaling", "noise", "penalty", "soft-rank",
                                       "algorithms", "phase", "decay"});
}

TEST_CASE("a quadratic network of a shipped job can interpolate", "[job]") {
  for (const char* name : {"quick.ini", "fig2.ini", "fig3.ini", "fig4.ini", "scaling.ini", "noise.ini", "penalty.ini",
                           "soft-rank.ini", "algorithms.ini"}) {
    const job::Job job = shipped(name);
    for (std::uint64_t id = 0; id < job.grid.size(); ++id) {
      const job::Configuration configuration = job.grid[ConfigurationId{id}];
      if (configuration.activation.name() != "quadratic") continue;
      const Index d = configuration.d;
      if (configuration.samples > d * (d + 1) / 2 - 1) FAIL(name << " at d = " << d);
    }
  }
}

TEST_CASE("the paper's figures are what they must be", "[job]") {
  CHECK(shipped("fig2.ini").grid.values().indices == std::vector<Index>{1});
  CHECK(shipped("fig3.ini").grid.values().indices.front() > 1);
  using Offsets = std::vector<model::Offset>;
  for (const char* name : {"fig2.ini", "fig3.ini"}) CHECK(shipped(name).grid.values().offset == Offsets{{0.0, 1.0}});
  CHECK(shipped("fig4.ini").grid.values().offset == Offsets{{}});
  for (const char* name : {"fig2.ini", "fig3.ini", "fig4.ini"}) CHECK(shipped(name).settings.test_samples == 10'000);
}
