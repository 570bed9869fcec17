#pragma once

namespace flatsweep::cli {

/// Linear algebra uses so many threads from now on, or says on stderr why it does not.
/// @param speaks whether this rank says so
void use_threads(int threads, bool speaks = true);

}  // namespace flatsweep::cli
