#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include <catch2/catch.hpp>
#include <iostream>

#include "catch_session.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/mpi/environment.hpp"

namespace {

// The other ranks would wait for ever for one that left a test early.
struct AbortOnFailure : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.assertions.allOk() || flatsweep::mpi::Communicator::world().size() == 1) return;
    std::cout.flush();
    flatsweep::mpi::abort(EXIT_FAILURE);
  }
};
CATCH_REGISTER_LISTENER(AbortOnFailure)

}  // namespace

int main(int argc, char** argv) {
  const flatsweep::mpi::Environment environment(argc, argv);
  return flatsweep::test::run_tests(argc, argv);
}
