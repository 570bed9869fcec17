#pragma once

#include <functional>
#include <string>
#include <vector>

#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::cli {

/// Thrown on the other ranks where rank 0 leaves by an exception: they follow it in silence.
struct Dismissed {
  int exit_code;
};

/// Runs a command on every rank, from MPI's start to its end. Trouble of rank 0 is explained, and that of one
/// rank alone, an internal error, ends them all. @return the exit code
int on_all_ranks(const std::function<int(const mpi::Communicator&)>& command);

/// Runs `step` on rank 0 and gives its text to every rank.
/// @throws what `step` throws on rank 0, and Dismissed on the others, so that all leave together
/// @note Collective
std::string on_root(const mpi::Communicator& comm, const std::function<std::string()>& step);

/// Every rank's text in the order of ranks on rank 0; empty elsewhere. @note Collective
std::vector<std::string> gather(const mpi::Communicator& comm, const std::string& text);

/// The hosts of all ranks with their numbers of ranks, e.g. `n1*4 n2*4`, on rank 0; empty elsewhere.
/// @note Collective
std::string hosts_of(const mpi::Communicator& comm);

}  // namespace flatsweep::cli
