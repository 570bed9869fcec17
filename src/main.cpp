#include <csignal>
#include <exception>

#include "cli/commands.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves early is no error
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write
  try {
    return static_cast<int>(flatsweep::cli::execute({argv + 1, argv + argc}));
  } catch (...) {
    return static_cast<int>(flatsweep::cli::explain(std::current_exception()));
  }
}
