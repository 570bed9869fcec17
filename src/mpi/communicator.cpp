#include "flatsweep/mpi/communicator.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "flatsweep/core/error.hpp"

namespace flatsweep::mpi {
namespace {

/// Return a number of bytes as MPI counts them, in int.
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

/// Start a call of MPI, call(arguments..., &request), and sleep until it is complete.
template <typename Call, typename... Arguments>
void complete(const char* name, Call call, Arguments... arguments) {
  MPI_Request request = MPI_REQUEST_NULL;
  check(call(arguments..., &request), name);
  complete(request);
}

}  // namespace

Environment::Environment(int& argc, char**& argv) : exceptions_before_(std::uncaught_exceptions()) {
  int provided = 0;
  check(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

Environment::~Environment() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size > 1 && std::uncaught_exceptions() > exceptions_before_) abort(EXIT_FAILURE);
  if (MPI_Finalize() != MPI_SUCCESS) std::fputs("flatsweep: MPI_Finalize failed\n", stderr);
}

bool is_running() {
  int begun = 0;
  int over = 0;
  check(MPI_Initialized(&begun), "MPI_Initialized");
  check(MPI_Finalized(&over), "MPI_Finalized");
  return begun != 0 && over == 0;
}

void abort(int exit_code) {
  std::fflush(nullptr);
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::_Exit(exit_code);
}

std::string library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
  std::string version(text.data(), static_cast<std::size_t>(length));
  version.resize(std::min(version.find_first_of(",\n"), version.size()));  // without the details of its build
  std::ranges::replace(version, '\t', ' ');
  return version;
}

void check(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  throw std::runtime_error(
      fmt::format("{} failed: {}", call, std::string_view(text.data(), static_cast<std::size_t>(length))));
}

Backoff::Backoff() : sleep_([](std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); }) {}

void Backoff::pause() {
  constexpr int hot_looks = 15;  // about a millisecond, as the kernel adds some 50 us to each sleep
  constexpr double growth = 1.2;
  sleep_(next_);
  if (++looks_ <= hot_looks) return;
  next_ = std::min(longest, std::chrono::duration_cast<std::chrono::nanoseconds>(next_ * growth));
}

void Backoff::reset() {
  looks_ = 0;
  next_ = shortest;
}

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
  complete("MPI_Imrecv", MPI_Imrecv, envelope.content.data(), bytes, MPI_BYTE, &message);
  return envelope;
}

Envelope Communicator::receive() const {
  for (Backoff backoff;; backoff.pause())
    if (auto envelope = try_receive()) return *std::move(envelope);
}

void Communicator::barrier() const { complete("MPI_Ibarrier", MPI_Ibarrier, MPI_COMM_WORLD); }

void Communicator::broadcast(Bytes& content, int root) const {
  expects(root >= 0 && root < size_);
  std::uint64_t bytes = content.size();
  complete("MPI_Ibcast", MPI_Ibcast, &bytes, 1, MPI_UINT64_T, root, MPI_COMM_WORLD);
  const int count = byte_count(bytes);  // after the size has gone round, so that all ranks throw
  content.resize(bytes);
  complete("MPI_Ibcast", MPI_Ibcast, content.data(), count, MPI_BYTE, root, MPI_COMM_WORLD);
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
  complete("MPI_Igather", MPI_Igather, &own_count, 1, MPI_UINT64_T, counts.data(), 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);

  const std::uint64_t total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  byte_count(total);
  const std::vector<int> sizes(counts.begin(), counts.end());
  std::vector<int> offsets(ranks);
  std::exclusive_scan(sizes.begin(), sizes.end(), offsets.begin(), 0);
  Bytes all(total);
  complete("MPI_Igatherv", MPI_Igatherv, bytes.data(), byte_count(own_count), MPI_BYTE, all.data(), sizes.data(),
           offsets.data(), MPI_BYTE, 0, MPI_COMM_WORLD);

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
  complete("MPI_Iallreduce", MPI_Iallreduce, &candidate, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
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
