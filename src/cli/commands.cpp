#include "cli/commands.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/platform.hpp"

namespace flatsweep::cli {
namespace {

/// All commands in the order of the help.
const std::vector<Command>& commands() {
  static const std::vector<Command> table = {run_command(),    plan_command(),  solve_command(),
                                             status_command(), show_command(),  export_command(),
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

ExitCode execute(const Command& command, const Arguments& arguments) {
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

/// Whether this is rank 0, by the variables of MPI's launcher, which are set before MPI runs.
bool is_rank_zero() {
  for (const char* variable : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"})
    if (const char* rank = std::getenv(variable)) return std::string_view(rank) == "0";
  return true;
}

bool needs_all_ranks(const Arguments& arguments) {
  const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (arguments.empty() || std::ranges::any_of(arguments, is_help)) return false;
  const auto command = std::ranges::find(commands(), arguments.front(), &Command::name);
  return command != commands().end() && command->on_all_ranks;
}

}  // namespace

ExitCode execute(const Arguments& arguments) {
  if (!is_rank_zero() && !needs_all_ranks(arguments)) return ExitCode::done;
  if (arguments.empty())
    throw Error("no command given", "flatsweep --help lists the commands", "Write flatsweep run JOB -o FILE.");
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") return print_help(), ExitCode::done;
  if (name == "--version") return print_version(), ExitCode::done;
  return execute(find_command(name), {arguments.begin() + 1, arguments.end()});
}

ExitCode explain(const std::exception_ptr& error) {
  const ExitCode code = exit_code_of(error);
  if (code == ExitCode::fault || is_rank_zero()) std::cerr << fmt::format("flatsweep: {}\n", message_of(error));
  return code;
}

}  // namespace flatsweep::cli
