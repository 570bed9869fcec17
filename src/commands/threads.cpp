#include "commands/threads.hpp"

#include <iostream>

#include "flatsweep/core/dense_kernels.hpp"

namespace flatsweep::cli {

void use_threads(int threads, bool speaks) {
  if (dense::use_threads(threads) < threads && speaks)
    std::cerr
        << "flatsweep: --threads " << threads
        << " has no effect: with more than one, the linear algebra at hand would not give the same bits. More ranks do.\n";
}

}  // namespace flatsweep::cli
