#include "record_fixture.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "flatsweep/job/job.hpp"

namespace flatsweep::record::test {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "flatsweep-record-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> TemporaryDirectory::entries() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

job::Job small_job(const std::string& settings) {
  return job::parse_job(
      "name = small \u03b3\n[grid]\nactivation = relu quadratic\nlink = matched\ngamma = lin(0.1, 0.9, 4)\n"
      "d = 5 6\nseed = 0..2\n" +
          settings,
      "small.ini");
}

Provenance provenance() { return {build_information(), "Test MPI 1.0", hdf5_version(), "Test BLAS 2.0"}; }

experiment::Outcome numbered_outcome(std::uint64_t id, const job::Job& job, Status status) {
  experiment::Outcome outcome;
  outcome.id = ConfigurationId{id};
  outcome.status = status;
  const auto number = static_cast<double>(id);
  outcome.measures = experiment::Measures(job.settings.ridge.size());
  for (std::size_t k = 0; k < experiment::measure_table().size(); ++k) {
    const std::span<double> numbers = outcome.measures.of(k);
    const bool is_single = experiment::measure_table()[k].extra_axis().empty();
    for (std::size_t l = 0; l < numbers.size(); ++l)
      numbers[l] = number + (is_single ? static_cast<double>(k) / 100 : static_cast<double>(l) / 10);
  }
  if (job.settings.outer_weights) outcome.outer_weights = Vector::Constant(job.grid[outcome.id].width, number);
  outcome.iterations = static_cast<int>(id) + 1;
  outcome.sample_seconds = 0.125;
  outcome.solve_seconds = 0.25;
  outcome.measure_seconds = 0.5;
  return outcome;
}

std::vector<experiment::Outcome> numbered_outcomes(std::uint64_t first, std::size_t count, const job::Job& job) {
  std::vector<experiment::Outcome> outcomes;
  for (std::uint64_t id = first; id < first + count; ++id) outcomes.push_back(numbered_outcome(id, job));
  return outcomes;
}

}  // namespace flatsweep::record::test
