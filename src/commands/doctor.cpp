#include <algorithm>
#include <iostream>

#include "cli_options.hpp"
#include "commands/agreement.hpp"
#include "commands/commands.hpp"
#include "commands/file_check.hpp"
#include "commands/stack_check.hpp"

namespace flatsweep::cli {
namespace {

CommandLine doctor_command_line() {
  po::options_description options("Options", 100);
  options.add_options()("help,h", "this page");
  return {
      "flatsweep doctor [FOLDER]",
      "Checks the stack that a sweep would run on, with results in FOLDER (the current one), and says what to\n"
      "set: MPI, HDF5, binding, shared memory, BLAS, clocks, parallel writes, locks. Start it as the sweep:\n"
      "mpirun -n P flatsweep doctor. Exit code 1 where something is wrong.",
      options,
      {"FOLDER"}};
}

void print(const Finding& finding) {
  constexpr std::size_t verdict_width = 7, subject_width = 15;
  const std::string verdict = finding.verdict == Finding::Verdict::good   ? "ok"
                              : finding.verdict == Finding::Verdict::note ? "note"
                                                                          : "WRONG";
  std::cout << verdict << std::string(verdict_width - verdict.size(), ' ') << finding.subject
            << std::string(subject_width - finding.subject.size(), ' ') << finding.text << '\n';
}

/// @note Collective
int examine(const std::string& folder, const mpi::Communicator& comm) {
  const std::vector<RankFacts> ranks = gather_facts(comm);
  std::vector<Finding> findings;
  if (comm.is_root()) findings = check_stack(ranks);
  std::ranges::move(check_files(folder, comm), std::back_inserter(findings));
  for (const Finding& finding : findings) print(finding);
  const bool wrong = std::ranges::any_of(
      findings, [](const Finding& finding) { return finding.verdict == Finding::Verdict::wrong; });
  return wrong ? stack_faulty : everything_done;
}

}  // namespace

int doctor(const Arguments& arguments) {
  const auto options = parse(doctor_command_line(), arguments);
  if (!options) return everything_done;
  return on_all_ranks(
      [&](const mpi::Communicator& comm) { return examine(text(*options, "FOLDER").value_or("."), comm); });
}

}  // namespace flatsweep::cli
