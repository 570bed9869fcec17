#pragma once

namespace flatsweep {

/// Bytes of memory that processes on this node may have together: what is built in, or less where a control
/// group (a container, a batch job) sets a limit.
double node_memory_bytes();

}  // namespace flatsweep
