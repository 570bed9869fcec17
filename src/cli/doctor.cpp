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
#include "flatsweep/record/run_lock.hpp"

namespace flatsweep::cli {
namespace {

using doctor::Finding;

/// Print findings. @return whether none is wrong
bool report(const std::vector<Finding>& findings) {
  constexpr std::array words = {"ok", "note", "WRONG"};  // by Verdict
  for (const Finding& finding : findings)
    std::cout << fmt::format("{:<7}{:<15}{}\n", words[static_cast<std::size_t>(finding.verdict)], finding.subject,
                             finding.text);
  std::cout.flush();
  return std::ranges::find(findings, Finding::Verdict::wrong, &Finding::verdict) == findings.end();
}

ExitCode doctor(const Options& options) {
  const std::string folder = options.text("FOLDER").value_or(".");
  if (folder.empty()) throw Error("the name of FOLDER is empty", "", "Name a folder, or none for the current one.");
  return on_all_ranks([&](const mpi::Communicator& comm) {
    const std::vector<doctor::RankFacts> ranks = doctor::gather_facts(comm);
    const bool stack_is_right = !comm.is_root() || report(doctor::check_stack(ranks));
    try {
      return report(doctor::check_files(folder, comm)) && stack_is_right ? ExitCode::done : ExitCode::fault;
    } catch (const record::NoLocks& error) {
      report({{Finding::Verdict::note, "MPI-IO", "not checked, since no sweep runs without locks"},
              {Finding::Verdict::wrong, "locks", error.what()}});
      throw;
    } catch (const Error& error) {
      report({{Finding::Verdict::wrong, "MPI-IO", error.what()},
              {Finding::Verdict::note, "locks", "not checked, since no file can be written"}});
      throw;
    }
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
