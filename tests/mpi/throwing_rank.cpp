// Rank 1 fails while rank 0 waits for it: the exception must end both.
#include <stdexcept>

#include "flatsweep/mpi/communicator.hpp"

int main(int argc, char** argv) {
  using namespace flatsweep::mpi;
  try {
    const Environment environment(argc, argv);
    const auto comm = Communicator::world();
    if (comm.rank() == 1) throw std::runtime_error("broken");
    return comm.receive().tag;
  } catch (const std::exception&) {
    return 2;  // not reached with another rank: Environment aborts with 1
  }
}
