#include "cli/commands.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/hdf5.hpp"
#include "record_fixture.hpp"

/// Writes the counts of executed lines; absent unless the build counts them.
extern "C" void __gcov_dump() __attribute__((weak));  // NOLINT(readability-identifier-naming): the name in libgcov

using namespace flatsweep;
using namespace flatsweep::cli;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

/// What a command printed and returned.
struct Answer {
  ExitCode code;
  std::string out;
  std::string error;
};

/// Execute a command in this process, which has no MPI.
Answer answer(const Arguments& arguments) {
  std::ostringstream out, error;
  std::streambuf* old_out = std::cout.rdbuf(out.rdbuf());
  std::streambuf* old_error = std::cerr.rdbuf(error.rdbuf());
  ExitCode code{};
  try {
    code = execute(arguments);
  } catch (...) {
    code = print_error(std::current_exception());
  }
  std::cout.rdbuf(old_out);
  std::cerr.rdbuf(old_error);
  return {code, out.str(), error.str()};
}

/// Execute a command in a forked child, since MPI starts once a process.
Answer answer_with_mpi(const Arguments& arguments) {
  const record::test::TemporaryDirectory folder;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const Answer given = answer(arguments);
    std::ofstream(folder / "out") << given.out << std::flush;
    std::ofstream(folder / "error") << given.error << std::flush;
    if (__gcov_dump != nullptr) __gcov_dump();
    ::_exit(static_cast<int>(given.code));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return {ExitCode{WEXITSTATUS(status)}, record::test::content(folder / "out"),
          record::test::content(folder / "error")};
}

/// A folder with a small job and the file of its results.
struct Study {
  Study() {
    std::ofstream(job) << "[grid]\nactivation = relu quadratic\nlink = matched\ngamma = 0.2 0.8\nd = 5\nseed = 0 1\n";
  }

  record::test::TemporaryDirectory folder;
  std::string job = folder / "job.ini";
  std::string file = folder / "results.h5";
};

/// A study whose results are computed once for all tests.
const Study& finished_study() {
  static const Study study;
  static const bool is_run = [] {
    REQUIRE(answer_with_mpi({"run", study.job, "-o", study.file, "--quiet"}).code == ExitCode::done);
    return true;
  }();
  static_cast<void>(is_run);
  return study;
}

sweep::Request run_request(const Study& study, Arguments more) {
  more.insert(more.begin(), {study.job, "-o", study.file});
  return read_run_request(parse(run_command(), more));
}

SolveRequest solve_request(const Study& study, Arguments more) {
  more.insert(more.begin(), {study.job, "-o", study.folder / "one.h5"});
  return read_solve_request(parse(solve_command(), more));
}

}  // namespace

TEST_CASE("help and version are printed, and each command has its page", "[cli]") {
  const std::string page = answer({"--help"}).out;
  for (const char* name :
       {"run", "plan", "explain", "solve", "status", "show", "export", "verify", "merge", "doctor"}) {
    CHECK_THAT(page, Contains("\n  " + std::string(name) + " "));
    CHECK_THAT(answer({name, "--help"}).out, StartsWith("usage: flatsweep " + std::string(name) + " "));
  }
  CHECK(answer({"-h"}).out == page);
  CHECK(answer({"help"}).out == page);
  CHECK_THAT(answer({"--version"}).out, StartsWith("flatsweep "));
}

TEST_CASE("bad command lines are explained", "[cli]") {
  CHECK(answer({}).code == ExitCode::bad_input);
  const Answer unknown = answer({"rum"});
  CHECK(unknown.code == ExitCode::bad_input);
  CHECK_THAT(unknown.error, StartsWith("flatsweep: unknown command `rum`") && Contains("Did you mean run?"));
  CHECK_THAT(answer({"show", "f.h5", "--pilot", "5"}).error,
             Contains("--pilot: the option belongs to flatsweep run, flatsweep plan"));
}

TEST_CASE("exceptions are explained, also if a rank is inherited and no launcher is the parent", "[cli]") {
  const auto explained = [](const std::exception_ptr& error) {
    std::ostringstream text;
    std::streambuf* old = std::cerr.rdbuf(text.rdbuf());
    const ExitCode code = print_error(error);
    std::cerr.rdbuf(old);
    return std::pair(code, text.str());
  };
  for (const char* variable : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}) {
    ::setenv(variable, "1", 1);
    CHECK(explained(std::make_exception_ptr(Error("a", "b", "c"))) ==
          std::pair(ExitCode::bad_input, std::string("flatsweep: a (b). c.\n")));
    CHECK(explained(std::make_exception_ptr(std::runtime_error("x"))) ==
          std::pair(ExitCode::fault, std::string("flatsweep: x\n")));
    CHECK(explained(std::make_exception_ptr(1)).second == "flatsweep: an exception of unknown type\n");
    CHECK_THAT(answer({"--version"}).out, StartsWith("flatsweep "));
    ::unsetenv(variable);
  }
  CHECK(explained(std::make_exception_ptr(FileInUse("f"))) ==
        std::pair(ExitCode::file_in_use, std::string("flatsweep: f\n")));
}

TEST_CASE("a run is asked for by options", "[cli]") {
  const Study study;
  const sweep::Request request = run_request(
      study, {"--overwrite", "--quiet", "--sync", "2m", "--retry", "failed,crashed", "--shard", "2/3", "--where", "d=5",
              "--pilot", "4", "--reuse", "old.h5", "--grid.gamma=0.5", "--time-limit", "1h", "--deadline", "1"});
  CHECK(request.job_file == study.job);
  CHECK(request.output == study.file);
  CHECK(request.overrides == std::vector<job::Override>{{"grid.gamma", "0.5"}});
  CHECK(request.overwrite);
  CHECK(request.quiet);
  CHECK(request.sync_seconds == 120.0);
  CHECK(request.retry == std::vector{Status::failed, Status::crashed});
  CHECK(request.part.shard.number == 2);
  CHECK(request.part.shard.count == 3);
  CHECK(request.part.where == "d=5");
  CHECK(request.part.pilot == 4);
  CHECK(request.reuse == "old.h5");
  CHECK(*request.deadline < StopRequest::Clock::now());  // the earlier one
  const sweep::Request least = run_request(study, {});
  CHECK_FALSE(least.overwrite);
  CHECK_FALSE(least.deadline);
  CHECK(least.sync_seconds == 10.0);
}

TEST_CASE("what a run cannot be asked for is an error at its option", "[cli]") {
  const Study study;
  const std::vector<std::pair<std::string, std::string>> bad = {{"--retry", "solved"},  {"--shard", "4/3"},
                                                                {"--where", ""},        {"--pilot", "0"},
                                                                {"--deadline", "noon"}, {"--sync", "0"}};
  for (const auto& [option, value] : bad) {
    CAPTURE(option);
    CHECK_THROWS_WITH(run_request(study, {option, value}), StartsWith(option));
  }
  CHECK_THROWS_WITH(read_run_request(parse(run_command(), {study.job, "-o", study.job})),
                    Contains("this would overwrite"));
  CHECK_THAT(answer({"run", study.job, "-o", study.file, "--progress", "xml"}).error,
             Contains("is no style of progress"));
  CHECK_THAT(answer({"run", study.job, "-o", study.file, "--threads", "0"}).error, Contains("--threads"));
}

TEST_CASE("one configuration is picked by its row or its axis values", "[cli]") {
  const Study study;
  const SolveRequest by_row = solve_request(study, {"--id", "3", "--hessian-eigenvalues", "--overwrite"});
  REQUIRE(by_row.one);
  CHECK(value(by_row.one->configuration.id) == 3);
  CHECK(by_row.eigenvalues);
  CHECK(by_row.existing == record::Existing::overwrite);
  const SolveRequest by_values = solve_request(study, {"--activation=relu", "--gamma=0.8", "--seed=1"});
  REQUIRE(by_values.one);
  CHECK(by_values.one->configuration.gamma == 0.8);
  CHECK(value(by_values.one->configuration.id) < 8);
  const SolveRequest off_the_grid = solve_request(study, {"--activation=relu", "--gamma=0.3", "--seed=7"});
  CHECK(value(off_the_grid.one->configuration.id) > 8);
  CHECK_THROWS_WITH(solve_request(study, {"--id", "8"}), StartsWith("--id"));
  CHECK_THROWS_WITH(solve_request(study, {"--id", "0", "--gamma=0.2"}), StartsWith("--id: given besides --gamma"));
  CHECK_THROWS_WITH(solve_request(study, {"--gamma=0.2", "--seed=0"}),
                    StartsWith("--activation: the axis has 2 values"));
  CHECK_THROWS_WITH(solve_request(study, {"--program", "p.h5"}), StartsWith("both JOB and --program are given"));
  CHECK_THROWS_WITH(read_solve_request(parse(solve_command(), {"-o", "x.h5"})), StartsWith("JOB is missing"));
}

TEST_CASE("configurations and programs are solved and written", "[cli]") {
  const Study study;
  const std::string one = study.folder / "one.h5";
  const Answer solved = answer({"solve", study.job, "--id", "0", "-o", one, "--hessian-eigenvalues"});
  CHECK(solved.code == ExitCode::done);
  CHECK_THAT(solved.out, StartsWith("configuration 0: ") && Contains("solved in ") && Contains("  flatness = ") &&
                             Contains("written to " + one));
  CHECK_THAT(answer({"solve", study.job, "--id", "0", "-o", one}).error, Contains("one.h5"));
  const std::string solution = study.folder / "solution.h5";
  const Answer program = answer({"solve", "--program", one, "-o", solution});
  CAPTURE(program.error);
  CHECK(program.code == ExitCode::bad_input);  // the file of a configuration is no program
  CHECK_THAT(answer({"solve", study.job, "--id", "7", "-o", one, "--overwrite"}).out, Contains("infeasible"));
  CHECK_THAT(answer({"solve", study.job, "--activation=relu", "--gamma=0.3", "--seed=7", "-o", one, "--overwrite"}).out,
             StartsWith("a point off the grid of the job"));
}

TEST_CASE("a program of the user is solved and its solution written", "[cli]") {
  const record::test::TemporaryDirectory folder;
  const std::string program = folder / "program.h5", solution = folder / "solution.h5";
  const auto write = [](hid_t parent, const char* name, const record::hdf5::Dimensions& shape,
                        const std::vector<double>& values) {
    record::hdf5::write_all<double>(record::hdf5::create_dataset(parent, name, H5T_IEEE_F64LE, shape), values);
  };
  record::hdf5::File file = record::hdf5::create_file(program);
  write(file, "S", {2, 3}, {1, 2, 3, 4, 5, 6});
  write(file, "y", {2}, {1, 2});
  record::hdf5::write_attribute(file, "q", 1.5);
  record::hdf5::close(std::move(file));
  const Answer solved = answer({"solve", "--program", program, "-o", solution});
  CAPTURE(solved.error);
  CHECK(solved.code == ExitCode::done);
  CHECK_THAT(solved.out, StartsWith("S is 2 x 3 (n x m)\nsolved in ") && Contains("  objective = ") &&
                             Contains("written to " + solution));
  CHECK_THAT(answer({"solve", "--program", program, "-o", program, "--overwrite"}).error,
             Contains("this would overwrite"));
}

TEST_CASE("what differs when it is computed again is named", "[cli]") {
  const Study& study = finished_study();
  const std::string other = study.folder / "other.h5";
  std::filesystem::copy_file(study.file, other, std::filesystem::copy_options::overwrite_existing);
  record::hdf5::File file = record::hdf5::open_file_for_writing(other);
  REQUIRE(H5Adelete(file, "flags") >= 0);
  record::hdf5::write_attribute(file, "flags", std::string("-O9"));
  record::hdf5::close(std::move(file));
  const Answer verified = answer({"verify", other});
  CHECK(verified.code == ExitCode::done);
  CHECK_THAT(verified.out, Contains("the flags of the file is -O9, here it is ") &&
                               Contains("rows computed again are the same to 1e-9"));
}

TEST_CASE("a plan names sizes, infeasible configurations and times", "[cli]") {
  const Study study;
  const Answer plan = answer({"plan", study.job});
  CHECK(plan.code == ExitCode::done);
  CHECK_THAT(plan.out, StartsWith("job: 8 configurations, d 5, n 50, m 100\nmemory: ") && Contains("\nfile: ") &&
                           Contains("infeasible by construction: 4 configurations") && Contains("1025 ranks: "));
  const Answer one = answer({"plan", study.job, "--ranks", "1", "--grid.d=5 6", "--grid.link="});
  CHECK(one.code == ExitCode::bad_input);
  CHECK_THAT(answer({"plan", study.job, "--ranks", "1", "--grid.d=5 6"}).out,
             Contains("d 5 to 6") && Contains("1 rank:  "));
}

TEST_CASE("a run, its status, tables, check and merge", "[cli]") {
  const Study& study = finished_study();
  CHECK_THAT(answer({"status", study.file}).out, Contains("8"));
  CHECK_THAT(answer({"status", study.file, "--json"}).out, StartsWith("{"));
  CHECK_THAT(answer({"status", study.file, "--volatile"}).out, Contains("solve_seconds\n"));
  CHECK(answer({"status", study.file, "--failed"}).code == ExitCode::done);
  CHECK_THAT(answer({"show", study.file}).out, Contains("relu"));
  CHECK_THAT(answer({"show", study.file, "--csv"}).out, Contains(","));
  const Answer verified = answer({"verify", study.file, "--sample", "3"});
  CHECK(verified.code == ExitCode::done);
  CHECK(verified.out ==
        "8 rows fit their checksums, 0 do not, 0 are pending\n3 of 3 rows computed again are the same, bit for bit\n");
  const std::string merged = study.folder / "merged.h5";
  CHECK(answer({"merge", study.file, "-o", merged}).out ==
        "1 shard merged into " + merged + ": 8 of 8 configurations\n");
  CHECK_THAT(answer({"merge", study.file, "-o", study.file}).error, Contains("this would overwrite"));
}

TEST_CASE("tables are exported, but not over results", "[cli]") {
  const Study& study = finished_study();
  const std::string table = study.folder / "table.csv";
  const Answer exported = answer({"export", study.file, "-o", table});
  CHECK(exported.error == "8 rows written to " + table + "\n");
  CHECK(record::test::content(table) == answer({"export", study.file, "-o", "-"}).out);
  CHECK(answer({"export", study.file, "-o", table}).code == ExitCode::bad_input);
  CHECK_THAT(answer({"export", study.file, "-o", study.file, "--overwrite"}).error, Contains("this would overwrite"));
  const std::string copy = study.folder / "copy.h5";
  std::filesystem::copy_file(study.file, copy);
  CHECK_THAT(answer({"export", study.file, "-o", copy, "--overwrite"}).error, Contains("is not overwritten"));
}

TEST_CASE("damaged rows are found, and rows of another program compared to 1e-9", "[cli]") {
  const Study& study = finished_study();
  const std::string damaged = study.folder / "damaged.h5";
  std::filesystem::copy_file(study.file, damaged, std::filesystem::copy_options::overwrite_existing);
  double flatness = 0.0;
  record::ResultsReader(study.file).read("flatness", 0, std::span(&flatness, 1));
  std::string bytes = record::test::content(damaged);
  const std::string old(reinterpret_cast<const char*>(&flatness), sizeof flatness);
  const std::size_t place = bytes.find(old);
  REQUIRE(place != std::string::npos);
  bytes[place] = static_cast<char>(bytes[place] ^ 1);
  std::ofstream(damaged, std::ios::binary) << bytes << std::flush;
  const Answer verified = answer({"verify", damaged, "--sample", "0"});
  CHECK(verified.code == ExitCode::fault);
  CHECK_THAT(verified.out,
             Contains("row 0: torn, its checksum does not fit") && Contains("7 rows fit their checksums, 1 do not"));
  CHECK_THAT(verified.error, Contains("is not as it was computed"));
  CHECK_THAT(answer({"show", damaged}).error, StartsWith("flatsweep: "));
  CHECK_THAT(answer({"merge", damaged, "-o", damaged + ".merged"}).out,
             Contains("the others are pending") && Contains("1 torn rows were left out"));
}

TEST_CASE("runs report progress and errors, and end with the code of rank 0", "[cli]") {
  const Study study;
  const Answer json =
      answer_with_mpi({"run", study.job, "-o", study.file, "--progress", "json", "--where", "d=5,gamma=0.2"});
  CHECK(json.code == ExitCode::done);
  CHECK_THAT(json.out, Contains("\"event\""));
  CHECK_THAT(json.error, Contains("the part asked for is done, 4 of 8"));
  const Answer lines = answer_with_mpi({"run", study.job, "-o", study.file, "--threads", "2"});
  CHECK(lines.code == ExitCode::done);
  CHECK_THAT(lines.error, Contains("8/8 (100 %)"));
  const Answer refused = answer_with_mpi({"run", study.job, "-o", study.folder / "absent" / "x.h5"});
  CHECK(refused.code == ExitCode::bad_input);
  CHECK_THAT(refused.error, StartsWith("flatsweep: "));
}

TEST_CASE("doctor prints a line a finding", "[cli]") {
  const record::test::TemporaryDirectory folder;
  const Answer findings = answer_with_mpi({"doctor", folder.path()});
  CHECK_THAT(findings.out, Contains("ok     HDF5           ") && Contains("ok     locks          "));
  CHECK(answer_with_mpi({"doctor", folder / "absent"}).code == ExitCode::bad_input);
}
