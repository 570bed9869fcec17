#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <exception>

#include "cli/commands.hpp"

namespace {

/// Open the standard descriptors that the caller has closed, so that no file gets their numbers. What would be lost on
/// stdout still is an error, because it may not be written.
void open_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR);
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves early is no error
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write
  try {
    return static_cast<int>(flatsweep::cli::execute({argv + 1, argv + argc}));
  } catch (...) {
    return static_cast<int>(flatsweep::cli::print_error(std::current_exception()));
  }
}
