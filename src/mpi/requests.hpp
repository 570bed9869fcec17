#pragma once

#include <mpi.h>

#include <cstddef>
#include <span>

namespace flatsweep::mpi {

/// Starts to send; `content` stays as it is until the request is complete.
MPI_Request start_sending(std::span<const std::byte> content, int destination, int tag);

bool is_complete(MPI_Request& request);

/// Sleeps until the request is complete.
void complete(MPI_Request request);

}  // namespace flatsweep::mpi
