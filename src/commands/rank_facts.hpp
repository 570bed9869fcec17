#pragma once

#include <sched.h>

#include <string>
#include <vector>

#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::cli {

/// What a rank sees of the stack it runs on.
struct RankFacts {
  std::string host;
  cpu_set_t cpus;                    // that it may run on
  int cores_online = 1;              // of its host
  double unix_seconds = 0.0;         // by its host's clock
  double shared_memory_bytes = 0.0;  // free for the messages between ranks of its host
  std::string blas;                  // what the dense kernels run on
  std::string blas_trouble;          // why that is not OpenBLAS, although it is linked
};

/// Of all ranks, on rank 0; empty elsewhere.
/// @note Collective
std::vector<RankFacts> gather_facts(const mpi::Communicator& comm);

}  // namespace flatsweep::cli
