#include <catch2/catch.hpp>
#include <fstream>
#include <limits>

#include "flatsweep/core/error.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "record/hdf5.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

/// What a program file is made of; a test spoils one thing at a time.
struct Parts {
  hdf5::Dimensions shape = {2, 3};
  std::vector<double> activations = {1, 2, 3, 4, 5, 6};
  std::vector<double> labels = {1, 2};
  std::vector<double> kappa = {1, 1, 2};
  std::optional<double> q = 1.5;
};

template <typename T>
void write_array(hid_t parent, const char* name, hid_t type, const hdf5::Dimensions& shape,
                 const std::vector<T>& values) {
  hdf5::write_all<T>(hdf5::create_dataset(parent, name, type, shape), values);
}

void write_parts(hid_t parent, const Parts& parts) {
  if (!parts.shape.empty()) write_array(parent, "S", H5T_IEEE_F64LE, parts.shape, parts.activations);
  if (!parts.labels.empty()) write_array(parent, "y", H5T_IEEE_F32BE, {parts.labels.size()}, parts.labels);
  if (!parts.kappa.empty()) write_array(parent, "kappa", H5T_IEEE_F64LE, {parts.kappa.size()}, parts.kappa);
  if (parts.q) hdf5::write_attribute(parent, "q", *parts.q);
}

fs::path program_file(const TemporaryDirectory& directory, const Parts& parts) {
  const fs::path path = directory / "program.h5";
  hdf5::File file = hdf5::create_file(path);
  write_parts(file, parts);
  hdf5::close(std::move(file));
  return path;
}

}  // namespace

TEST_CASE("a program is read from the root, row-major and of any real type", "[record]") {
  const TemporaryDirectory directory;
  const ProgramData program = read_program(program_file(directory, {}));
  CHECK(program.activations == (Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished());
  CHECK(program.labels == Vector::LinSpaced(2, 1, 2));
  CHECK(program.kappa == (Vector(3) << 1, 1, 2).finished());
  CHECK(program.q == 1.5);
}

TEST_CASE("integers will do, and without kappa every weight is one", "[record]") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "program.h5";
  {
    hdf5::File file = hdf5::create_file(path);
    write_array<std::int32_t>(file, "S", H5T_STD_I16BE, {1, 2}, {-3, 4});
    write_array<std::uint8_t>(file, "y", H5T_STD_U8LE, {1}, {7});
    hdf5::write_attribute(file, "q", std::int32_t{1});
    hdf5::close(std::move(file));
  }
  const ProgramData program = read_program(path);
  CHECK(program.activations == (Matrix(1, 2) << -3, 4).finished());
  CHECK(program.labels(0) == 7);
  CHECK(program.kappa == Vector::Ones(2));
  CHECK(program.q == 1);
}

TEST_CASE("a program is read from the file's only group, and of two groups none", "[record]") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "program.h5";
  const int groups = GENERATE(1, 2);
  {
    hdf5::File file = hdf5::create_file(path);
    for (int k = 0; k < groups; ++k) write_parts(hdf5::create_group(file, ("case" + std::to_string(k)).c_str()), {});
    hdf5::close(std::move(file));
  }
  if (groups == 1)
    CHECK(read_program(path).activations.cols() == 3);
  else
    CHECK_THROWS_WITH(read_program(path), Contains("program.h5") && Contains("h5copy"));
}

TEST_CASE("a spoilt program is an error that names what is wrong", "[record]") {
  const TemporaryDirectory directory;
  const auto message = [&](const auto& spoil) {
    Parts parts;
    spoil(parts);
    try {
      read_program(program_file(directory, parts));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK_THAT(message([](Parts& p) { p.shape = {}; }), Contains("no dataset S"));
  CHECK_THAT(message([](Parts& p) { p.shape = {6}; }), Contains("S has the wrong shape") && Contains("6"));
  CHECK_THAT(message([](Parts& p) { p.labels = {}; }), Contains("no dataset y"));
  CHECK_THAT(message([](Parts& p) { p.labels = {1, 2, 3, 4}; }), Contains("y does not fit S"));
  CHECK_THAT(message([](Parts& p) { p.kappa = {1, 2}; }), Contains("kappa does not fit S"));
  CHECK_THAT(message([](Parts& p) { p.kappa = {1, 0, 2}; }), Contains("kappa is out of range"));
  CHECK_THAT(message([](Parts& p) { p.kappa = {1, -1, 2}; }), Contains("kappa is out of range"));
  CHECK_THAT(message([](Parts& p) { p.q.reset(); }), Contains("no attribute q"));
  CHECK_THAT(message([](Parts& p) { p.q = 2.5; }), Contains("q is out of range"));
  CHECK_THAT(message([&](Parts& p) { p.q = nan; }), Contains("q is out of range"));
  CHECK_THAT(message([&](Parts& p) { p.activations[4] = nan; }), Contains("S is not finite (entry 4"));
  CHECK_THAT(message([&](Parts& p) { p.labels[1] = infinity; }), Contains("y is not finite (entry 1"));
}

TEST_CASE("a zero weight is allowed where the column is zero", "[record]") {
  const TemporaryDirectory directory;
  Parts parts;
  parts.activations = {1, 0, 3, 4, 0, 6};
  parts.kappa = {1, 0, 2};
  CHECK_NOTHROW(read_program(program_file(directory, parts)));
}

TEST_CASE("no file, or no HDF5 file, is an error", "[record]") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH(read_program(directory / "none.h5"), Contains("none.h5"));
  std::ofstream(directory / "text.h5") << "S = 1";
  CHECK_THROWS_AS(read_program(directory / "text.h5"), Error);
}

TEST_CASE("a solution is written whole", "[record]") {
  const TemporaryDirectory directory;
  solve::Solution solution;
  solution.status = Status::solved;
  solution.outer_weights = Vector::LinSpaced(3, 1, 3);
  solution.dual = Vector::LinSpaced(2, 4, 5);
  solution.certificate = {6.5, 1e-12, 2e-10};
  solution.rank = 2;
  write_program_solution(directory / "out.h5", solution);
  CHECK_THROWS_AS(write_program_solution(directory / "out.h5", solution), Error);
  const hdf5::File file = hdf5::open_file(directory / "out.h5");
  const auto numbers = [&](const char* name) { return hdf5::read_all<double>(hdf5::open_dataset(file, name)); };
  CHECK(numbers("outer_weights") == std::vector<double>{1, 2, 3});
  CHECK(numbers("dual") == std::vector<double>{4, 5});
  CHECK(numbers("objective") == std::vector<double>{6.5});
  CHECK(numbers("residual") == std::vector<double>{1e-12});
  CHECK(numbers("gap") == std::vector<double>{2e-10});
  CHECK(numbers("status") == std::vector<double>{1});
  CHECK(numbers("rank") == std::vector<double>{2});
}

TEST_CASE("a program whose file has a shape but no numbers is refused, however large", "[record]") {
  const TemporaryDirectory directory;
  const auto [shape, problem] =
      GENERATE(std::pair(hdf5::Dimensions{1000, 1000}, "S is not all there"),
               std::pair(hdf5::Dimensions{10'000'000, 10'000'000}, "does not fit into memory"));
  const fs::path path = directory / "program.h5";
  hdf5::File file = hdf5::create_file(path);
  hdf5::create_empty_dataset(file, "S", shape);
  hdf5::close(std::move(file));
  CHECK_THROWS_WITH(read_program(path), Contains(problem));
}
