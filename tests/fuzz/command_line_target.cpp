// A command line, one argument a line: a request, or an Error. What `run` and `solve` are asked for is read
// but not done, and the commands that read results end because there is no file.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/one_configuration.hpp"
#include "flatsweep/core/error.hpp"
#include "record_fixture.hpp"
#include "silence.hpp"
#include "target.hpp"

using namespace flatsweep;

namespace {

namespace fs = std::filesystem;

/// The folder to work in, which holds one file: job.ini.
struct Folder {
  Folder() {
    fs::current_path(directory.path());
    std::ofstream("job.ini") << "[grid]\nactivation = relu quadratic\nlink = matched\ngamma = lin(0.1, 0.9, 4)\n"
                                "d = 5 6\nseed = 0..2\n";
  }
  ~Folder() { fs::current_path("/"); }

  record::test::TemporaryDirectory directory;
};

cli::Arguments arguments_of(std::string text) {
  std::erase(text, '\0');  // no argument holds one
  cli::Arguments arguments;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) arguments.push_back(line);
  return arguments;
}

/// Read what a command that acts or computes is asked for; the others are executed.
void answer(const cli::Arguments& arguments) {
  const std::string command = arguments.empty() ? "" : arguments.front();
  const auto parse = [&](const cli::Command& row) { return cli::parse(row, {arguments.begin() + 1, arguments.end()}); };
  if (command == "run") {
    const cli::Options options = parse(cli::run_command());
    if (options.has("help")) return;
    const sweep::Request request = cli::read_run_request(options);
    const job::Job job = job::read_job(request.job_file, request.overrides);
    static_cast<void>(select(request.part, job.grid).contains(ConfigurationId{job.grid.size() - 1}));
  } else if (command == "solve") {
    const cli::Options options = parse(cli::solve_command());
    if (!options.has("help")) static_cast<void>(cli::read_solve_request(options));
  } else if (command == "explain") {
    const cli::Options options = parse(cli::explain_command());
    if (!options.has("help")) static_cast<void>(cli::read_one_configuration(options.required("JOB"), options));
  } else if (command == "plan") {
    static_cast<void>(parse(cli::plan_command()));
  } else if (command == "doctor") {
    static_cast<void>(parse(cli::doctor_command()));
  } else {
    cli::execute(arguments);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Silence silence;
  static const Folder folder;
  try {
    answer(arguments_of({reinterpret_cast<const char*>(data), size}));
  } catch (const Error&) {
  }
  silence.take();
  return 0;
}
