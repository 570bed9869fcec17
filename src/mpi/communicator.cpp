#include "flatsweep/mpi/communicator.hpp"

#include <mpi.h>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/mpi/backoff.hpp"
#include "flatsweep/mpi/native.hpp"
#include "mpi/error.hpp"
#include "mpi/requests.hpp"

namespace flatsweep::mpi {

Communicator Communicator::world() {
  int rank = 0;
  int size = 0;
  check(MPI_Comm_rank(MPI_COMM_WORLD, &rank), "MPI_Comm_rank");
  check(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
  return {rank, size};
}

int native_handle(const Communicator&) { return MPI_Comm_c2f(MPI_COMM_WORLD); }

void Communicator::send(std::span<const std::byte> content, int destination, int tag) const {
  expects(destination >= 0 && destination < size_ && tag >= 0);
  complete(start_sending(content, destination, tag));
}

std::optional<Envelope> Communicator::try_receive() const {
  int arrived = 0;
  MPI_Message message = MPI_MESSAGE_NULL;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &arrived, &message, &status), "MPI_Improbe");
  if (!arrived) return std::nullopt;

  int bytes = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
  Envelope envelope{status.MPI_SOURCE, status.MPI_TAG,
                    std::vector<std::byte>(static_cast<std::size_t>(bytes))};
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Imrecv(envelope.content.data(), bytes, MPI_BYTE, &message, &request), "MPI_Imrecv");
  complete(request);
  return envelope;
}

Envelope Communicator::receive() const {
  for (Backoff backoff;; backoff.pause())
    if (auto envelope = try_receive()) return *std::move(envelope);
}

void Communicator::barrier() const {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Ibarrier(MPI_COMM_WORLD, &request), "MPI_Ibarrier");
  complete(request);
}

void Communicator::broadcast(std::vector<std::byte>& content, int root) const {
  expects(root >= 0 && root < size_);
  unsigned long long bytes = content.size();
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Ibcast(&bytes, 1, MPI_UNSIGNED_LONG_LONG, root, MPI_COMM_WORLD, &request), "MPI_Ibcast");
  complete(request);
  content.resize(bytes);
  check(MPI_Ibcast(content.data(), static_cast<int>(bytes), MPI_BYTE, root, MPI_COMM_WORLD, &request),
        "MPI_Ibcast");
  complete(request);
}

}  // namespace flatsweep::mpi
