#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <sstream>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"

using namespace flatsweep;

namespace {

const std::vector<std::string> base = {
    "name = base",              // 1
    "[grid]",                   // 2
    "activation = relu",        // 3
    "link = matched",           // 4
    "gamma = 0.1 0.5",          // 5
    "d = 20",                   // 6
    "seed = 0..2",              // 7
    "sample_ratio = 5",         // 8
    "width_ratio = 2",          // 9
    "indices = 1",              // 10
    "noise = 0",                // 11
    "interpolator = flattest",  // 12
    "[target]",                 // 13
    "coefficients = equal",     // 14
    "offset = 0",               // 15
    "[program]",                // 16
    "objective = norm",         // 17
    "[measure]",                // 18
    "test_samples = 0",         // 19
    "spectrum = on",            // 20
    "ridge = 0.1",              // 21
    "best_loss = off",          // 22
    "[output]",                 // 23
    "outer_weights = off"       // 24
};

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

struct Malformed {
  std::string text;
  std::vector<job::Override> overrides;
  std::string place;
  std::string problem;
  std::string remedy;
};

/// The base job with other lines.
Malformed with(std::vector<std::pair<std::size_t, std::string>> lines, std::size_t place, std::string problem,
               std::string remedy) {
  std::vector<std::string> changed = base;
  for (auto& [number, line] : lines) changed.at(number - 1) = line;
  return {joined(changed), {}, "job.ini:" + std::to_string(place), std::move(problem), std::move(remedy)};
}

/// The base job with one other line, which is to blame.
Malformed line(std::size_t number, std::string text, std::string problem, std::string remedy) {
  return with({{number, std::move(text)}}, number, std::move(problem), std::move(remedy));
}

/// The base job with overrides, the first of which is to blame.
Malformed options(std::vector<job::Override> overrides, std::string problem, std::string remedy) {
  const std::string place = "--" + overrides.front().first;
  return {joined(base), std::move(overrides), place, std::move(problem), std::move(remedy)};
}

/// The base job with a text in front of it.
Malformed before(std::string text, std::string place, std::string problem, std::string remedy) {
  return {text + joined(base), {}, "job.ini" + place, std::move(problem), std::move(remedy)};
}

const std::vector<Malformed> malformed_jobs = {
    // the text
    {"", {}, "job.ini", "`grid.activation` is missing", "`activation = relu quadratic` under [grid]"},
    {"[grid]\nactivation = relu\nlink = tanh\nd = 9\nseed = 1\n",
     {},
     "job.ini",
     "`grid.gamma` is missing",
     "under [grid]"},
    before(std::string("\n\0\n", 3), ":2", "not plain text", "UTF-8"),
    before("# caf\xe9\n", ":1", "not plain text", "UTF-8"),
    before("# \xef\xbb\n", ":1", "not plain text", "UTF-8"),
    before("# \x1b[0m\n", ":1", "not plain text", "UTF-8"),
    before("# a\rb = 1\n", ":1", "not plain text", "UTF-8"),
    before(std::string(2'000'000, '#'), "", "too long for a job", "jobs/quick.ini"),
    // lines
    line(3, "activation relu", "`activation relu` is not a setting", "equals sign"),
    line(24, std::string(50'000, 'x'), "xxx...` is not a setting", "equals sign"),
    line(5, "0.1 0.5", "`0.1 0.5` is not a setting", "on one line"),
    line(5, "= 0.1", "unknown key `grid.`", "Write `"),
    line(2, "[grid", "`[grid` is not a section header", "`[grid]`"),
    line(2, "[grid] activation = relu", "is not a section header", "lines of their own"),
    line(2, "[]", "unknown section `[]`", "[target]"),
    line(2, "[gird]", "unknown section `[gird]`", "[grid]"),
    line(2, "[ grid ]", "unknown section `[ grid ]`", "[grid]"),
    line(18, "[measures]", "unknown section `[measures]` (the nearest known one is `[measure]`)", "[measure]"),
    // keys
    line(5, "gama = 0.1", "unknown key `grid.gama` (the nearest known one is `grid.gamma`)", "`gamma` under [grid]"),
    line(5, "Gamma = 0.1", "unknown key `grid.Gamma` (the nearest known one is `grid.gamma`)", "`gamma`"),
    line(5, "grid.gamma = 0.1", "unknown key `grid.grid.gamma`", "Write `gamma` under [grid]"),
    line(11, "ridge = 0.1", "unknown key `grid.ridge`", "Write `ridge` under [measure]"),
    line(24, "name = x", "unknown key `output.name`", "above the first section"),
    before("gamma = 0.1\n", ":1", "unknown key `gamma`", "`gamma` under [grid], or --grid.gamma"),
    line(24, "outer_weight = on", "unknown key `output.outer_weight`", "`outer_weights` under [output]"),
    line(12, "gamma = 0.3", "`grid.gamma` is given twice (first at job.ini:5)", "on one line"),
    with({{1, "grid.gamma = 0.3"}}, 5, "`grid.gamma` is given twice (first at job.ini:1)", "Remove one"),
    line(1, "name =", "is not a name", "name = my-sweep"),
    line(1, "name = " + std::string(201, 'x'), "is not a name (a name is one line of 1 to 200 bytes", "my-sweep"),
    // names of values
    line(3, "activation = rellu", "unknown activation `rellu` (the nearest known one is `relu`)", "Write one of"),
    line(3, "activation =", "`activation` has no values", "e.g. `activation = relu quadratic`"),
    line(3, "activation = relu, abs", "`relu, abs` has a comma", "`relu abs`"),
    line(3, "activation = leaky_relu:1", "`leaky_relu:1` has no valid slope", "leaky_relu:0.1"),
    line(3, "activation = leaky_relu leaky_relu:0.10", "`activation = leaky_relu:0.1` stands twice", "Remove one"),
    line(4, "link = hermite:9", "`hermite:9` has no valid degree", "hermite:3"),
    line(4, "link = matched mached", "unknown link `mached`", "Write one of"),
    line(4, "link = # nothing", "`link` has no values", "e.g. `link = matched mirrored`"),
    line(12, "interpolator = flattest minimum-l2", "`minimum-l2`", "minimum_l2"),
    // numbers
    line(5, "gamma = 0.1, 0.5", "`0.1, 0.5` has a comma", "`0.1 0.5`"),
    line(5, "gamma = 0..1", "`0..1` is not a number", "lin(lo, hi, count)"),
    line(5, "gamma = nan", "`nan` is not a finite number", "in that range"),
    line(5, "gamma = 1e999", "`1e999` is not a finite number", "in that range"),
    line(5, "gamma = 1.2", "`gamma = 1.2` is out of range (it takes numbers from 0 to 1)", "log(0.01, 0.99, 20)"),
    line(5, "gamma = -0.1", "`gamma = -0.1` is out of range", "e.g. `gamma ="),
    line(5, "gamma = lin(-1, 1, 5)", "`gamma = -1` is out of range", "e.g. `gamma ="),
    line(5, "gamma = 0.5 5e-1", "`gamma = 0.5` stands twice", "Remove one"),
    line(5, "gamma = 0.5 lin(0, 1, 5)", "`gamma = 0.5` stands twice", "Remove one"),
    line(5, "gamma = log(0.1, 0.9)", "`log(0.1, 0.9)` is not a sequence", "log(0.01, 0.99, 20)"),
    line(5, "gamma = log(0.1, 0.9, 5", "`log(0.1, 0.9, 5` is not a sequence", "lin(0, 1, 5)"),
    line(5, "gamma = geom(0.1, 0.9, 5)", "`geom(0.1, 0.9, 5)` is not a sequence", "log(0.01, 0.99, 20)"),
    line(5, "gamma = log(0, 1, 5)", "`log(0, 1, 5)` does not exist", "lin(...)"),
    line(5, "gamma = lin(0, 1, 1)", "cannot hold both of its ends (its count is 1)", "at least 2"),
    line(5, "gamma = lin(0, 1, 0)", "has no values (its count is 0)", "at least 1"),
    line(5, "gamma = lin(0.5, 0.5, 3)", "repeats one value", "one value alone"),
    line(5, "gamma = lin(0, 1, 2.5)", "`2.5` is not a whole number", "whole numbers"),
    line(5, "gamma = lin(0, 1, 2000000)", "the list is too long", "fewer values"),
    line(8, "sample_ratio = 0", "`sample_ratio = 0` is out of range", "positive"),
    line(9, "width_ratio = -2", "`width_ratio = -2` is out of range", "positive"),
    line(11, "noise = -0.1", "`noise = -0.1` is out of range", "from 0"),
    line(11, "noise = normal:1", "`normal:1` is not a number", "Write numbers"),
    // whole numbers
    line(6, "d = 1", "`d = 1` is out of range", "whole numbers from 2"),
    line(6, "d = 20.5", "`20.5` is not a whole number", "range like 2..9"),
    line(6, "d = 1e2", "`1e2` is not a whole number", "like 2"),
    line(6, "d = 10000001", "`d = 10000001` is out of range", "to 10000000"),
    line(7, "seed = -1..3", "`seed = -1` is out of range", "from 0"),
    line(7, "seed = 9223372036854775808", "`9223372036854775808` does not fit", "smaller"),
    line(7, "seed = 9..0", "`9..0` is empty", "Write 0..9"),
    line(7, "seed = 0 .. 9", "`0 .. 9` is not written as values are", "Write `0..9`."),
    // what other formats, editors and web pages write
    line(5, "gamma = [0.2, 0.5]", "`[0.2, 0.5]` is not written as values are", "Write `0.2 0.5`."),
    line(5, "gamma = [0.2 0.5]", "without brackets", "Write `0.2 0.5`."),
    line(5, "gamma = {0.2; 0.5}", "without brackets", "Write `0.2 0.5`."),
    line(5, "gamma = 0,5", "`0,5` is not written", "Write `0.5`."),
    line(5, "gamma = [0.1, lin(0.2, 0.4, 3)]", "brackets", "Write `0.1 lin(0.2, 0.4, 3)`."),
    line(5, "gamma = 0.5 ; note", "comments begin with #", "Write `0.5`."),
    line(5, "gamma = 0.5 // note", "comments begin with #", "Write `0.5`."),
    line(5, "gamma = 0.5 % note", "comments begin with #", "Write `0.5`."),
    line(8, "sample_ratio = 5/2", "`5/2` is not a number", "Write numbers, e.g. `0.5"),
    line(8, "sample_ratio = 50%", "`50%` is not a number", "Write numbers, e.g. `0.5"),
    line(5, "gamma = 0.1\u00a00.5", "holds U+00A0 (no-break space)", "Write `0.1 0.5`."),
    line(5, "gamma = 0.5\u200b", "holds U+200B (zero width space)", "Write `0.5`."),
    line(5, "gamma = 1e\u22121", "holds U+2212 (minus sign)", "Write `1e-1`."),
    line(5, "gamma = \uff10.5", "holds U+FF10 (a full-width character)", "Write `0.5`."),
    line(5, "gamma = \u00bd", "holds U+00BD", "Write e.g. `gamma = "),
    line(5, "gamma\u00a0= 0.5", "holds U+00A0", "Write `gamma`."),
    line(5, "gamma \uff1d 0.5", "holds U+FF1D", "Write `gamma = 0.5`."),
    line(5, "; gamma", "`; gamma` is not a setting (comments begin with #)", "Write `# gamma`."),
    line(5, "gamma = 1e-400", "`1e-400` is too close to 0", "Write 0, or a number"),
    line(2, "\ufeff[grid]", "holds U+FEFF (byte order mark)", "Write `[grid]`."),
    line(3, "activation = \u201crelu\u201d", "holds U+201C", "Write `relu`."),
    line(3, "activation = \"relu\", 'abs'", "quotes", "Write `relu abs`."),
    line(4, "link = matched ; note", "comments begin with #", "Write `matched`."),
    line(4, "link = matched; note", "comments begin with #", "Write `matched`."),
    line(7, "seed = [0, 1]", "brackets", "Write `0 1`."),
    line(7, "seed = \u20113", "holds U+2011", "Write e.g. `seed = 0..9`."),
    line(21, "ridge = 0,1", "`0,1` is not written", "Write `0.1`."),
    line(20, "spectrum = on;", "semicolons", "Write `on`."),
    options({{"grid.gamma", "0.1\u00a00.5"}}, "holds U+00A0", "Write `0.1 0.5`."),
    line(7, "seed = 0..9223372036854775807", "the list is too long", "fewer values"),
    line(7, "seed = 0..5 3", "`seed = 3` stands twice", "Remove one"),
    line(10, "indices = 0", "`indices = 0` is out of range", "from 1"),
    // combinations
    line(10, "indices = 1 20", "`indices = 20` does not go with `d = 20` (r < d", "at most 19"),
    with({{6, "d = 40 5 30"}, {10, "indices = 1 8"}}, 10, "`indices = 8` does not go with `d = 5`", "at most 4"),
    with({{4, "link = matched quadratic_form"}, {10, "indices = 11"}}, 10,
         "`link = quadratic_form` (the index subspace", "at most 10"),
    with({{11, "penalty = 0 0.1"}, {12, "interpolator = flattest random"}}, 11,
         "`penalty = 0.1` does not go with `interpolator = random`", "two jobs"),
    with({{11, "penalty = 0 0.1"}, {12, "interpolator = fixed_decay:1 flattest"}}, 11,
         "`penalty = 0` does not go with `interpolator = fixed_decay:1`", "positive penalties"),
    with({{12, "interpolator = fixed_decay"}}, 12, "`penalty = 0` does not go with `interpolator = fixed_decay:1`",
         "positive penalties"),
    with({{3, "activation = relu linear"}, {4, "link = matched mirrored"}}, 4,
         "`link = mirrored` does not go with `activation = linear`", "two jobs"),
    line(8, "sample_ratio = 5 0.02", "`sample_ratio = 0.02` leaves no training points", "larger sample_ratio"),
    line(9, "width_ratio = 0.001", "`width_ratio = 0.001` leaves no hidden neurons", "larger width_ratio"),
    line(8, "sample_ratio = 1e9", "2e+10 training points", "smaller sample_ratio"),
    line(9, "width_ratio = 1e9", "hidden neurons", "smaller width_ratio"),
    with({{5, "gamma = lin(0, 1, 100000)"},
          {7, "seed = 1..100000"},
          {8, "sample_ratio = lin(1, 2, 100000)"},
          {11, "noise = lin(0, 1, 1000000)"}},
         11, "the grid is too large", "`noise` is the longest"),
    // settings
    line(14, "coefficients = equals", "unknown kind of coefficients `equals`", "equal, random"),
    line(15, "offset = normal", "offset `normal` is not valid", "normal:1"),
    line(15, "offset = normal:-1", "offset `normal:-1` is not valid", "normal:1"),
    line(15, "offset =", "`offset` has no values", "normal:1"),
    line(15, "offset = 0 0.0", "`offset = 0` stands twice", "Remove one"),
    with({{10, "indices = 1\noffset = 1"}}, 16, "`grid.offset` is given twice (first at job.ini:11)", "Remove one"),
    line(17, "objective = l1", "`l1`", "norm, trace"),
    line(19, "test_samples = -1", "`test_samples = -1` is out of range", "0 for off"),
    line(19, "test_samples = 1e4", "`1e4` is not a whole number", "whole numbers"),
    line(19, "test_samples = 99999999999", "`test_samples = 99999999999` is out of range", "10000"),
    line(19, "test_samples = 10 20", "`10 20` is not a whole number", "whole numbers"),
    line(20, "spectrum = yes", "`yes` is not a switch", "on or off"),
    line(21, "ridge = 0", "`ridge = 0` is out of range", "1e-3 1e-1 10"),
    line(21, "ridge = 1 0.1 1.0", "`ridge = 1` stands twice", "Remove one"),
    line(21, "ridge =", "`ridge` has no values", "1e-3 1e-1 10"),
    line(22, "best_loss =", "`` is not a switch", "on or off"),
    // the command line
    options({{"grid.gama", "0.5"}}, "unknown key `grid.gama`", "--grid.gamma"),
    options({{"gamma", "0.5"}}, "unknown key `gamma`", "--grid.gamma"),
    options({{"grid.gamma", "2"}}, "`gamma = 2` is out of range", "e.g. `gamma ="),
    options({{"grid.gamma", "lin(0,1,5"}}, "is not a sequence", "lin(0, 1, 5)"),
    options({{"grid.gamma", ""}}, "`gamma` has no values", "e.g. `gamma ="),
    options({{"grid.gamma", "0.1"}, {"grid.gamma", "0.2"}}, "`grid.gamma` is given twice", "Remove one"),
    options({{"grid.d", "1"}}, "`d = 1` is out of range", "from 2"),
    options({{"grid.indices", "30"}}, "`indices = 30` does not go with `d = 20`", "at most 19"),
    options({{"grid.link", "mirrored"}, {"grid.activation", "linear"}}, "does not go with", "two jobs"),
    options({{"measure.spectrum", "maybe"}}, "`maybe` is not a switch", "on or off"),
    options({{"name", "a # b"}}, "`a # b` is not a name", "my-sweep"),
    options({{"name", "two\nlines"}}, "the value is not plain text", "one line"),
    options({{"grid.activation", std::string("relu\0", 5)}}, "not plain text", "UTF-8"),
};

bool is_key(const std::string& word) {
  const auto names = job::job_keys();
  return std::ranges::any_of(names,
                             [&](const auto& key) { return key.key == word || key.key.ends_with("." + word); }) &&
         word != "gamma";
}

std::string refusal(const Malformed& malformed) {
  try {
    job::parse_job(malformed.text, "job.ini", malformed.overrides);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing is refused";
}

}  // namespace

TEST_CASE("the job that the malformed ones vary is fine", "[job]") {
  CHECK(job::parse_job(joined(base), "job.ini").grid.size() == 6);
}

TEST_CASE("malformed jobs and overrides are refused with place, problem, reason and remedy", "[job]") {
  CHECK(malformed_jobs.size() >= 60);
  for (const Malformed& malformed : malformed_jobs) {
    const std::string message = refusal(malformed);
    CAPTURE(message, malformed.place, malformed.problem, malformed.remedy);
    CHECK(message.starts_with(malformed.place + ": "));
    const std::size_t problem = message.find(malformed.problem);
    CHECK(problem != std::string::npos);
    CHECK(message.find(malformed.remedy, problem + malformed.problem.size()) != std::string::npos);
    CHECK(std::regex_search(message, std::regex(R"([^ ] \([^ ].*\)\. [A-Z])")));
    CHECK(message.size() < 600);
  }
}

TEST_CASE("hints work when they are followed literally", "[job]") {
  // An example of the remedy: in backquotes, after "e.g." or "like", or one of several words.
  const std::regex examples(
      R"(`([^`]+)`|(?:e\.g\.|like) ((?:[^`.,]|\.[0-9]|\.\.)+(?:\([^)]*\))?)|(?:one of|Write) ((?:[a-z_0-9]+(?:, | or ))*[a-z_0-9]+)\.$)");
  std::size_t followed = 0;
  for (const Malformed& malformed : malformed_jobs) {
    const std::string message = refusal(malformed);
    const std::string remedy = message.substr(std::min(message.find("). "), message.size() - 3) + 3);
    if (!malformed.place.starts_with("job.ini:") || malformed.text.find(base.front()) != 0) continue;  // another shape
    const auto line = std::stoul(malformed.place.substr(8)) - 1;
    for (std::sregex_iterator at(remedy.begin(), remedy.end(), examples), end; at != end; ++at) {
      std::string words = (*at)[1].str() + (*at)[2].str() + (*at)[3].str();
      for (const char* between : {", ", " or "})
        for (std::size_t i; (*at)[3].matched && (i = words.find(between)) != std::string::npos;)
          words.replace(i, std::string(between).size(), "|");
      std::istringstream alternatives(words);
      for (std::string word; std::getline(alternatives, word, '|');) {
        std::vector<std::string> lines;
        std::istringstream text(malformed.text);
        for (std::string each; std::getline(text, each);) lines.push_back(each);
        const std::string key = base.at(line).substr(0, base.at(line).find('=') + 1);
        const bool is_line = word.find('=') != std::string::npos || word.starts_with('#') || word.starts_with('[');
        lines.at(line) = is_line ? word : word == "gamma" ? "gamma = 0.5" : key + " " + word;
        if (word == "# gamma") lines.push_back("[grid]\ngamma = 0.5");
        if (is_key(word) ||
            (remedy.find(", e.g. 100") != std::string::npos && malformed.text.find("lin(") != std::string::npos))
          continue;  // names the axis or the key; the count of a sequence
        CAPTURE(malformed.problem, message, lines.at(line));
        CHECK(refusal({joined(lines), {}, "", "", ""}) == "nothing is refused");
        ++followed;
      }
    }
  }
  CHECK(followed > 60);
}

TEST_CASE("an axis that the command line made wrong is located there, else in the file", "[job]") {
  const std::string text = "[grid]\nactivation = relu\nlink = matched\nindices = 8\nd = 20\nseed = 1\ngamma = 0.5\n";
  const auto located = [&](const std::string& job_text, const std::vector<job::Override>& overrides) {
    const std::string message = refusal({job_text, overrides, "", "", ""});
    return message.substr(0, message.find(": "));
  };
  CHECK(located(text, {{"grid.d", "5"}}) == "--grid.d");
  CHECK(located(text, {{"grid.d", "5"}, {"grid.indices", "6"}}) == "--grid.indices");
  CHECK(located(text, {{"grid.d", "9000000"}}) == "--grid.d");
  CHECK(located("[grid]\nactivation = relu\nlink = matched\nseed = 1\ngamma = 0.5\nd = 9000000\n", {}) == "job.ini:6");
}
