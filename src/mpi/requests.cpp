#include "mpi/requests.hpp"

#include "flatsweep/mpi/backoff.hpp"
#include "mpi/error.hpp"

namespace flatsweep::mpi {

MPI_Request start_sending(std::span<const std::byte> content, int destination, int tag) {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Isend(content.data(), static_cast<int>(content.size()), MPI_BYTE, destination, tag,
                  MPI_COMM_WORLD, &request),
        "MPI_Isend");
  return request;
}

bool is_complete(MPI_Request& request) {
  int done = 0;
  check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
  return done != 0;
}

void complete(MPI_Request request) {
  for (Backoff backoff; !is_complete(request);) backoff.pause();
}

}  // namespace flatsweep::mpi
