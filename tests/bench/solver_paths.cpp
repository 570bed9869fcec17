// How often each rung of the solver's ladder is tried, over the jobs that are shipped, at a smaller d, and
// over random configurations, those of tests/property. bench_solver_paths [random configurations, 2000 [their
// most samples, 400]]
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "../property/experiment/random_configuration.hpp"
#include "experiment/interpolators.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/job/job.hpp"

namespace {

using namespace flatsweep;

/// Counts of one job.
struct Tally {
  int configurations = 0;
  std::array<int, status_names.size()> statuses{};
  std::array<int, solve::rung_names.size()> rungs{};
  std::map<std::string, int> paths;  ///< by status and the names of their rungs
};

void count(const job::Configuration& configuration, job::Settings settings, Tally& tally) {
  settings.test_samples = 0;
  settings.spectrum = false;
  settings.best_loss = false;
  const experiment::Outcome outcome = experiment::compute_outcome(configuration, settings);
  ++tally.configurations;
  ++tally.statuses[static_cast<std::size_t>(outcome.status)];
  std::string path(name(outcome.status));
  for (std::size_t rung = 0; rung < solve::rung_names.size(); ++rung) {
    if (!outcome.solver_path.has(static_cast<solve::Rung>(rung))) continue;
    ++tally.rungs[rung];
    path += ' ' + std::string(solve::rung_names[rung]);
  }
  ++tally.paths[path];
}

void print(const std::string& name, const Tally& tally) {
  std::printf("| %s | %d |", name.c_str(), tally.configurations);
  for (const int rung : tally.rungs) std::printf(" %d |", rung);
  for (const Status status : {Status::solved, Status::infeasible, Status::inaccurate, Status::failed})
    std::printf(" %d |", tally.statuses[static_cast<std::size_t>(status)]);
  std::printf("\n");
  for (const auto& [path, times] : tally.paths) std::fprintf(stderr, "%s: %d %s\n", name.c_str(), times, path.c_str());
  std::fflush(stdout);
}

void count_job(const std::string& name, const std::string& d) {
  const job::Job job = job::read_job(FLATSWEEP_JOBS "/" + name, {{"grid.d", d}, {"grid.seed", "0"}});
  Tally tally;
  for (std::uint64_t id = 0; id < job.grid.size(); ++id)
    count(job.grid[static_cast<ConfigurationId>(id)], job.settings, tally);
  print(name + ", d = " + d, tally);
}

void count_random(int configurations, Index largest) {
  std::mt19937_64 random(2026);
  for (const bool near_one : {false, true}) {
    Tally tally;
    for (int i = 0; i < configurations / 2; ++i) {
      const test::Draw draw = test::draw_configuration(random, largest, near_one);
      if (experiment::interpolator_of(draw.configuration).solves_equations)
        count(draw.configuration, draw.settings, tally);
    }
    print(near_one ? "random, r = 1 and gamma in [0.9, 0.9999]" : "random", tally);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("| job | rows |");
  for (const std::string_view rung : solve::rung_names) std::printf(" %s |", std::string(rung).c_str());
  std::printf(" solved | infeasible | inaccurate | failed |\n");
  count_job("quick.ini", "25");
  for (const char* name : {"fig2.ini", "fig3.ini", "fig4.ini", "noise.ini", "soft-rank.ini"}) count_job(name, "20");
  count_job("scaling.ini", "15 25 50");
  count_random(argc > 1 ? std::atoi(argv[1]) : 2000, argc > 2 ? std::atoi(argv[2]) : 400);
  return EXIT_SUCCESS;
}
