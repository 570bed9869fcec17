#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "sweep/part.hpp"

namespace flatsweep::cli {
namespace {

using record::ResultsReader;

constexpr double tolerance_elsewhere = 1e-9;
constexpr double trained_tolerance_elsewhere = 0.1;  // of the flatness: training amplifies rounding

/// Return how the row of a trained network differs from that of another machine.
std::optional<std::string> trained_difference(const experiment::Outcome& one, const experiment::Outcome& other) {
  if (one.status != other.status) return fmt::format("status is {} and {}", name(one.status), name(other.status));
  const double flatness = one.measures["flatness"], again = other.measures["flatness"];
  if (std::abs(flatness - again) <= trained_tolerance_elsewhere * std::abs(flatness)) return std::nullopt;
  if (std::isnan(flatness) && std::isnan(again)) return std::nullopt;
  return fmt::format("flatness is {} and {}", flatness, again);
}

/// Counts what differs, and names it on stdout.
class Verification {
 public:
  explicit Verification(const ResultsReader& reader) : reader_(reader), statuses_(reader.rows()) {}

  void check_axes() {
    for (const std::string& axis : reader_.damaged_axes()) {
      std::cout << fmt::format("axis {}: its numbers are not those of the job\n", axis);
      ++differences_;
    }
  }

  void check_sums() {
    constexpr std::size_t block = 1 << 16;
    std::vector<record::CheckedStatus> checked;
    for (std::uint64_t first = 0; first < reader_.rows(); first += checked.size()) {
      checked.resize(std::min<std::uint64_t>(block, reader_.rows() - first));
      reader_.read_checked_statuses(first, checked);
      for (std::size_t i = 0; i < checked.size(); ++i)
        statuses_[first + i] = checked[i].torn ? recheck_torn(first + i) : checked[i].status;
    }
    const std::uint64_t pending = count(Status::pending);
    std::cout << fmt::format("{} rows fit their checksums, {} do not, {} are pending\n", reader_.rows() - pending,
                             torn_, pending - torn_);
  }

  void compute_again(std::uint64_t sample) {
    const double tolerance = tolerance_here();
    const auto eligible = static_cast<std::uint64_t>(std::ranges::count_if(statuses_, has_result));
    sample = std::min(sample, eligible);
    sweep::SelectionSampling sampling(sample, eligible);
    std::uint64_t same = 0;
    for (std::uint64_t row = 0; row < statuses_.size(); ++row)
      if (has_result(statuses_[row]) && sampling.next() && is_same(row, tolerance)) ++same;
    std::cout << fmt::format("{} of {} rows computed again are the same{}\n", same, sample,
                             tolerance > 0.0 ? " to 1e-9 (trained networks: flatness to 10 %)" : ", bit for bit");
    if (lacking_ > 0)
      std::cout << fmt::format("{} of them lack measures that their build did not have, and that were not compared\n",
                               lacking_);
  }

  [[nodiscard]] std::uint64_t differences() const { return differences_; }

 private:
  [[nodiscard]] std::uint64_t count(Status status) const {
    return static_cast<std::uint64_t>(std::ranges::count(statuses_, status));
  }

  /// A second look, since a run may have been writing the row.
  Status recheck_torn(std::uint64_t row) {
    record::CheckedStatus again;
    reader_.read_checked_statuses(row, std::span(&again, 1));
    if (!again.torn) return again.status;
    std::cout << fmt::format("row {}: torn, its checksum does not fit\n", row);
    ++torn_;
    ++differences_;
    return Status::pending;
  }

  bool is_same(std::uint64_t row, double tolerance) {
    const job::Job& job = reader_.job();
    const job::Configuration configuration = job.grid[ConfigurationId{row}];
    experiment::Outcome again = experiment::compute_outcome(configuration, job.settings);
    const auto stored = reader_.read_rows(row, 1).front().outcome;
    if (has_another_build_) leave_out_what_it_lacks(stored, again);
    const bool is_elsewhere = tolerance > 0.0;
    const auto difference = is_elsewhere && configuration.interpolator.is_trained()
                                ? trained_difference(stored, again)
                                : row_difference(reader_.layout(), stored, again, tolerance);
    if (!difference) return true;
    std::cout << fmt::format("row {}: {}, in the file and computed again\n", row, *difference);
    ++differences_;
    return false;
  }

  /// Rows that `run --reuse` copied from a file of an older build lack the measures that it did not have: they are
  /// NaN. Make them NaN in the row computed again, too, and count the row.
  void leave_out_what_it_lacks(const experiment::Outcome& stored, experiment::Outcome& again) {
    const auto is_missing = [](double number) { return std::isnan(number); };
    bool lacks_one = false;
    for (std::size_t k = 0; k < experiment::measure_table().size(); ++k) {
      const std::span<double> numbers = again.measures.of(k);
      if (std::ranges::all_of(numbers, is_missing) || !std::ranges::all_of(stored.measures.of(k), is_missing)) continue;
      std::ranges::fill(numbers, not_a_number);
      lacks_one = true;
    }
    if (lacks_one) ++lacking_;
  }

  /// Return 0 if all runs of the file had this CPU, BLAS and build; if not, print what differs.
  [[nodiscard]] double tolerance_here() {
    const record::Run here = record::this_run(1, "");
    const BuildInformation& build = build_information();
    std::vector<std::string> others;
    const auto compare = [&](const std::string& what, const std::string& there, const std::string& mine) {
      const std::string line = fmt::format("{} of the file is {}, here it is {}", what, there, mine);
      if (there != mine && std::ranges::find(others, line) == others.end()) others.push_back(line);
    };
    for (const record::Run& run : reader_.runs()) {
      compare("a CPU", run.cpu_model, here.cpu_model);
      compare("a BLAS", run.blas_kernel, here.blas_kernel);
      compare("a build", run.build, here.build);
      has_another_build_ = has_another_build_ || run.build != here.build || build.commit == "unknown";
    }
    compare("the compiler", reader_.attribute("compiler"), build.compiler);
    compare("the flags", reader_.attribute("flags"), build.flags);
    for (const std::string& other : others) std::cout << other << '\n';
    return others.empty() ? 0.0 : tolerance_elsewhere;
  }

  const ResultsReader& reader_;
  std::vector<Status> statuses_;  // pending if torn
  std::uint64_t torn_ = 0;
  std::uint64_t differences_ = 0;
  std::uint64_t lacking_ = 0;  // rows without some measures that are computed now
  bool has_another_build_ = false;
};

ExitCode verify(const Options& options) {
  const std::uint64_t sample = options.whole_number("sample", 0).value_or(10);
  set_thread_count(thread_count(options));
  const std::string& file = options.required("FILE");
  const ResultsReader reader(file);
  Verification verification(reader);
  verification.check_axes();
  verification.check_sums();
  if (sample > 0) verification.compute_again(sample);
  if (verification.differences() == 0) return ExitCode::done;
  std::cerr << fmt::format(
      "flatsweep: {} is not as it was computed. The next run of its job computes torn rows again; rows that fit their checksums but differ come from another program or machine.\n",
      file);
  return ExitCode::fault;
}

}  // namespace

Command verify_command() {
  return {
      .name = "verify",
      .brief = "check every row against its checksum, and compute some again",
      .synopsis = "FILE [OPTIONS]",
      .summary =
          "Checks every row against its checksum, and computes some again from scratch: they must be the same, bit\n"
          "for bit, or to 1e-9 if CPU, BLAS or build are not those of the file; training amplifies rounding, so that\n"
          "the flatness of trained networks then has 10 %. Exit code 1 if a row differs.",
      .operands = {"FILE"},
      .required = {"FILE"},
      .options = {{"sample", "K", "how many rows are computed again (10); 0 for none"},
                  {"threads", "T", "threads of linear algebra (1)"}},
      .execute = verify,
  };
}

}  // namespace flatsweep::cli
