#define CATCH_CONFIG_RUNNER
#include "catch_session.hpp"

#include <catch2/catch.hpp>

int flatsweep::test::run_tests(int argc, char** argv) { return Catch::Session().run(argc, argv); }
