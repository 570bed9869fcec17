#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include <catch2/catch.hpp>
#include <iostream>

#include "catch_session.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "seed.hpp"

namespace {

/// Aborts all ranks if one failed: the others would wait forever for a rank that left a test early.
struct AbortOnFailure : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.assertions.allOk() || flatsweep::mpi::Communicator::world().size() == 1) return;
    std::cout.flush();
    flatsweep::mpi::abort(EXIT_FAILURE);
  }
};
CATCH_REGISTER_LISTENER(AbortOnFailure)

/// Give every rank the seed of rank 0. @note Collective
void share_seed() { flatsweep::test::set_seed(flatsweep::mpi::Communicator::world().on_root(flatsweep::test::seed)); }

}  // namespace

int main(int argc, char** argv) {
  const flatsweep::mpi::Environment environment(argc, argv);
  share_seed();
  return flatsweep::test::run_tests(argc, argv);
}
