#include "flatsweep/record/results_reader.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <ranges>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/read_job.hpp"
#include "flatsweep/record/results_file.hpp"
#include "record/hdf5_file.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

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

TEST_CASE("files that are no results file are errors that say why", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  CHECK_THROWS_WITH(ResultsReader(file), Contains("there is no file"));

  std::ofstream(file) << "not a results file, but a text";
  CHECK_THROWS_WITH(ResultsReader(file), Contains("is not a results file") && Contains("no HDF5 file"));
  CHECK_THROWS_AS(claim_results_file(file, small_job(), provenance()), Error);
  CHECK(fs::file_size(file) == 30);

  std::ofstream(file, std::ios::trunc);
  CHECK_THROWS_WITH(ResultsReader(file), Contains("is not a results file"));

  hdf5::close(hdf5::create_file(file));
  CHECK_THROWS_WITH(ResultsReader(file), Contains("is not a results file"));

  CHECK_THROWS_WITH(ResultsReader(directory.path()), Contains("is not a results file"));
}

TEST_CASE("a file of another layout version is refused", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  {
    hdf5::File other = hdf5::create_file(file);
    hdf5::write_attribute<std::int32_t>(other, "layout_version", H5T_STD_I32LE, Layout::version + 1);
    hdf5::close(std::move(other));
  }
  CHECK_THROWS_WITH(ResultsReader(file), Contains("f.h5: its layout has version"));
}

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

TEST_CASE("a job whose resolved text is long is read back", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = job::parse_job(
      "[grid]\nactivation = relu\nlink = matched\ngamma = lin(0, 1, 100000)\nd = 5\nseed = 0\n", "long.ini");
  static_cast<void>(create_results_file(directory / "f.h5", job, provenance()));
  const ResultsReader reader(directory / "f.h5");
  CHECK_NOTHROW(reader.require_same_job(job));
  CHECK(reader.damaged_axes().empty());
}

TEST_CASE("a file with damaged bytes reads or is an error, and never a crash", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  const job::Job job = small_job();
  create_results_file(file, job, provenance());
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::string whole = content(file);
  int refused = 0;
  for (int trial = 0; trial < 200; ++trial) {
    std::string bytes = whole;
    // The first tenth is dense with what describes the file.
    for (int flip = 0; flip < 20; ++flip)
      bytes[random() % (bytes.size() / 10)] ^= static_cast<char>(random());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    try {
      const ResultsReader reader(file);
      std::vector<Status> statuses(reader.rows());
      reader.read_sound_statuses(0, statuses);
      static_cast<void>(reader.runs());
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("damaged texts of variable length read or are an error, and never a crash", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  static_cast<void>(create_results_file(file, small_job(), provenance()));
  const std::string whole = content(file);
  int refused = 0;
  for (const std::size_t object : heap_objects(whole) | std::views::take(50)) {
    std::string bytes = whole;
    bytes[object + 9] = 0x70;  // of its size, which the library trusts
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    const ResultsReader reader(file);
    try {
      static_cast<void>(reader.attribute("compiler"));
    } catch (const Error& error) {
      CHECK_THAT(error.what(), Contains("f.h5 is not a sound results file"));
      ++refused;
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("a variable that does not stand in one piece is refused, with what undoes that", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  static_cast<void>(create_results_file(file, small_job(), provenance()));
  const auto layout = GENERATE(H5D_CHUNKED, H5D_CONTIGUOUS);  // and the latter without a byte on the disk
  {
    hdf5::File opened = hdf5::open_file_for_writing(file);
    hdf5::Dimensions shape;
    {
      const hdf5::Dataset status = hdf5::open_dataset(opened, "status");
      shape = hdf5::dimensions_of(status);
    }
    REQUIRE(H5Ldelete(opened, "status", H5P_DEFAULT) >= 0);
    const hdf5::PropertyList creation(H5Pcreate(H5P_DATASET_CREATE));
    if (layout == H5D_CHUNKED) H5Pset_chunk(creation, static_cast<int>(shape.size()), shape.data());
    const hdf5::Dataspace space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr));
    const hdf5::Dataset status(
        H5Dcreate2(opened, "status", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    REQUIRE(status >= 0);
  }
  CHECK_THROWS_WITH(ResultsReader(file),
                    Contains("f.h5: status does not stand") && Contains("h5repack -l CONTI"));
}

TEST_CASE("a damaged time of a run is a time all the same", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  static_cast<void>(create_results_file(file, small_job(), provenance()));
  {
    const hdf5::File opened = hdf5::open_file_for_writing(file);
    const std::vector<double> start(1024, 1e300);
    hdf5::write_all<double>(hdf5::open_dataset(opened, "runs/start"), start);
  }
  CHECK(ResultsReader(file).runs().front().start > Run::Clock::now());
}

TEST_CASE("damaged texts of the journal are legible all the same", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f.h5";
  static_cast<void>(create_results_file(file, small_job(), provenance()));
  {
    const hdf5::File opened = hdf5::open_file_for_writing(file);
    const hdf5::Dataset texts = hdf5::open_dataset(opened, "messages/text");
    const hdf5::Datatype character(H5Tcopy(H5T_C_S1));
    std::string bytes(4096 * 256, '\0');
    const std::string text = "\xce\xb3 \x1b[1m\n\xff\xce";
    std::ranges::copy(text, bytes.begin());
    REQUIRE(H5Dwrite(texts, character, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) >= 0);
  }
  CHECK(ResultsReader(file).messages().front().text == "\xce\xb3 ?[1m ??");
}

TEST_CASE("an unknown variable is an error that names the nearest", "[record]") {
  const TemporaryDirectory directory;
  create_results_file(directory / "f.h5", small_job(), provenance());
  std::vector<double> values(1);
  CHECK_THROWS_WITH(ResultsReader(directory / "f.h5").read("flatnes", 0, values), Contains("flatness"));
}
