#include <catch2/catch.hpp>
#include <fstream>

#include "flatsweep/core/error.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "record/hdf5.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// One file of every kind but `absent`.
struct Files {
  TemporaryDirectory directory;
  fs::path empty = directory / "empty";
  fs::path text = directory / "text";
  fs::path results = directory / "results.h5";
  fs::path experiment = directory / "one.h5";
  fs::path solution = directory / "out.h5";
  fs::path foreign = directory / "foreign.h5";
  fs::path cut = directory / "cut.h5";

  Files() {
    const job::Job job = small_job();
    std::ofstream(empty).flush();
    std::ofstream(text) << "dear diary";
    create_results_file(results, job, provenance());
    const job::Configuration configuration = job.grid[ConfigurationId{0}];
    write_experiment_file(experiment, experiment::compute_experiment(configuration, job.settings), Vector(),
                          configuration, job.settings);
    write_program_solution(solution, solve::Solution());
    hdf5::close(hdf5::create_file(foreign));
    fs::copy_file(results, cut);
    fs::resize_file(cut, 1000);
  }
};

}  // namespace

TEST_CASE("a file is known by its marks, not by its name", "[record]") {
  const Files files;
  CHECK(kind_of(files.directory / "none") == FileKind::absent);
  CHECK(kind_of(files.directory.path()) == FileKind::no_hdf5);
  CHECK(kind_of(files.empty) == FileKind::empty);
  CHECK(kind_of(files.text) == FileKind::no_hdf5);
  CHECK(kind_of(files.results) == FileKind::results);
  CHECK(kind_of(files.experiment) == FileKind::experiment);
  CHECK(kind_of(files.solution) == FileKind::program_solution);
  CHECK(kind_of(files.foreign) == FileKind::foreign_hdf5);
  CHECK(kind_of(files.cut) == FileKind::unreadable_hdf5);
}

TEST_CASE("what flatsweep did not write is never overwritten", "[record]") {
  const Files files;
  for (const fs::path& file : {files.text, files.foreign, files.cut}) {
    INFO(file);
    const auto size = fs::file_size(file);
    CHECK_THROWS_AS(create_results_file(file, small_job(), provenance(), Existing::overwrite), Error);
    CHECK_THROWS_AS(write_program_solution(file, solve::Solution(), Existing::overwrite), Error);
    CHECK(fs::file_size(file) == size);
  }
  for (const fs::path& file : {files.empty, files.results, files.experiment, files.solution})
    CHECK_NOTHROW(create_results_file(file, small_job(), provenance(), Existing::overwrite));
}

TEST_CASE("who reads results from another kind of file hears which kind it is", "[record]") {
  const Files files;
  const auto message = [](const fs::path& file) {
    try {
      const ResultsReader reader(file);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(message(files.experiment), Contains("one configuration by flatsweep solve") && Contains("h5py"));
  CHECK_THAT(message(files.solution), Contains("solution of a program"));
  CHECK_THAT(message(files.foreign), Contains("another program"));
  CHECK_THAT(message(files.text), Contains("no HDF5 file"));
  for (const fs::path& file : {files.experiment, files.solution, files.foreign, files.text, files.empty})
    CHECK_THAT(message(file), !Contains("delete") && !Contains("--overwrite"));
  CHECK_THAT(message(files.cut), Contains("was damaged"));
}
