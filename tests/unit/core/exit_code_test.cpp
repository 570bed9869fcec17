#include "flatsweep/core/exit_code.hpp"

#include <catch2/catch.hpp>
#include <exception>
#include <new>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep {

TEST_CASE("an exception stands for an exit code by its type", "[core]") {
  CHECK(exit_code_of(nullptr) == ExitCode::done);
  CHECK(exit_code_of(std::make_exception_ptr(Error("wrong", "", "Mend it"))) == ExitCode::bad_input);
  CHECK(exit_code_of(std::make_exception_ptr(FileInUse("busy"))) == ExitCode::file_in_use);
  CHECK(exit_code_of(std::make_exception_ptr(std::bad_alloc())) == ExitCode::fault);
  CHECK(exit_code_of(std::make_exception_ptr(ContractViolation("precondition", {}))) == ExitCode::fault);
  CHECK(exit_code_of(std::make_exception_ptr(Stopped{})) == ExitCode::fault);
}

TEST_CASE("only a run with the exit code 0 or 3 did everything it was asked to", "[core]") {
  for (int code = 0; code < 256; ++code) CHECK(is_finished(static_cast<ExitCode>(code)) == (code == 0 || code == 3));
}

}  // namespace flatsweep
