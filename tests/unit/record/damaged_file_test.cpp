#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "flatsweep/core/error.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/hdf5.hpp"
#include "record_fixture.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

/// Where the objects of all global heaps start: index (2 bytes), references (2), nothing (4), size (8), data.
std::vector<std::size_t> heap_objects(const std::string& bytes) {
  const auto number = [&](std::size_t at) {
    return static_cast<unsigned char>(bytes[at]) + 256U * static_cast<unsigned char>(bytes[at + 1]);
  };
  constexpr std::size_t header = 16;
  std::vector<std::size_t> objects;
  for (std::size_t heap = bytes.find("GCOL"); heap != std::string::npos; heap = bytes.find("GCOL", heap + 1))
    for (std::size_t at = heap + header, end = heap + number(heap + 8); at + header <= end && number(at) != 0;
         at += header + (number(at + 8) + 7) / 8 * 8)
      objects.push_back(at);
  return objects;
}

}  // namespace

TEST_CASE("a file cut off anywhere is an error", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  create_results_file(file, small_job(), provenance());
  const auto size = fs::file_size(file);
  for (const double part : {0.99999, 0.9, 0.5, 0.1, 0.01, 0.0001}) {
    const fs::path cut = directory / "cut.h5";
    fs::copy_file(file, cut, fs::copy_options::overwrite_existing);
    fs::resize_file(cut, static_cast<std::uintmax_t>(static_cast<double>(size) * part));
    CHECK_THROWS_AS(ResultsReader(cut), Error);
  }
}

TEST_CASE("a file with damaged bytes reads or is an error, and never a crash", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  const job::Job job = small_job();
  create_results_file(file, job, provenance());
  auto random = flatsweep::test::random_generator();
  const std::string whole = content(file);
  int refused = 0;
  for (int trial = 0; trial < 200; ++trial) {
    std::string bytes = whole;
    // The first tenth is dense with what describes the file.
    for (int flip = 0; flip < 20; ++flip) bytes[random() % (bytes.size() / 10)] ^= static_cast<char>(random());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    try {
      const ResultsReader reader(file);
      std::vector<Status> statuses(reader.rows());
      reader.read_valid_statuses(0, statuses);
      static_cast<void>(reader.runs());
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("damaged texts of variable length read or are an error, and never a crash", "[record]") {
  const std::string text = "as version 0.1 wrote it";
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  static_cast<void>(create_results_file(file, small_job(), provenance()));
  {
    hdf5::File opened = hdf5::open_file_for_writing(file);
    REQUIRE(H5Adelete(opened, "compiler") >= 0);
    hdf5::write_variable_attribute(opened, "compiler", text);
    hdf5::close(std::move(opened));
  }
  CHECK(ResultsReader(file).attribute("compiler") == text);
  const std::string whole = content(file);
  constexpr std::size_t header = 16;
  int refused = 0;
  for (const std::size_t object : heap_objects(whole)) {
    if (whole.compare(object + header, text.size(), text) != 0) continue;
    std::string bytes = whole;
    bytes[object + 11] = 0x70;  // of its size, which the library trusts: 1.8 GB more
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    const ResultsReader reader(file);
    try {
      static_cast<void>(reader.attribute("compiler"));
    } catch (const Error& error) {
      CHECK_THAT(error.what(), Contains("f.h5 is not a valid results file"));
      ++refused;
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("a disk that fills up while the file is created is an error that leaves nothing", "[record]") {
  const TemporaryDirectory directory;
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{300000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  std::string message;
  try {
    claim_results_file(directory / "sweep.h5", small_job(), provenance());
  } catch (const Error& error) {
    message = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  CHECK_THAT(message, Contains("cannot write") && Contains("sweep.h5"));
  CHECK(directory.entries().empty());
  CHECK_NOTHROW(claim_results_file(directory / "sweep.h5", small_job(), provenance()));
}
