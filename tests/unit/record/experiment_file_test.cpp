#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "record/hdf5.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> datasets = {
    "features", "index_directions", "inner_weights",       "labels",  "outer_weights", "dual",
    "kappa",    "trace_weights",    "hessian_eigenvalues", "ridge",   "coefficients",  "offset",
    "form",     "soft_rank",        "iterations",          "status",  "solve_seconds", "sample_seconds",
    "rank",     "attempts",         "measure_seconds",     "checksum"};

job::Job job_with_link(const std::string& link) {
  return job::parse_job("name = one\n[grid]\nactivation = relu\nlink = " + link +
                            "\ngamma = 0.5\nd = 6\nseed = 3\nsample_ratio = 2\nindices = 2\n",
                        "one.ini");
}

double scalar(hid_t file, const std::string& name) {
  return hdf5::read_all<double>(hdf5::open_dataset(file, name.c_str())).at(0);
}

}  // namespace

TEST_CASE("the file of one configuration has all of it under the names of the specification", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = job_with_link("matched");
  const job::Configuration configuration = job.grid[ConfigurationId{0}];
  const experiment::Experiment experiment = experiment::compute_experiment(configuration, job.settings);
  const Vector eigenvalues = experiment::hessian_eigenvalues(experiment);
  write_experiment_file(directory / "one.h5", experiment, eigenvalues, configuration, job.settings);

  CHECK(directory.entries() == std::vector<std::string>{"one.h5"});
  const hdf5::File file = hdf5::open_file(directory / "one.h5");
  for (const std::string& name : datasets) {
    INFO(name);
    CHECK(hdf5::has_link(file, name.c_str()));
  }
  for (const auto& measure : experiment::measure_table()) {
    INFO(measure.name);
    CHECK(hdf5::has_link(file, std::string(measure.name).c_str()));
  }
  const hdf5::Dataset features = hdf5::open_dataset(file, "features");
  CHECK(hdf5::dimensions_of(features) == hdf5::Dimensions{12, 6});
  CHECK(hdf5::read_all<double>(features)[7] == experiment.problem.features(1, 1));
  CHECK(hdf5::dimensions_of(hdf5::open_dataset(file, "inner_weights")) == hdf5::Dimensions{24, 6});
  CHECK(scalar(file, "flatness") == experiment.outcome.measures["flatness"]);
  CHECK(scalar(file, "status") == 1);
  CHECK(std::isnan(scalar(file, "form")));
  CHECK(hdf5::read_all<double>(hdf5::open_dataset(file, "hessian_eigenvalues")).back() ==
        eigenvalues(eigenvalues.size() - 1));
  CHECK(hdf5::read_text_attribute(file, "activation") == "relu");
  CHECK(hdf5::read_number_attribute<double>(file, "gamma") == 0.5);
  CHECK(hdf5::read_number_attribute<std::int64_t>(file, "seed") == 3);
}

TEST_CASE("the file of a quadratic form holds the form, and what was not asked for is NaN", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = job_with_link("quadratic_form");
  const job::Configuration configuration = job.grid[ConfigurationId{0}];
  const experiment::Experiment experiment = experiment::compute_experiment(configuration, job.settings);
  write_experiment_file(directory / "one.h5", experiment, Vector(), configuration, job.settings);
  const hdf5::File file = hdf5::open_file(directory / "one.h5");
  CHECK(hdf5::read_all<double>(hdf5::open_dataset(file, "form"))[1] == experiment.problem.teacher.form(0, 1));
  CHECK(hdf5::dimensions_of(hdf5::open_dataset(file, "hessian_eigenvalues")) == hdf5::Dimensions{12});
  CHECK(std::isnan(scalar(file, "hessian_eigenvalues")));
}

TEST_CASE("a file of one configuration is overwritten only when asked to", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = job_with_link("matched");
  const job::Configuration configuration = job.grid[ConfigurationId{0}];
  const experiment::Experiment experiment = experiment::compute_experiment(configuration, job.settings);
  const auto write = [&](Existing existing) {
    write_experiment_file(directory / "one.h5", experiment, Vector(), configuration, job.settings, existing);
  };
  write(Existing::refuse);
  CHECK_THROWS_AS(write(Existing::refuse), Error);
  CHECK_NOTHROW(write(Existing::overwrite));
}
