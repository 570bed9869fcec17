#pragma once

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "flatsweep/record/results_reader.hpp"
#include "record_fixture.hpp"
#include "sweep/run.hpp"

namespace flatsweep::sweep::test {

using record::test::TemporaryDirectory;

/// A small job in a folder of its own: 2 activations x 3 gammas x 2 seeds at d = 5, 12 rows, of which those
/// of `quadratic` are infeasible by construction.
struct Study {
  explicit Study(const std::string& lines = "") {
    std::ofstream(job_file)
        << "[grid]\nactivation = relu quadratic\nlink = matched\ngamma = 0.2 0.5 0.8\nd = 5\nseed = 0 1\n"
        << lines;
  }

  /// A request to run the job, without messages.
  [[nodiscard]] Request request() const {
    Request request;
    request.job_file = job_file;
    request.output = output;
    request.quiet = true;
    request.sync_seconds = 0.0;
    return request;
  }

  [[nodiscard]] job::Job job() const { return job::read_job(job_file); }

  TemporaryDirectory folder;
  std::filesystem::path job_file = folder / "job.ini";
  std::filesystem::path output = folder / "results.h5";
};

/// Statuses of all rows of a results file.
inline std::vector<Status> statuses(const std::filesystem::path& file) {
  const record::ResultsReader reader(file);
  std::vector<Status> statuses(reader.rows());
  reader.read_valid_statuses(0, statuses);
  return statuses;
}

/// Keeps what is printed on a stream for its lifetime.
class Capture {
 public:
  explicit Capture(std::ostream& stream) : stream_(stream), old_(stream.rdbuf(text_.rdbuf())) {}
  ~Capture() { stream_.rdbuf(old_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::ostream& stream_;
  std::streambuf* old_;
};

}  // namespace flatsweep::sweep::test
