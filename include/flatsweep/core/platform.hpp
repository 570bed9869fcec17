#pragma once

#include <string>

namespace flatsweep {

/// How this program was built, as it is written into every results file.
struct BuildInformation {
  std::string version;   ///< of the program
  std::string commit;    ///< git commit, with "-dirty" if the tree had changes; `unknown` without git
  std::string compiler;  ///< name and version
  std::string flags;     ///< of the compiler, for this build type
};

/// Return how the running program was built.
const BuildInformation& build_information();

/// Return the memory in bytes that all processes on this node may have together: what is built in, or less if
/// a control group (a container, a batch job) sets a limit.
double node_memory_bytes();

}  // namespace flatsweep
