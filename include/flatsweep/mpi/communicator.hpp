#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/packing.hpp"

namespace flatsweep::mpi {

/// MPI from construction to destruction; works without mpirun too (one rank). If an exception unwinds
/// past it and there are other ranks, they are aborted, because they would wait for this one without end.
/// @note Collective
class Environment {
 public:
  /// Initialise MPI. @param argc, argv of main; MPI may remove its own arguments
  Environment(int& argc, char**& argv);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  int exceptions_before_;
};

/// Whether MPI runs in this process.
bool is_running();

/// End all ranks at once with this exit code.
[[noreturn]] void abort(int exit_code);

/// Return name and version of the MPI library at run time, e.g. `Open MPI v4.1.4`.
std::string library_version();

/// Check the result of a call of MPI.
/// @param code what the call returned
/// @param call its name
/// @throws std::runtime_error with the name of the call and MPI's own text unless `code` is MPI_SUCCESS
void check(int code, const char* call);

/// The sleeps between looks for something that arrives sooner or later: 20 us for the first
/// millisecond or so, then growing to 5 ms, at which looking costs less than 1 % of a core.
class Backoff {
 public:
  /// Lets the calling thread sleep.
  using Sleep = std::function<void(std::chrono::nanoseconds)>;

  /// Sleep by std::this_thread::sleep_for.
  Backoff();
  /// Sleep by `sleep`, e.g. the clock of a test.
  explicit Backoff(Sleep sleep) : sleep_(std::move(sleep)) {}

  /// Sleep once.
  void pause();
  /// Make the next sleep the shortest again, because something arrived.
  void reset();

 private:
  static constexpr std::chrono::nanoseconds shortest = std::chrono::microseconds(20);
  static constexpr std::chrono::nanoseconds longest = std::chrono::milliseconds(5);

  Sleep sleep_;
  int looks_ = 0;
  std::chrono::nanoseconds next_ = shortest;
};

/// A message as it arrived.
struct Envelope {
  int source;     ///< rank that sent it
  int tag;        ///< as given to send()
  Bytes content;  ///< as given to send()
};

/// Thrown by Communicator::on_root() on all other ranks if its step failed on rank 0. No std::exception: rank
/// 0 reports what happened, the others only have to leave, so no handler of errors should catch this.
struct RootFailed {
  ExitCode exit_code;  ///< that the exception of rank 0 stands for
};

/// The ranks of a run. Nothing here spins: every wait sleeps between looks (Backoff), so that a waiting
/// rank costs less than 2 % of a core. A message holds less than 2 GiB. Needs a living Environment.
/// @throws std::runtime_error naming the MPI call that failed
class Communicator {
 public:
  /// Return the communicator of all ranks that were started together.
  static Communicator world();

  /// The number of this process, from 0.
  [[nodiscard]] int rank() const { return rank_; }
  /// The number of ranks.
  [[nodiscard]] int size() const { return size_; }
  /// Whether this is rank 0.
  [[nodiscard]] bool is_root() const { return rank_ == 0; }

  /// Send a message; return once `content` may be reused. Messages of one source arrive in order. Small ones
  /// (under 4 KiB) do not wait for the receiver.
  void send(std::span<const std::byte> content, int destination, int tag) const;
  /// Return the next message from any rank; nothing if none has arrived.
  [[nodiscard]] std::optional<Envelope> try_receive() const;
  /// Wait for the next message from any rank and return it.
  [[nodiscard]] Envelope receive() const;

  /// Wait until every rank is here.
  /// @note Collective
  void barrier() const;

  /// Give `content` of `root` to every rank, whatever the others' content was.
  /// @note Collective
  void broadcast(Bytes& content, int root) const;

  /// Run `step` on rank 0 and return its result, a packable type or void, on every rank.
  /// @throws what `step` throws on rank 0, and RootFailed on the others, so that all leave together
  /// @note Collective
  template <typename Step>
  auto on_root(const Step& step) const {  // NOLINT(modernize-use-nodiscard): may be void
    using Result = std::remove_cvref_t<std::invoke_result_t<const Step&>>;
    Bytes result;
    std::exception_ptr error;
    if (is_root()) {
      try {
        if constexpr (std::is_void_v<Result>)
          step();
        else
          result = pack(step());
      } catch (...) {
        error = std::current_exception();
      }
    }
    share(result, error);
    if constexpr (!std::is_void_v<Result>) return unpack<Result>(result);
  }

  /// Return the values of all ranks, of a packable type, in the order of ranks on rank 0; nothing elsewhere.
  /// @note Collective
  template <typename T>
  [[nodiscard]] std::vector<T> gather(const T& value) const {
    std::vector<T> values;
    for (const Bytes& bytes : gather_bytes(pack(value))) values.push_back(unpack<T>(bytes));
    return values;
  }

  /// Let all ranks react alike if one has a problem.
  /// @param problem of this rank; empty if it has none
  /// @return on every rank the problem of the first rank that has one; empty if none has
  /// @note Collective
  [[nodiscard]] std::string agree(const std::string& problem) const;

 private:
  Communicator(int rank, int size) : rank_(rank), size_(size) {}

  /// Give rank 0's result to every rank, or let all throw for its error.
  void share(Bytes& result, const std::exception_ptr& error) const;
  [[nodiscard]] std::vector<Bytes> gather_bytes(const Bytes& bytes) const;

  int rank_;
  int size_;
};

/// Return the communicator for other libraries, without <mpi.h> in a header: `MPI_Comm_f2c(native_handle(comm))`.
int native_handle(const Communicator& comm);

/// Messages in flight: the sender goes on before they have arrived. They arrive in order, also with
/// those that the communicator sends.
/// @throws std::runtime_error naming the MPI call that failed
class Outbox {
 public:
  /// Send to the ranks of `comm`.
  explicit Outbox(const Communicator& comm);
  /// @pre flushed, or MPI is about to be aborted
  ~Outbox();

  /// Send a message; wait only if many are in flight.
  void send(Bytes content, int destination, int tag);
  /// Wait until all messages have left.
  void flush();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::mpi
