#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "doctor/examination.hpp"

namespace flatsweep::cli {
namespace {

using doctor::Finding;

void print(const Finding& finding) {
  constexpr std::array words = {"ok", "note", "WRONG"};  // by Verdict
  const char* verdict = words[static_cast<std::size_t>(finding.verdict)];
  std::cout << fmt::format("{:<7}{:<15}{}\n", verdict, finding.subject, finding.text);
}

ExitCode doctor(const Options& options) {
  const std::string folder = options.text("FOLDER").value_or(".");
  return on_all_ranks([&](const mpi::Communicator& comm) {
    const std::vector<Finding> findings = doctor::examine(folder, comm);
    std::ranges::for_each(findings, print);
    const bool is_wrong = std::ranges::find(findings, Finding::Verdict::wrong, &Finding::verdict) != findings.end();
    return is_wrong ? ExitCode::fault : ExitCode::done;
  });
}

}  // namespace

Command doctor_command() {
  return {
      .name = "doctor",
      .brief = "check the stack that a sweep would run on, and say what to set",
      .synopsis = "[FOLDER]",
      .summary =
          "Checks the stack that a sweep would run on, with results in FOLDER (the current one), and says what to\n"
          "set: MPI, HDF5, binding, shared memory, BLAS, clocks, parallel writes, locks. Start it as the sweep:\n"
          "mpirun -n P flatsweep doctor. Exit code 1 if something is wrong.",
      .operands = {"FOLDER"},
      .execute = doctor,
      .on_all_ranks = true,
  };
}

}  // namespace flatsweep::cli
