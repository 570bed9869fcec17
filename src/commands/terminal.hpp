#pragma once

namespace flatsweep::cli {

/// Whether what we say on stderr ends on a terminal, also through mpirun.
bool stderr_is_terminal();

}  // namespace flatsweep::cli
