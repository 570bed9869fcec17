#include "flatsweep/mpi/communicator.hpp"

#include <mpi.h>

#include <cstdint>
#include <deque>
#include <limits>
#include <numeric>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/backoff.hpp"
#include "flatsweep/mpi/environment.hpp"

namespace flatsweep::mpi {
namespace {

/// MPI counts bytes in int.
int byte_count(std::uint64_t bytes) {
  expects(bytes <= static_cast<std::uint64_t>(std::numeric_limits<int>::max()));
  return static_cast<int>(bytes);
}

/// Start to send; `content` must not change until the request is complete.
MPI_Request start_sending(std::span<const std::byte> content, int destination, int tag) {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Isend(content.data(), byte_count(content.size()), MPI_BYTE, destination, tag, MPI_COMM_WORLD, &request),
        "MPI_Isend");
  return request;
}

bool is_complete(MPI_Request& request) {
  int done = 0;
  check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
  return done != 0;
}

/// Sleep until the request is complete.
void complete(MPI_Request request) {
  for (Backoff backoff; !is_complete(request);) backoff.pause();
}

}  // namespace

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
  Envelope envelope{status.MPI_SOURCE, status.MPI_TAG, Bytes(static_cast<std::size_t>(bytes))};
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

void Communicator::broadcast(Bytes& content, int root) const {
  expects(root >= 0 && root < size_);
  std::uint64_t bytes = content.size();
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Ibcast(&bytes, 1, MPI_UINT64_T, root, MPI_COMM_WORLD, &request), "MPI_Ibcast");
  complete(request);
  const int count = byte_count(bytes);  // after the size has gone round, so that all ranks throw
  content.resize(bytes);
  check(MPI_Ibcast(content.data(), count, MPI_BYTE, root, MPI_COMM_WORLD, &request), "MPI_Ibcast");
  complete(request);
}

void Communicator::share(Bytes& result, const std::exception_ptr& error) const {
  Bytes message;
  if (is_root()) message = pack(exit_code_of(error), result);
  broadcast(message, 0);
  if (error) std::rethrow_exception(error);
  Unpacker unpacker(message);
  if (const auto code = unpacker.get<ExitCode>(); code != ExitCode::done) throw RootFailed{code};
  result = unpacker.get<Bytes>();
}

std::vector<Bytes> Communicator::gather_bytes(const Bytes& bytes) const {
  const std::uint64_t own_count = bytes.size();
  const auto ranks = is_root() ? static_cast<std::size_t>(size_) : 0;
  std::vector<std::uint64_t> counts(ranks);
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Igather(&own_count, 1, MPI_UINT64_T, counts.data(), 1, MPI_UINT64_T, 0, MPI_COMM_WORLD, &request),
        "MPI_Igather");
  complete(request);

  const std::uint64_t total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  byte_count(total);
  const std::vector<int> sizes(counts.begin(), counts.end());
  std::vector<int> offsets(ranks);
  std::exclusive_scan(sizes.begin(), sizes.end(), offsets.begin(), 0);
  Bytes all(total);
  check(MPI_Igatherv(bytes.data(), byte_count(own_count), MPI_BYTE, all.data(), sizes.data(), offsets.data(), MPI_BYTE,
                     0, MPI_COMM_WORLD, &request),
        "MPI_Igatherv");
  complete(request);

  std::vector<Bytes> parts;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    const auto first = all.begin() + offsets[rank];
    parts.emplace_back(first, first + sizes[rank]);
  }
  return parts;
}

std::string Communicator::agree(const std::string& problem) const {
  const int candidate = problem.empty() ? size_ : rank_;
  int first = size_;
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Iallreduce(&candidate, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD, &request), "MPI_Iallreduce");
  complete(request);
  if (first == size_) return {};
  Bytes text = pack(problem);
  broadcast(text, first);
  return unpack<std::string>(text);
}

struct Outbox::Implementation {
  struct Message {
    Bytes content;
    MPI_Request request;
  };

  int size;
  std::deque<Message> in_flight;
};

Outbox::Outbox(const Communicator& comm)
    : implementation_(std::make_unique<Implementation>(Implementation{comm.size(), {}})) {}

Outbox::~Outbox() = default;

void Outbox::send(Bytes content, int destination, int tag) {
  constexpr std::size_t most = 8;
  expects(destination >= 0 && destination < implementation_->size && tag >= 0);
  auto& messages = implementation_->in_flight;
  while (!messages.empty() && is_complete(messages.front().request)) messages.pop_front();
  if (messages.size() == most) {
    complete(messages.front().request);
    messages.pop_front();
  }
  messages.push_back({std::move(content), MPI_REQUEST_NULL});
  messages.back().request = start_sending(messages.back().content, destination, tag);
}

void Outbox::flush() {
  auto& messages = implementation_->in_flight;
  for (; !messages.empty(); messages.pop_front()) complete(messages.front().request);
}

}  // namespace flatsweep::mpi
