#include <csignal>
#include <exception>

#include "cli.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves early ends nothing
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write
  try {
    return flatsweep::cli::execute({argv + 1, argv + argc});
  } catch (...) {
    return flatsweep::cli::explain(std::current_exception());
  }
}
