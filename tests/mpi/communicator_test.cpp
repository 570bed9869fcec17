#include "flatsweep/mpi/communicator.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cpu_time.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stopwatch.hpp"

namespace flatsweep::mpi {
namespace {

using Clock = std::chrono::steady_clock;  // one for all ranks on this host

Bytes pattern(std::size_t bytes, int key) {
  Bytes content(bytes);
  for (std::size_t i = 0; i < bytes; ++i)
    content[i] = static_cast<std::byte>((31 * i + 7 * static_cast<std::size_t>(key)) % 251);
  return content;
}

enum class Waits : bool { no, yes };

/// Let rank `late` come to `call` a second after the others. Check that the ranks that wait for it do not
/// leave the call before it came, whatever else delays them, and sleep. @note Collective
template <typename Call>
void check_wait(const Communicator& comm, int late, const Call& call, Waits waits = Waits::yes) {
  comm.barrier();
  const Stopwatch stopwatch;
  const double cpu_before = cpu_seconds();
  if (comm.rank() == late) std::this_thread::sleep_for(std::chrono::seconds(1));
  Bytes arrival = pack(Clock::now());
  call();
  const auto departure = Clock::now();
  CHECK((cpu_seconds() - cpu_before) / std::max(1.0, stopwatch.seconds()) < share_of_spinning);
  comm.broadcast(arrival, late);
  if (waits == Waits::yes) CHECK(departure >= unpack<Clock::time_point>(arrival));
}

}  // namespace

TEST_CASE("messages of any size arrive whole, in the order of each sender", "[mpi]") {
  const auto comm = Communicator::world();
  const std::vector<std::size_t> sizes = {0, 1, 100, 4096, 70'000, 3'000'000, 5};
  if (!comm.is_root()) {
    for (std::size_t i = 0; i < sizes.size(); ++i) comm.send(pattern(sizes[i], comm.rank()), 0, static_cast<int>(i));
  } else {
    std::vector<int> next(static_cast<std::size_t>(comm.size()), 0);
    for (std::size_t i = 0; i < sizes.size() * (next.size() - 1); ++i) {
      const Envelope envelope = comm.receive();
      const auto source = static_cast<std::size_t>(envelope.source);
      REQUIRE(envelope.tag == next[source]++);
      REQUIRE(envelope.content == pattern(sizes[static_cast<std::size_t>(envelope.tag)], envelope.source));
    }
  }
  comm.barrier();
  CHECK_FALSE(comm.try_receive());
  comm.barrier();  // before another rank sends for the next case
}

TEST_CASE("messages of an outbox arrive whole and in order, and before what is sent after it is flushed", "[mpi]") {
  const auto comm = Communicator::world();
  constexpr int messages = 30;
  if (!comm.is_root()) {
    Outbox outbox(comm);
    for (int i = 0; i < messages; ++i) outbox.send(pattern(i % 3 == 0 ? 100'000 : 50, i), 0, i);
    outbox.flush();
    comm.send({}, 0, messages);
  } else {
    std::vector<int> next(static_cast<std::size_t>(comm.size()), 0);
    for (int i = 0; i < (messages + 1) * (comm.size() - 1); ++i) {
      const Envelope envelope = comm.receive();
      REQUIRE(envelope.tag == next[static_cast<std::size_t>(envelope.source)]++);
      if (envelope.tag == messages) continue;
      REQUIRE(envelope.content == pattern(envelope.tag % 3 == 0 ? 100'000 : 50, envelope.tag));
    }
  }
  comm.barrier();
}

TEST_CASE("a broadcast brings content and size of its root", "[mpi]") {
  const auto comm = Communicator::world();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{17}, std::size_t{2'000'000}}) {
    for (int root = 0; root < comm.size(); ++root) {
      auto content = comm.rank() == root ? pattern(bytes, root) : pattern(3, 99);
      comm.broadcast(content, root);
      REQUIRE(content == pattern(bytes, root));
    }
  }
}

TEST_CASE("nobody passes a barrier before the last one arrives", "[mpi]") {
  const auto comm = Communicator::world();
  check_wait(comm, comm.size() - 1, [&] { comm.barrier(); });
}

TEST_CASE("a wait for a message sleeps and ends soon after it came", "[mpi]") {
  const auto comm = Communicator::world();
  if (comm.size() == 1) return;
  if (comm.rank() > 1) return comm.barrier();
  auto shortest = Clock::duration::max();  // from a message's departure to its arrival
  const Stopwatch stopwatch;
  const double cpu_before = cpu_seconds();
  for (int round = 0; round < 5; ++round) {
    if (comm.rank() == 1) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      comm.send(pack(Clock::now()), 0, 1);
    } else {
      const Envelope envelope = comm.receive();
      shortest = std::min(shortest, Clock::now() - unpack<Clock::time_point>(envelope.content));
    }
  }
  CHECK((cpu_seconds() - cpu_before) / stopwatch.seconds() < share_of_spinning);
  if (comm.is_root()) CHECK(shortest < std::chrono::milliseconds(100));
  comm.barrier();
}

TEST_CASE("what rank 0 returns from a step, every rank has", "[mpi]") {
  const auto comm = Communicator::world();
  CHECK(comm.on_root([] { return 17; }) == 17);
  CHECK(comm.on_root([] { return std::string(100'000, 'x'); }) == std::string(100'000, 'x'));
  CHECK(comm.on_root([] { return std::vector<std::string>{"", "two"}; }) == std::vector<std::string>{"", "two"});
  int runs = 0;
  comm.on_root([&] { ++runs; });
  CHECK(runs == (comm.is_root() ? 1 : 0));
}

TEST_CASE("if the step of rank 0 throws, all leave together and know the exit code", "[mpi]") {
  const auto comm = Communicator::world();
  const auto check_that_all_leave = [&comm](const auto& error, ExitCode code) {
    try {
      comm.on_root([&]() -> std::string { throw error; });
      FAIL("nothing was thrown");
    } catch (const RootFailed& failed) {
      CHECK_FALSE(comm.is_root());
      CHECK(failed.exit_code == code);
    } catch (const std::exception& exception) {
      CHECK(comm.is_root());
      CHECK(exception.what() == std::string_view(error.what()));
    }
  };
  check_that_all_leave(Error("wrong", "rule", "Mend it."), ExitCode::bad_input);
  check_that_all_leave(FileInUse("busy"), ExitCode::file_in_use);
  check_that_all_leave(std::runtime_error("broken"), ExitCode::fault);
  CHECK(comm.on_root([] { return 1; }) == 1);  // nothing of it is left
}

TEST_CASE("rank 0 gathers the values of all ranks in their order", "[mpi]") {
  const auto comm = Communicator::world();
  for (int round = 0; round < 20; ++round) {  // a rank may be a round ahead of another one
    const int delayed = round % comm.size();
    if (comm.rank() == delayed) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::string own(static_cast<std::size_t>(1000 * comm.rank()), static_cast<char>('a' + round));
    const std::vector<std::string> texts = comm.gather(own);
    const std::vector<int> numbers = comm.gather(100 * round + comm.rank());
    REQUIRE(texts.size() == (comm.is_root() ? static_cast<std::size_t>(comm.size()) : 0));
    REQUIRE(numbers.size() == texts.size());
    for (std::size_t rank = 0; rank < texts.size(); ++rank) {
      REQUIRE(texts[rank] == std::string(1000 * rank, static_cast<char>('a' + round)));
      REQUIRE(numbers[rank] == 100 * round + static_cast<int>(rank));
    }
  }
}

TEST_CASE("all ranks learn the problem of the first rank that has one", "[mpi]") {
  const auto comm = Communicator::world();
  CHECK(comm.agree("").empty());
  for (int first = 0; first < comm.size(); ++first) {
    const std::string own = comm.rank() < first ? "" : "problem of rank " + std::to_string(comm.rank());
    CHECK(comm.agree(own) == "problem of rank " + std::to_string(first));
  }
}

TEST_CASE("a collective call waits for the rank that it needs", "[mpi]") {
  const auto comm = Communicator::world();
  SECTION("for rank 0 and its step") {
    check_wait(
        comm, 0, [&] { CHECK(comm.on_root([] { return 5; }) == 5); });
  }
  SECTION("for the problem of any rank") {
    check_wait(
        comm, comm.size() - 1, [&] { CHECK(comm.agree("").empty()); });
  }
  SECTION("for the value of any rank, on rank 0") {
    const auto waits = comm.is_root() ? Waits::yes : Waits::no;
    check_wait(
        comm, comm.size() - 1, [&] { CHECK(comm.gather(1).empty() != comm.is_root()); }, waits);
  }
}

TEST_CASE("a message to nobody breaks the contract", "[mpi]") {
  const auto comm = Communicator::world();
  CHECK_THROWS_AS(comm.send({}, comm.size(), 0), ContractViolation);
  CHECK_THROWS_AS(comm.send({}, 0, -1), ContractViolation);
}

TEST_CASE("a message larger than MPI can count breaks the contract", "[mpi]") {
  const auto comm = Communicator::world();
  const std::byte first{};  // is not read
  CHECK_THROWS_AS(comm.send(std::span(&first, std::size_t{1} << 31), 0, 0), ContractViolation);
}

}  // namespace flatsweep::mpi
