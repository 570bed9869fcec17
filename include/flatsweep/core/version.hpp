#pragma once

#include <string>

namespace flatsweep {

/// How this program was built, as it is written into every results file.
struct BuildInformation {
  std::string version;   ///< of the program
  std::string commit;    ///< git commit, with "-dirty" where the tree had changes
  std::string compiler;  ///< name and version
  std::string flags;     ///< of this build type
};

/// Of the program that runs.
const BuildInformation& build_information();

}  // namespace flatsweep
