// A command line, one argument a line: a request, or an Error. Nothing is done (stand_ins.cpp), and the
// commands that read results end for want of a file.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli.hpp"
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
    std::ofstream("job.ini")
        << "[grid]\nactivation = relu quadratic\nlink = matched\ngamma = lin(0.1, 0.9, 4)\n"
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Silence silence;
  static const Folder folder;
  try {
    cli::execute(arguments_of({reinterpret_cast<const char*>(data), size}));
  } catch (const Error&) {
  }
  silence.take();
  return 0;
}
