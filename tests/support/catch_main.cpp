#include "catch_session.hpp"

int main(int argc, char** argv) { return flatsweep::test::run_tests(argc, argv); }
