#include "flatsweep/record/results_reader.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_file.hpp"
#include "record/hdf5.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

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

  CHECK_THROWS_WITH(ResultsReader(directory.path()), Contains("cannot read") && Contains("it is a directory"));
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

TEST_CASE("a variable that is not in one piece is refused, with what undoes that", "[record]") {
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
    const hdf5::Dataset status(H5Dcreate2(opened, "status", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    REQUIRE(status >= 0);
  }
  CHECK_THROWS_WITH(ResultsReader(file), Contains("f.h5: status is not in one piece") && Contains("h5repack -l CONTI"));
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

TEST_CASE("damaged texts of the run log are legible all the same", "[record]") {
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
