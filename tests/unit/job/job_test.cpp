#include "flatsweep/job/job.hpp"

#include <catch2/catch.hpp>

#include "random_job.hpp"
#include "seed.hpp"

using namespace flatsweep::job;

namespace {

Job job_of(const Draft& draft) { return {draft.name, "", Grid(draft.axes), draft.settings}; }

/// The draft as an untidy file: keys in random order and sections in pieces, with comments and odd spacing.
std::string untidy_text(const Draft& draft, std::mt19937_64& engine) {
  std::vector<const Key*> order;
  for (const Key& key : keys()) order.push_back(&key);
  std::ranges::shuffle(order.begin() + 1, order.end(), engine);
  std::string text;
  for (const Key* key : order) {
    if (key->name != "name") text.append("  [").append(section_of(key->name)).append("]\t# a section\r\n\n");
    text.append("\t").append(leaf_of(key->name)).append("=   ").append(key->write(draft)).append(" # = [x]\r\n");
  }
  return text;
}

Draft small_draft() {
  Draft draft;
  draft.name = "small";
  draft.axes.activation = {flatsweep::model::Activation::parse("relu")};
  draft.axes.link = {flatsweep::model::Link::parse("matched")};
  draft.axes.d = {20};
  draft.axes.seed = {0, 1, 2};
  draft.axes.gamma = {0.1, 0.5};
  return draft;
}

}  // namespace

TEST_CASE("the resolved text has every setting once, in canonical form", "[job]") {
  const Draft draft = small_draft();
  const std::string resolved = job_of(draft).resolved();
  std::size_t at = 0;
  for (const Key& key : keys()) {
    CAPTURE(key.name);
    const std::string line = "\n" + leaf_of(key.name) + " = " + key.write(draft) + "\n";
    const std::size_t found = ("\n" + resolved).find(line);
    CHECK(found != std::string::npos);
    CHECK(found >= at);  // in the order of the keys
    at = found;
  }
  CHECK(static_cast<std::size_t>(std::ranges::count(resolved, '=')) == keys().size());
  for (const char* lines : {"name = small\n\n[grid]\nactivation = relu\nlink = matched\n", "\nseed = 0..2\n",
                            "\ngamma = 0.1 0.5\n", "\nridge = 0.001 0.1 10\n"})
    CHECK(resolved.find(lines) != std::string::npos);
}

TEST_CASE("the digest is the version-5 UUID of the settings, and stays what it was in 0.1", "[job]") {
  // python3: uuid.uuid5(uuid.NAMESPACE_OID, text).hex
  const std::string text_of_0_1 =
      "\n[grid]\nactivation = relu\nlink = matched\ninterpolator = flattest\nindices = 1\nnoise = 0\n"
      "sample_ratio = 10\nwidth_ratio = 2\nd = 20\nseed = 0..2\ngamma = 0.1 0.5\n"
      "\n[target]\ncoefficients = equal\noffset = 0\n"
      "\n[program]\nobjective = norm\n"
      "\n[measure]\ntest_samples = 0\nspectrum = on\nridge = 0.001 0.1 10\nbest_loss = off\n"
      "\n[output]\nouter_weights = off\n";
  CHECK(job_of(small_draft()).digest() == "39ca67677fed51d88393d057337d0479");
  CHECK(parse_resolved("name = old\n" + text_of_0_1, "old").digest() == "39ca67677fed51d88393d057337d0479");
}

TEST_CASE("keys of 0.1 are read as the axes of today, from files and from the command line", "[job]") {
  const auto with = [](const std::string& text, const std::vector<Override>& overrides = {}) {
    return parse_job("[grid]\nactivation = relu\nlink = matched\ngamma = 0.5\nd = 9\nseed = 1\n" + text, "a.ini",
                     overrides);
  };
  const Job today = with("coefficients = random\nobjective = trace\noffset = normal:1\n");
  const Job of_0_1 = with("[target]\noffset = normal:1\ncoefficients = random\n[program]\nobjective = trace\n");
  CHECK(today.grid.values().offset == std::vector<flatsweep::model::Offset>{{0.0, 1.0}});
  CHECK(today.resolved() == of_0_1.resolved());
  CHECK(today.digest() == of_0_1.digest());
  CHECK(with("offset = 0 normal:2 0.5 normal:1\n").grid.size() == 4);
  CHECK(with("offset = 3\n", {{"target.offset", "0"}}).digest() == with("").digest());
  CHECK(with("[target]\noffset = 3\n", {{"grid.offset", "0"}}).digest() == with("").digest());
}

TEST_CASE("what was added after 0.1 is part of the digest only where it is not its default", "[job]") {
  const Draft draft = small_draft();
  for (const Key& key : keys()) {
    if (key.in_digest == InDigest::always || key.name == "name") continue;
    CAPTURE(key.name);
    CHECK_FALSE(key.required);
    CHECK(key.write(draft) == key.write(Draft{}));
    Draft changed = draft;
    key.read(key.example, changed);
    CHECK((job_of(changed).digest() != job_of(draft).digest()) == (key.write(changed) != key.write(draft)));
  }
}

TEST_CASE("a resolved text that is longer than a job file may be gives the same job", "[job]") {
  const Job job =
      parse_job("[grid]\nactivation = relu\nlink = matched\ngamma = lin(0, 1, 100000)\nd = 5\nseed = 0\n", "long.ini");
  const std::string resolved = job.resolved();
  REQUIRE(resolved.size() > 1U << 20U);
  CHECK(parse_resolved(resolved, "resolved").digest() == job.digest());
  CHECK_THROWS_WITH(parse_job(resolved, "resolved"), Catch::Contains("longer than 1 MiB"));
}

TEST_CASE("a random job survives its resolved text, and any untidy text of it", "[job]") {
  const std::uint64_t seed = flatsweep::test::case_seed();
  RandomJob random_job(seed);
  for (int repetition = 0; repetition < 200; ++repetition) {
    const Draft draft = random_job();
    const Job job = job_of(draft);
    CAPTURE(job.resolved());
    const Job again = parse_job(job.resolved(), "other.ini");
    CHECK(again.name == job.name);
    CHECK(again.settings == job.settings);
    CHECK(again.grid.axis_sizes() == job.grid.axis_sizes());
    CHECK(again.resolved() == job.resolved());
    CHECK(again.digest() == job.digest());

    const Job untidy = parse_job(untidy_text(draft, random_job.engine()), "untidy.ini");
    CHECK(untidy.resolved() == job.resolved());
    CHECK(untidy.digest() == job.digest());
  }
}

TEST_CASE("the digest tells apart jobs that differ in any one setting, and in the order of an axis", "[job]") {
  const std::uint64_t seed = flatsweep::test::case_seed();
  RandomJob random_job(seed);
  const Draft draft = random_job();
  const std::string digest = job_of(draft).digest();
  for (const Key& key : keys()) {
    Draft changed = draft;
    for (int attempt = 0; attempt < 100 && key.write(changed) == key.write(draft); ++attempt)
      key.read(key.write(random_job()), changed);
    CAPTURE(key.name, key.write(draft), key.write(changed));
    if (key.name == "name") {
      CHECK(job_of(changed).digest() == digest);
    } else {
      REQUIRE(key.write(changed) != key.write(draft));
      CHECK(job_of(changed).digest() != digest);
    }
  }
}
