#include "cli/commands.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::cli {
namespace {

/// All commands in the order of the help.
const std::vector<Command>& commands() {
  static const std::vector<Command> table = {run_command(),    plan_command(),  explain_command(), solve_command(),
                                             status_command(), watch_command(), show_command(),    export_command(),
                                             verify_command(), merge_command(), doctor_command()};
  return table;
}

void print_help() {
  std::cout << "usage: flatsweep COMMAND [OPTIONS]\n\n"
               "Samples, solves and measures flattest interpolators over a grid of configurations.\n\n";
  for (const Command& command : commands()) std::cout << fmt::format("  {:<10}{}\n", command.name, command.brief);
  std::cout << "\n  --help      this page; after a command, that command's options\n"
               "  --version   version, commit and build\n";
}

void print_version() {
  const BuildInformation& build = build_information();
  std::cout << fmt::format("flatsweep {} ({}, {}, {})\n", build.version, build.commit, build.compiler, build.flags);
}

const Command& find_command(const std::string& name) {
  const auto command = std::ranges::find(commands(), name, &Command::name);
  if (command != commands().end()) return *command;
  std::vector<std::string> names = {"--help", "--version"};
  for (const Command& known : commands()) names.push_back(known.name);
  throw Error(fmt::format("unknown command `{}`", name), "flatsweep --help lists the commands",
              fmt::format("Did you mean {}?", nearest_word(name, names)));
}

/// Write what is buffered for stdout. A reader that left early is no error.
/// @throws Error if it cannot be written
void flush_stdout() {
  if (std::cout.flush()) return;
  pollfd reader{STDOUT_FILENO, POLLOUT, 0};
  if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0) return;
  throw Error("stdout cannot be written", "its disk is full, or it was closed", "Free space, or write elsewhere.");
}

ExitCode execute_command(const Command& command, const Arguments& arguments) {
  const Options options = parse(command, arguments, commands());
  ExitCode code = ExitCode::done;
  if (options.has("help"))
    std::cout << help_page(command);
  else
    code = command.execute(options);
  flush_stdout();
  return code;
}

std::string message_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

/// The rank that MPI's launcher gave to this process, or to one that this inherits its environment from; else 0.
std::string_view inherited_rank() {
  for (const char* variable : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"})
    if (const char* rank = std::getenv(variable)) return rank;
  return "0";
}

/// Whether MPI's launcher started this process itself, maybe by a program that only starts another. It did not if a
/// worker of an MPI program did, whose environment is inherited.
bool is_launched() {
  constexpr auto launchers = std::to_array<std::string_view>(
      {"mpirun", "mpiexec", "orterun", "orted", "prterun", "prte", "prted", "mpirun.openmpi", "mpiexec.openmp",
       "mpirun.mpich", "mpiexec.mpich", "mpiexec.hydra", "hydra_pmi_proxy", "pmi_proxy", "slurmstepd"});
  constexpr auto wrappers = std::to_array<std::string_view>({"timeout", "time", "strace", "starter", "starter-suid"});
  std::string name;  // of the nearest ancestor that is no wrapper; /proc gives up to 15 bytes of it
  for (int process = ::getppid(); name.empty() || std::ranges::find(wrappers, name) != wrappers.end();) {
    std::ifstream stat(fmt::format("/proc/{}/stat", process));
    char state = 0;
    std::getline(std::getline(stat, name, '('), name, ')');
    if (!(stat >> state >> process)) return false;
  }
  return std::ranges::find(launchers, name) != launchers.end();
}

bool needs_all_ranks(const Arguments& arguments) {
  const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (arguments.empty() || std::ranges::any_of(arguments, is_help)) return false;
  const auto command = std::ranges::find(commands(), arguments.front(), &Command::name);
  return command != commands().end() && command->on_all_ranks;
}

ExitCode execute_here(const Arguments& arguments) {
  if (arguments.empty())
    throw Error("no command given", "flatsweep --help lists the commands", "Write flatsweep run JOB -o FILE.");
  const std::string& name = arguments.front();
  const bool is_help = name == "--help" || name == "-h" || name == "help";
  if (!is_help && name != "--version")
    return execute_command(find_command(name), {arguments.begin() + 1, arguments.end()});
  is_help ? print_help() : print_version();
  flush_stdout();
  return ExitCode::done;
}

/// Let rank 0 do alone what all ranks were asked for alike. What they were asked for differently each does itself.
/// @note Collective
ExitCode execute_once(const Arguments& arguments, const mpi::Communicator& comm) try {
  std::error_code unknown;
  const std::string mine =
      fmt::format("{}\n{}", std::filesystem::current_path(unknown).string(), fmt::join(arguments, "\n"));
  const std::string of_root = comm.on_root([&]() -> const std::string& { return mine; });
  if (comm.agree(mine == of_root ? "" : "differs").empty())
    return comm.on_root([&] { return execute_here(arguments); });
  return execute_here(arguments);
} catch (const std::exception&) {
  return print_error(std::current_exception(), true);
}

/// A launcher that sees one rank fail kills the others. The one that speaks for all may have begun a little later.
constexpr std::chrono::seconds time_for_rank_0(2);

}  // namespace

ExitCode execute(const Arguments& arguments) {
  if (needs_all_ranks(arguments) || !is_launched()) return execute_here(arguments);
  return on_all_ranks([&](const mpi::Communicator& comm) { return execute_once(arguments, comm); });
}

ExitCode print_error(const std::exception_ptr& error, bool on_every_rank) {
  const ExitCode code = exit_code_of(error);
  if (on_every_rank || code == ExitCode::fault || inherited_rank() == "0" || !is_launched())
    std::cerr << fmt::format("flatsweep: {}\n", message_of(error));
  else if (!mpi::is_running())
    std::this_thread::sleep_for(time_for_rank_0);
  return code;
}

}  // namespace flatsweep::cli
