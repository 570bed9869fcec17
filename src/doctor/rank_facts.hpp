#pragma once

#include <sched.h>

#include <string>
#include <tuple>
#include <vector>

#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::doctor {

/// What a rank sees of the stack that it runs on.
struct RankFacts {
  std::string host;
  cpu_set_t cpus;                    // that it may run on
  int cores_online = 1;              // of its host
  double unix_seconds = 0.0;         // by its host's clock
  double shared_memory_bytes = 0.0;  // free for the messages between ranks of its host
  std::string blas;                  // library of the dense kernels
  std::string blas_problem;          // why that is not OpenBLAS, although it is linked

  /// For packing.
  static auto members(auto& self) {
    return std::tie(self.host, self.cpus, self.cores_online, self.unix_seconds, self.shared_memory_bytes, self.blas,
                    self.blas_problem);
  }
};

/// Return the facts of all ranks on rank 0; nothing elsewhere.
/// @note Collective
std::vector<RankFacts> gather_facts(const mpi::Communicator& comm);

}  // namespace flatsweep::doctor
