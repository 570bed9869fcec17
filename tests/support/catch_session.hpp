#pragma once

namespace flatsweep::test {

/// Run the tests that the command line asks for. @return an exit code
int run_tests(int argc, char** argv);

}  // namespace flatsweep::test
