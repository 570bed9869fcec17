#include "flatsweep/mpi/communicator.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "cpu_time.hpp"
#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/mpi/outbox.hpp"

namespace flatsweep::mpi {
namespace {

std::vector<std::byte> pattern(std::size_t bytes, int key) {
  std::vector<std::byte> content(bytes);
  for (std::size_t i = 0; i < bytes; ++i)
    content[i] = static_cast<std::byte>((31 * i + 7 * static_cast<std::size_t>(key)) % 251);
  return content;
}

}  // namespace

TEST_CASE("messages of any size arrive whole, in the order of each sender", "[mpi]") {
  const auto comm = Communicator::world();
  const std::vector<std::size_t> sizes = {0, 1, 100, 4096, 70'000, 3'000'000, 5};
  if (!comm.is_root()) {
    for (std::size_t i = 0; i < sizes.size(); ++i)
      comm.send(pattern(sizes[i], comm.rank()), 0, static_cast<int>(i));
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
}

TEST_CASE("messages of an outbox arrive whole and in order, and before what is sent after it is flushed",
          "[mpi]") {
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

TEST_CASE("nobody passes a barrier before the last one arrives, and waiting costs next to nothing", "[mpi]") {
  const auto comm = Communicator::world();
  comm.barrier();
  const Stopwatch stopwatch;
  const double cpu_before = cpu_seconds();
  if (comm.rank() == comm.size() - 1) std::this_thread::sleep_for(std::chrono::seconds(2));
  comm.barrier();
  CHECK(stopwatch.seconds() > 1.95);
  CHECK((cpu_seconds() - cpu_before) / stopwatch.seconds() < 0.02);
}

TEST_CASE("a wait for a message costs next to nothing and ends soon after it came", "[mpi]") {
  const auto comm = Communicator::world();
  if (comm.size() == 1) return;
  comm.barrier();
  const Stopwatch stopwatch;
  const double cpu_before = cpu_seconds();
  if (comm.rank() == 1) {
    std::this_thread::sleep_for(std::chrono::seconds(2));
    comm.send({}, 0, 1);
  } else if (comm.is_root()) {
    CHECK(comm.receive().source == 1);
    CHECK(stopwatch.seconds() > 1.95);
    CHECK(stopwatch.seconds() < 2.5);
  }
  CHECK((cpu_seconds() - cpu_before) / 2.0 < 0.02);
  comm.barrier();
}

TEST_CASE("a message to nobody breaks the contract", "[mpi]") {
  const auto comm = Communicator::world();
  CHECK_THROWS_AS(comm.send({}, comm.size(), 0), ContractViolation);
  CHECK_THROWS_AS(comm.send({}, 0, -1), ContractViolation);
}

}  // namespace flatsweep::mpi
