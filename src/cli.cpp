#include "cli.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

#include "commands/commands.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/version.hpp"

namespace flatsweep::cli {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*execute)(const Arguments&);
  bool on_all_ranks = false;  // else rank 0 does it alone
};

// In the order of the help.
constexpr auto command_table = std::to_array<Command>({
    {"run", "run the sweep of a job file, or continue it", run, true},
    {"plan", "tell what a job would run, in what time, memory and disk space", plan},
    {"solve", "solve one configuration, or a program of your own, and keep every array", solve},
    {"status", "tell how far a results file is, and what failed", status},
    {"show", "print tables of flatness and loss against gamma", show},
    {"export", "write a results file as CSV, a line a configuration", export_table},
    {"verify", "check every row against its checksum, and compute some again", verify},
    {"merge", "put the rows of several files of one job into one file", merge},
    {"doctor", "check the stack that a sweep would run on, and say what to set", doctor, true},
});

void print_help() {
  std::cout << "usage: flatsweep COMMAND [OPTIONS]\n\n"
               "Samples, solves and measures flattest interpolators over a grid of configurations.\n\n";
  for (const Command& command : command_table)
    std::cout << "  " << command.name << std::string(10 - command.name.size(), ' ') << command.summary
              << '\n';
  std::cout << "\n  --help      this page; after a command, that command's options\n"
               "  --version   version, commit and build\n";
}

void print_version() {
  const BuildInformation& build = build_information();
  std::cout << "flatsweep " << build.version << " (" << build.commit << ", " << build.compiler << ", "
            << build.flags << ")\n";
}

Error unknown_command(const std::string& name) {
  std::vector<std::string> names = {"--help", "--version"};
  for (const Command& command : command_table) names.emplace_back(command.name);
  return Error("unknown command `" + name + "`", "flatsweep --help lists the commands",
               "Did you mean " + nearest_word(name, names) + "?");
}

/// A reader that left early ends nothing; output that got lost does.
void flush_stdout() {
  if (std::cout.flush()) return;
  pollfd reader{STDOUT_FILENO, POLLOUT, 0};
  if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0) return;
  throw Error("stdout cannot be written", "its disk is full, or it was closed",
              "Free space, or write elsewhere.");
}

std::string message_of(const std::exception_ptr& trouble) {
  try {
    std::rethrow_exception(trouble);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

/// By the word of MPI's launcher, which is there before MPI is.
bool is_rank_zero() {
  for (const char* variable : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"})
    if (const char* rank = std::getenv(variable)) return std::string_view(rank) == "0";
  return true;
}

bool needs_all_ranks(const Arguments& arguments) {
  const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (arguments.empty() || std::ranges::any_of(arguments, is_help)) return false;
  const auto command = std::ranges::find(command_table, arguments.front(), &Command::name);
  return command != std::end(command_table) && command->on_all_ranks;
}

}  // namespace

int execute(const Arguments& arguments) {
  if (!is_rank_zero() && !needs_all_ranks(arguments)) return everything_done;
  if (arguments.empty())
    throw Error("no command given", "flatsweep --help lists the commands",
                "Write flatsweep run JOB -o FILE.");
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") return print_help(), everything_done;
  if (name == "--version") return print_version(), everything_done;
  const auto command = std::ranges::find(command_table, name, &Command::name);
  if (command == std::end(command_table)) throw unknown_command(name);
  const int code = command->execute({arguments.begin() + 1, arguments.end()});
  flush_stdout();
  return code;
}

ExitCode exit_code_of(const std::exception_ptr& trouble) {
  if (!trouble) return everything_done;
  try {
    std::rethrow_exception(trouble);
  } catch (const Error&) {
    return bad_input;
  } catch (const FileInUse&) {
    return file_in_use;
  } catch (...) {
    return internal_error;
  }
}

ExitCode explain(const std::exception_ptr& trouble) {
  const ExitCode code = exit_code_of(trouble);
  if (code == internal_error || is_rank_zero()) std::cerr << "flatsweep: " + message_of(trouble) + "\n";
  return code;
}

}  // namespace flatsweep::cli
