#include "commands/terminal.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace flatsweep::cli {

bool stderr_is_terminal() {
  if (isatty(STDERR_FILENO)) return true;
  if (std::getenv("OMPI_COMM_WORLD_RANK") == nullptr) return false;
  // mpirun hands its ranks a pipe: what counts is where its own stderr goes.
  std::error_code unknown;
  const auto link = "/proc/" + std::to_string(getppid()) + "/fd/2";
  return std::filesystem::read_symlink(link, unknown).string().starts_with("/dev/pts/");
}

}  // namespace flatsweep::cli
