"""Mistakes that somebody could make in flatsweep, one at a time. Each must be caught by the tests that it names.

tests/checks/mutation applies them; mutants_test.py sees to it that every old text still stands in its file."""
import typing


class Mutant(typing.NamedTuple):
    name: str  # what is broken, a sentence
    file: str
    old: str  # stands once in the file
    new: str
    tests: str  # the cheapest tests that should catch it, as in ctest -R '^(...)$'


SAMPLE = [
    Mutant("the upper half of the seed is ignored", "src/sample/stream.cpp",
           "static_cast<std::uint32_t>(seed >> 32)}}", "0}}", "unit_sample"),
    Mutant("the weights lie off the index subspace by 1 - gamma, not sqrt(1 - gamma^2)", "src/sample/sample.cpp",
           "std::sqrt((1.0 - gamma) * (1.0 + gamma))", "1.0 - gamma", "unit_sample"),
    Mutant("index directions are not Haar: the signs of R's diagonal stay", "src/sample/sample.cpp",
           "q.col(i) = -q.col(i)", "q.col(i) = q.col(i)", "unit_sample"),
    Mutant("normal:s has the variance s, not s^2", "src/sample/sample.cpp",
           "offset.spread * gaussian(0)", "std::sqrt(offset.spread) * gaussian(0)", "unit_sample"),
    Mutant("the axis noise is a variance", "src/experiment/problem.cpp",
           "configuration.noise * sample::sample_noise", "std::sqrt(configuration.noise) * sample::sample_noise",
           "unit_experiment"),
    Mutant("the recurrence of Hermite polynomials weighs by i, not sqrt(i)", "src/model/target.cpp",
           "std::sqrt(i) * before", "i * before", "unit_model"),
]

SOLVE = [
    Mutant("the gap is taken at a dual that is not scaled to be feasible", "src/solve/program.cpp",
           "linear_part / std::max(1.0, infeasibility_ratio(program, t))", "linear_part", "unit_solve"),
    Mutant("a dual value above the objective counts as optimal", "src/solve/program.cpp",
           "std::abs(certificate.gap) <= tuning.acceptance.gap", "certificate.gap <= tuning.acceptance.gap", "unit_solve"),
    Mutant("the rank counts singular values above 1e-12, not above 1e-12 of the largest", "src/solve/decomposition.cpp",
           "tolerance * std::abs(square(0, 0))", "tolerance", "unit_solve"),
    Mutant("the ratio test looks at the weights that grow", "src/solve/simplex.cpp",
           "signed_costs_(i) * direction_(i) > 0.0", "signed_costs_(i) * direction_(i) < 0.0", "unit_solve"),
    Mutant("pricing forgets the weights kappa", "src/solve/simplex.cpp",
           "reduced_.cwiseAbs().cwiseQuotient(program_.kappa)", "reduced_.cwiseAbs()", "unit_solve"),
    Mutant("the crossover takes a vertex for optimal whose signs rounding had wrong", "src/solve/tuning.hpp",
           "negligible_gap = 1e-11", "negligible_gap = 1.0", "unit_solve"),
    Mutant("the crossover starts with the columns of lowest priority", "src/solve/basis.cpp",
           "priority(a) > priority(b)", "priority(a) < priority(b)", "unit_solve"),
    Mutant("Newton's method steps without its line search", "src/solve/newton.cpp",
           "dual_ += step * direction_;", "dual_ += (step > 0.0 ? 1.0 : 0.0) * direction_;", "unit_solve"),
    Mutant("labels a millionth off the range of S are taken to be in it", "src/solve/tuning.hpp",
           "distance_of_range = 1e-9", "distance_of_range = 1e-5", "unit_solve"),
    Mutant("the random interpolator's null-space part has length 1", "src/solve/reference_interpolators.cpp",
           "(outer_weights.norm() / direction.norm())", "(1.0 / direction.norm())", "unit_solve"),
]

MEASURE = [
    Mutant("kappa has the powers of A and B exchanged, which p = 1 does not show", "src/measure/flatness.cpp",
           "std::pow(outer, 1.0 / (p + 1.0)) * std::pow(inner, p / (p + 1.0))",
           "std::pow(outer, p / (p + 1.0)) * std::pow(inner, 1.0 / (p + 1.0))", "unit_measure"),
    Mutant("the teacher's copies enter with the wrong sign of 1 - q, which q = 1 does not show",
           "src/measure/flatness.cpp", "1.0 - q", "q - 1.0", "unit_measure"),
    Mutant("tiles off the diagonal of W W' count once in the exact loss", "src/measure/losses.cpp",
           "row == column ? part : 2.0 * part", "part", "unit_measure"),
    Mutant("the best loss forgets the mean of the target", "src/measure/losses.cpp",
           "target_moments(teacher).power();\n  return std::clamp", "target_moments(teacher).signal_power;\n  return std::clamp", "unit_measure"),
    Mutant("the Monte Carlo variance is divided by n, not n - 1", "src/measure/losses.cpp",
           ".sum() / (count - 1.0)", ".sum() / count", "unit_measure"),
    Mutant("every block of test points is the first", "src/measure/losses.cpp",
           "sample_test_points(seed, first, block)", "sample_test_points(seed, 0, block)", "unit_measure"),
    Mutant("ridges are not relative to the mean eigenvalue", "src/measure/spectrum.cpp",
           "ridge * mean_eigenvalue", "ridge", "unit_measure"),
    Mutant("the Hessian rescales activations by t, not t^p, which p = 1 does not show",
           "src/measure/spectrum.cpp", "std::pow(t(column), activation.degree())", "t(column)", "unit_measure"),
    Mutant("opposite weights do not overlap", "src/measure/weights.cpp",
           "tile.cwiseAbs().maxCoeff()", "tile.maxCoeff()", "unit_measure"),
]

JOB = [
    Mutant("the first axis of a grid runs fastest", "src/job/grid.cpp",
           "axis = axis_count; axis-- > 0; rest /= sizes[axis]", "axis = 0; axis < axis_count; rest /= sizes[axis++]", "unit_job"),
    Mutant("as many index directions as dimensions are allowed", "src/job/grid.cpp",
           "if (r >= d)", "if (r > d)", "unit_job"),
    Mutant("a grid of exactly 2^63 configurations is refused", "src/job/grid.cpp",
           "product <= most / size", "product < most / size", "unit_job"),
    Mutant("a range of integers ends before its last", "src/job/values.cpp",
           "step <= steps", "step < steps", "unit_job"),
    Mutant("the same shards get the longer parts of every combination", "src/job/selection.cpp",
           "(stretch + combination) % shard_.count", "(stretch + 0 * combination) % shard_.count", "unit_job"),
    Mutant("the tie that gamma makes takes no dimension from what quadratic neurons span", "src/experiment/feasibility.cpp",
           "polynomials(free, power.degree) - ties", "polynomials(free, power.degree) - 0.0 * ties", "unit_experiment"),
]

SCHEDULE = [
    Mutant("all seeds of a curve come before the next curve", "src/schedule/policy.hpp",
           "std::pair(s.wave, -s.seconds)", "std::pair(0U, -s.seconds)", "unit_schedule"),
    Mutant("waves go on to the end, where the longest configurations come last", "src/schedule/policy.hpp",
           "longest_at_the_end = 8.0", "longest_at_the_end = 0.0", "unit_schedule"),
    Mutant("the cheapest configurations come first", "src/schedule/policy.hpp",
           "std::pair(-s.seconds, s.wave)", "std::pair(s.seconds, s.wave)", "unit_schedule"),
    Mutant("a batch may reach beyond the deadline", "src/schedule/policy.hpp",
           "std::min(batch_seconds(), seconds_left)", "batch_seconds()", "unit_schedule"),
    Mutant("what is started before a deadline depends on uncalibrated predictions", "src/schedule/policy.hpp",
           "limit / calibration_.factor(queue.kind)", "limit", "unit_schedule"),
    Mutant("a backlog takes no time from what is left before the deadline", "src/schedule/controller.hpp",
           "seconds_until_deadline() - backlog_seconds", "seconds_until_deadline()", "unit_schedule"),
    Mutant("batches of a worker that stopped stay in flight", "src/schedule/controller.hpp",
           "ledger_.release(in_flight.batch[i]);", "", "unit_schedule"),
    Mutant("the time that is left is that of one worker", "src/schedule/controller.hpp",
           "std::max(0.0, seconds_in_flight_)) / workers", "std::max(0.0, seconds_in_flight_))", "unit_schedule"),
    Mutant("rows are reported before they are flushed", "src/schedule/batch_runner.hpp",
           "    flush_rows();\n    deliver(false);", "    deliver(false);\n    flush_rows();", "unit_schedule"),
    Mutant("the product S D S' costs n m^2", "src/experiment/interpolators.cpp",
           "product * n * n * m", "product * n * m * m", "unit_experiment"),
    Mutant("a worker that is stopped keeps short batches that it has not reported", "src/schedule/distribute.cpp",
           "        runner_.report();\n", "", "mpi_schedule_2"),
]

MPI = [
    Mutant("a file that one rank cannot open is opened by the others", "src/record/results_writer.cpp",
           "why = comm.agree(problem); !why.empty()", "why = comm.agree(problem); !problem.empty()",
           "unit_record_parallel_2"),
    Mutant("the other ranks go on after rank 0 has refused", "src/mpi/communicator.cpp",
           "code != ExitCode::done) throw", "code == ExitCode::file_in_use) throw", "program_doctor"),
]

RECORD = [
    Mutant("the checksum leaves out the last value of a row", "src/record/row_block.cpp",
           "values.size_bytes()", "values.size_bytes() - sizeof(double)", "unit_record"),
    Mutant("the status of a row is written before its values", "src/record/row_block.cpp",
           "  block.write_values(variables);\n",
           "  block.write_statuses(variables);\n  block.write_values(variables);\n", "program_order"),
    Mutant("the second box of rows repeats numbers of the first where a row has several", "src/record/variables.hpp",
           "values.subspan(count)", "values.subspan(box.rows)", "unit_record"),
    Mutant("rows that two shards share are not compared", "src/record/merge.cpp",
           "if (!is_new(i)) shared(", "if (!is_new(i) && rows.empty()) shared(", "unit_record"),
    Mutant("torn rows are merged", "src/record/merge.cpp",
           "std::back_inserter(valid), &Row::valid)", "std::back_inserter(valid), [](const Row&) { return true; })",
           "program_merge"),
    Mutant("torn rows are reused", "src/record/merge.cpp",
           "!row.valid || !has_result", "!has_result", "program_reuse"),
    Mutant("pending rows look as if rank 0 had written them", "src/record/layout.cpp",
           "ElementType::int32, -1}", "ElementType::int32, 0}", "unit_record_readers"),
    Mutant("a row whose status got lost is pending, not torn", "src/record/results_reader.cpp",
           "checksum != 0 && has_lost_status", "checksum == 0 && has_lost_status", "program_verify"),
    Mutant("a lock is taken on a file that another run has replaced", "src/record/run_lock.cpp",
           "locked && bears_name(descriptor, file)", "locked && (bears_name(descriptor, file) || true)", "unit_record"),
    Mutant("rows differ in the checksum by the sign of a NaN", "src/record/row_block.cpp",
           "std::isnan(value) ? not_a_number : value", "value", "unit_record_parallel_1"),
]

REPORT = [
    Mutant("the standard error is that of one value", "src/report/statistics.cpp",
           "squares / (count * (count - 1))", "squares / (count - 1)", "unit_report_1"),
    Mutant("ties have the first of their ranks, not the mean", "src/report/statistics.cpp",
           "static_cast<double>(first + last) / 2 - mean", "static_cast<double>(first) - mean", "unit_report_1"),
    Mutant("means include inaccurate rows", "src/report/curve_block.hpp",
           "return statuses[row] == Status::solved;", "return statuses[row] != Status::pending;", "unit_report_1"),
    Mutant("pending seeds exclude a gamma from verdicts", "src/report/curves.cpp",
           "solved + count(counts, Status::pending) == sum(counts)", "solved == sum(counts)", "unit_report_1"),
    Mutant("two columns of the CSV of tables have each other's names", "src/report/csv.cpp",
           "\",spearman_over_gamma_{0},spearman_lower_{0}", "\",spearman_lower_{0},spearman_over_gamma_{0}",
           "unit_report_1"),
    Mutant("torn rows enter means", "src/report/curve_block.cpp",
           "checked[i].torn ? Status::pending : checked[i].status", "checked[i].status", "unit_report_1"),
    Mutant("the interval of a correlation leaves half of the resamples out", "src/report/statistics.cpp",
           "outside = 0.025", "outside = 0.25", "unit_report_1"),
    Mutant("the flattest gamma costs nothing", "src/report/curves.cpp",
           "loss[row] - loss[best]", "loss[row] - loss[row]", "unit_report_1"),
    Mutant("a loss above that of the mean beats it", "src/report/curves.cpp",
           "value < baseline;", "value >= 0;", "unit_report_1"),
]

COMMANDS = [
    Mutant("a run that stopped early says that it is done but for failures", "src/sweep/run.cpp",
           "if (ending.stopped_early) return ExitCode::stopped_early;",
           "if (ending.stopped_early && ledger.count(Status::failed) == 0) return ExitCode::stopped_early;",
           "program_exit_codes"),
    Mutant("crashed rows do not count as failures in the exit code", "src/sweep/run.cpp",
           "ledger.count(Status::failed) + ledger.count(Status::crashed) > 0", "ledger.count(Status::failed) > 0",
           "program_crash"),
    Mutant("a file in use is bad input", "src/core/error.cpp",
           "return ExitCode::file_in_use;", "return ExitCode::bad_input;", "program_exit_codes"),
    Mutant("a configuration is tried again after three deaths", "src/sweep/preparation.cpp",
           "attempts[i] < most_crashes", "attempts[i] <= most_crashes", "program_crash"),
    Mutant("kills from outside count as deaths", "src/sweep/signals.cpp",
           "info.si_code > 0 || info.si_pid == ::getpid()", "info.si_code > 0 || info.si_pid != 0", "program_crash"),
    Mutant("of a time limit and a deadline the later one holds", "src/cli/run.cpp",
           "std::min(*left, until)", "std::max(*left, until)", "program_stop"),
]

MUTANTS = SAMPLE + SOLVE + MEASURE + JOB + SCHEDULE + MPI + RECORD + REPORT + COMMANDS
