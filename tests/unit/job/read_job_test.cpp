#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "job/keys.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::job;
using Catch::Matchers::StartsWith;

namespace {

const std::string small_job = "[grid]\nactivation = relu\nlink = matched\ngamma = 0.1 0.5\nd = 20\nseed = 0..2\n";

/// Every section and most forms of values.
const std::string full_job = R"(name = sum-of-single-index

[grid]                          # every key is an axis; several values make it longer
activation   = relu leaky_relu:0.1 quadratic
link         = matched mirrored
gamma        = log(0.01, 0.99, 20)      # log(lo, hi, count) | lin(lo, hi, count) | a list
d            = 100
seed         = 0..9                     # inclusive integer range | a list
sample_ratio = 10
width_ratio  = 2
indices      = 5
noise        = 0
interpolator = flattest

[target]
coefficients = equal            # equal | random
offset       = normal:1         # a number | normal:s ; default 0
[program]
objective    = norm             # norm | trace
[measure]                       # exact loss, flatness and weights are always measured
test_samples = 0                # Monte Carlo points
spectrum     = on               # hessian_max, soft_rank, activation_max/min
ridge        = 1e-3 1e-1 10
best_loss    = off
[output]
outer_weights = off             # a of every configuration
)";

/// A file in a folder of its own, gone at the end of the scope.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& text) {
    std::string folder = (std::filesystem::temp_directory_path() / "flatsweep-XXXXXX").string();
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    std::ofstream(path(name), std::ios::binary) << text;
  }
  ~TemporaryFile() { std::filesystem::remove_all(folder_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

std::string refusal(const std::filesystem::path& file) {
  try {
    read_job(file);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a full job file is read as written", "[job]") {
  const Job job = parse_job(full_job, "full.ini");
  CHECK(job.name == "sum-of-single-index");
  CHECK(job.text == full_job);
  const AxisValues& values = job.grid.values();
  CHECK(values.activation[1].name() == "leaky_relu:0.1");
  CHECK(values.link[1].kind() == model::Link::Kind::mirrored);
  CHECK(values.gamma.size() == 20);
  CHECK(values.gamma.back() == 0.99);
  CHECK(values.seed == std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(values.indices == std::vector<Index>{5});
  CHECK(job.grid.size() == 3 * 2 * 20 * 10);
  CHECK(values.offset == std::vector<model::Offset>{{0.0, 1.0}});
  CHECK(job.settings.ridge == std::vector<double>{1e-3, 1e-1, 10.0});
}

TEST_CASE("keys that are not given have their defaults", "[job]") {
  const Job job = parse_job(small_job, "jobs/small.ini");
  CHECK(job.name == "small");
  CHECK(job.settings == Settings{});
  const AxisValues& values = job.grid.values();
  CHECK(values.interpolator == std::vector<model::Interpolator>{model::Interpolator::parse("flattest")});
  CHECK(values.indices == std::vector<Index>{1});
  CHECK(values.noise == std::vector<double>{0.0});
  CHECK(values.sample_ratio == std::vector<double>{10.0});
  CHECK(values.width_ratio == std::vector<double>{2.0});
}

TEST_CASE("settings are read whatever their place, spacing, comments and line ends", "[job]") {
  const std::string digest = parse_job(small_job, "a.ini").digest();
  const std::vector<std::string> same = {
      "\xEF\xBB\xBF" + small_job,
      "[grid]\r\nactivation = relu\r\nlink = matched\r\ngamma = 0.1 0.5\r\nd = 20\r\nseed = 0..2\r\n",
      "[grid]\nseed=0 1..2\nd=20\ngamma=1e-1 5e-1\nlink=matched\nactivation=relu",
      "grid.activation = relu\ngrid.link = matched\n[grid]\ngamma = lin(0.1, 0.5, 2)\nd = 20\nseed = 0..2",
      "# only a comment\n\n" + small_job + "\n[output]\n[target]\n[grid]\nnoise = -0\nindices = 1..1\n",
      small_job + "# " + std::string(100'000, 'x') + "\n[target]\noffset = 0e0",
  };
  for (const std::string& text : same) {
    CAPTURE(text.substr(0, 200));
    CHECK(parse_job(text, "b.ini").digest() == digest);
  }
}

TEST_CASE("a long list on one long line is read whole", "[job]") {
  std::string seeds;
  for (int seed = 0; seed < 20'000; ++seed) seeds += std::to_string(2 * seed) + " ";
  const Job job = parse_job(small_job, "a.ini", {{"grid.seed", seeds}});
  CHECK(job.grid.values().seed.size() == 20'000);
  CHECK(job.grid.values().seed.back() == 39'998);
}

TEST_CASE("overrides replace what the file says, and add what it leaves out", "[job]") {
  const Job job =
      parse_job(small_job, "a.ini", {{"grid.gamma", "lin(0,1,5)"}, {"measure.spectrum", " off "}, {"name", "trial"}});
  CHECK(job.grid.values().gamma == std::vector<double>{0.0, 0.25, 0.5, 0.75, 1.0});
  CHECK_FALSE(job.settings.spectrum);
  CHECK(job.name == "trial");
  CHECK(job.text == small_job);
  CHECK(parse_job("[grid]\ngamma = nonsense\n", "a.ini",
                  {{"grid.gamma", "0.5"},
                   {"grid.activation", "abs"},
                   {"grid.link", "sine"},
                   {"grid.d", "9"},
                   {"grid.seed", "1"}})
            .grid.size() == 1);
}

TEST_CASE("the name defaults to the file's, where that can be a name", "[job]") {
  CHECK(parse_job(small_job, "/somewhere/my job.v2.ini").name == "my job.v2");
  CHECK(parse_job(small_job, "a#b.ini").name == "job");
  CHECK(parse_job(small_job, "").name == "job");
  CHECK(parse_job(small_job, "caf\xe9.ini").name == "job");  // not UTF-8
  CHECK(parse_job("name = x = y\n" + small_job, "a.ini").name == "x = y");
  CHECK(parse_job("name = Z\u00fcrich\n" + small_job, "a.ini").name == "Z\u00fcrich");
}

TEST_CASE("the help of a key says what it takes and its default", "[job]") {
  std::vector<std::string> names;
  for (const auto& [key, help] : job_keys()) {
    names.push_back(key);
    CHECK((help.ends_with("(must be given)") || help.find("(default ") != std::string::npos ||
           help.starts_with("its name in 0.1")));
  }
  REQUIRE(names.size() == keys().size() + former_keys.size());
  CHECK(std::ranges::equal(std::span(names).first(keys().size()), keys(), {}, {}, &Key::name));
  CHECK(names.front() == "name");
}

TEST_CASE("a job is read from its file", "[job]") {
  const TemporaryFile file("some-job.ini", small_job);
  const Job job = read_job(file.path("some-job.ini"));
  CHECK(job.name == "some-job");
  CHECK(job.text == small_job);
}

TEST_CASE("files that cannot be a job are refused by name", "[job]") {
  const std::string binary(
      "\x7f"
      "ELF\x02\x01\x01\0\0\0",
      10);
  const TemporaryFile file("binary", binary);
  CHECK_THAT(refusal(file.path("none.ini")), StartsWith(file.path("none.ini").string() +
                                                        ": the job file cannot be read (No such file or directory). "));
  CHECK_THAT(refusal(file.path("")), StartsWith(file.path("").string() + ": it is no job file (it is a directory). "));
  CHECK_THAT(refusal(file.path("binary")),
             StartsWith(file.path("binary").string() + ":1: this line is not plain text"));
  CHECK_THAT(refusal("/dev/zero"), StartsWith("/dev/zero: this is too long for a job"));
  CHECK_THAT(refusal("/dev/null"), StartsWith("/dev/null: `grid.activation` is missing"));
}

TEST_CASE("a job with random damage is read or refused, and nothing else happens", "[job]") {
  auto engine = test::random_generator();
  const std::string alphabet = "[]=#.,:()-+09aez \t\r\n\x01\xc3\xa9";
  int refused = 0;
  for (int repetition = 0; repetition < 2000; ++repetition) {
    std::string text = full_job;
    for (std::size_t damage = 1 + engine() % 3; damage > 0; --damage) {
      const std::size_t position = engine() % text.size();
      if (engine() % 2 == 0)
        text.erase(position, 1 + engine() % 20);
      else
        text.insert(position, 1, alphabet[engine() % alphabet.size()]);
    }
    try {
      parse_job(text, "damaged.ini");
    } catch (const Error& error) {
      CHECK_THAT(error.what(), StartsWith("damaged.ini"));
      ++refused;
    }
  }
  CHECK(refused > 200);
  CHECK(refused < 2000);
}
