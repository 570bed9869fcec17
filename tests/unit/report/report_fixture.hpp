#pragma once

#include <string>
#include <vector>

#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "record_fixture.hpp"

namespace flatsweep::report::test {

/// A results file with some rows, in a directory of its own.
class ResultsFixture {
 public:
  ResultsFixture(const job::Job& job, const std::vector<experiment::Outcome>& consecutive_rows) {
    const record::RunLock lock = create_results_file(file, job, record::test::provenance());
    record::ResultsWriter writer(file, job, mpi::Communicator::world());
    if (!consecutive_rows.empty()) writer.write(consecutive_rows);
    writer.close();
  }

  const record::test::TemporaryDirectory directory;
  const std::filesystem::path file = directory / "sweep.h5";
};

/// Outcomes of the first curve of `small_job` (3 seeds, 4 gammas): over gamma flatness falls and the loss
/// rises.
std::vector<experiment::Outcome> first_curve(const job::Job& job);

std::vector<std::string> lines_of(const std::string& text);

/// Return the parts, also the empty ones.
std::vector<std::string> split(const std::string& line, char separator);

}  // namespace flatsweep::report::test
