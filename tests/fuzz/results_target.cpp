// A file that is named where results are read: sound ones with damage done to them, or the input's own bytes.
// Every command that reads ends in an answer or in an Error.
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>

#include "base_files.hpp"
#include "cli/commands.hpp"
#include "damage.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/merge.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "job/characters.hpp"
#include "record_fixture.hpp"
#include "silence.hpp"
#include "target.hpp"

using namespace flatsweep;

namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

class Workshop {
 public:
  Workshop() {
    const std::array<void (*)(const fs::path&), 4> writers = {fuzz::write_results, fuzz::write_old_results,
                                                              fuzz::write_solution, fuzz::write_program};
    for (const auto& writer : writers) {
      writer(directory_ / "base.h5");
      subjects_.emplace_back(record::test::content(directory_ / "base.h5"));
      fs::remove(directory_ / "base.h5");
    }
    fuzz::write_results(sound_);
    static_cast<void>(record::create_results_file(other_grid_, other_job_, record::test::provenance()));
    empty_ = record::test::content(other_grid_);
  }

  void feed(fuzz::Input input) const {
    const std::uint8_t base = input.byte();
    const std::uint8_t reader = input.byte();
    const bool forge = (base & 0x80U) != 0;
    const std::size_t subject = base % 0x80U;
    write(file_, subject < subjects_.size() ? subjects_[subject].damaged(input, forge)
                                            : std::string(input.rest().begin(), input.rest().end()));
    readers_[reader % readers_.size()]();
    fs::remove(merged_);
  }

 private:
  static void execute(const cli::Arguments& arguments) {
    const ExitCode code = cli::execute(arguments);
    ensures(code == ExitCode::done || code == ExitCode::fault);
  }

  /// What verify reads.
  void check() const {
    const record::ResultsReader reader(file_);
    static_cast<void>(reader.damaged_axes());
    std::vector<record::CheckedStatus> rows(reader.rows());
    reader.read_checked_statuses(0, rows);
    for (const char* name : {"compiler", "flags"}) static_cast<void>(reader.attribute(name));
  }

  /// What run reads of the file that it continues.
  void claim() const {
    const auto lock = record::claim_results_file(file_, record::test::small_job(), record::test::provenance(),
                                                 record::Existing::resume, std::chrono::milliseconds(0));
    const record::ResultsReader reader(file_);
    std::vector<Status> statuses(reader.rows());
    reader.read_valid_statuses(0, statuses);
    static_cast<void>(reader.runs());
  }

  void reuse() const {
    const record::ResultsReader old(file_);
    record::require_reusable(old, other_job_);
    write(other_grid_, empty_);
    record::reuse_rows(old, other_grid_, other_job_);
  }

  record::test::TemporaryDirectory directory_;
  fs::path file_ = directory_ / "file.h5";
  fs::path sound_ = directory_ / "sound.h5";
  fs::path merged_ = directory_ / "merged.h5";
  fs::path other_grid_ = directory_ / "other_grid.h5";
  job::Job other_job_ =
      job::parse_job("[grid]\nactivation = relu\nlink = matched\ngamma = 0.1 0.9\nd = 5\nseed = 0..7\n", "other.ini");
  std::string empty_;  // a file of the other job, no row recorded
  std::vector<fuzz::Subject> subjects_;
  std::vector<std::function<void()>> readers_ = {
      [this] {
        execute({"status", file_});
      },
      [this] {
        execute({"status", "--json", "--failed", file_});
      },
      [this] {
        execute({"show", file_});
      },
      [this] {
        execute({"show", "--csv", file_});
      },
      [this] {
        execute({"export", file_, "-o", "-"});
      },
      [this] {
        execute({"verify", file_, "--sample", "0"});
      },
      [this] {
        execute({"merge", file_, sound_, "-o", merged_});
      },
      [this] {
        execute({"merge", sound_, file_, "-o", merged_});
      },
      [this] { claim(); },
      [this] { reuse(); },
      [this] { record::require_own(file_); },
      [this] { static_cast<void>(record::read_program(file_)); },
  };
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Silence silence;
  static const Workshop workshop;
  try {
    workshop.feed(fuzz::Input({data, size}));
    std::string printed = silence.take();
    std::erase(printed, '\n');
    ensures(job::is_plain(printed));
  } catch (const Error&) {
    silence.take();
  }
  return 0;
}
