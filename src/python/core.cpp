#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <chrono>
#include <string>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

namespace py = pybind11;

// NOLINTBEGIN(readability-redundant-declaration,readability-identifier-naming): named by OpenBLAS, absent from others
extern "C" {
[[gnu::weak]] int openblas_get_num_threads();
[[gnu::weak]] void openblas_set_num_threads(int threads);
}
// NOLINTEND(readability-redundant-declaration,readability-identifier-naming)

namespace flatsweep::python {
namespace {

using ColumnMajor = py::array_t<double, py::array::f_style>;

/// NumPy shares the library of linear algebra, which the solver sets to one thread: give it back its threads.
class ThreadsOfCaller {
 public:
  ThreadsOfCaller() = default;
  ThreadsOfCaller(const ThreadsOfCaller&) = delete;
  ThreadsOfCaller& operator=(const ThreadsOfCaller&) = delete;
  ~ThreadsOfCaller() {
    if (threads_ > 0 && openblas_set_num_threads != nullptr) openblas_set_num_threads(threads_);
  }

 private:
  int threads_ = openblas_get_num_threads != nullptr ? openblas_get_num_threads() : 0;
};

/// Whether Ctrl-C, or another signal whose handler raises, came: the exception is then set. Only the main thread sees
/// them.
bool interrupted() {
  const py::gil_scoped_acquire acquire;
  return PyErr_CheckSignals() != 0;
}

/// A solution, and what the solver alone took.
struct Timed {
  solve::Solution solution;
  double seconds;
};

/// Solve without the interpreter's lock, which is taken ten times a second to look for signals.
Timed solve_interruptibly(const solve::Program& program) {
  constexpr std::chrono::milliseconds between_looks(100);
  auto next_look = StopRequest::Clock::now() + between_looks;
  bool raised = false;
  const StopRequest stop([&] {
    if (!raised && StopRequest::Clock::now() >= next_look) {
      raised = interrupted();
      next_look = StopRequest::Clock::now() + between_looks;
    }
    return raised;
  });
  try {
    const py::gil_scoped_release release;
    const Stopwatch watch;
    solve::Solution solution = solve::flattest_interpolator_of_any_scale(program, stop);
    return {std::move(solution), watch.seconds()};
  } catch (const Stopped&) {
    throw py::error_already_set();
  }
}

py::array_t<double> to_array(const Vector& vector) { return py::array_t<double>(vector.size(), vector.data()); }

/// The arrays as the program reads them: S is not copied, and y and kappa are, since that costs nothing.
py::dict flattest(const ColumnMajor& activations, const ColumnMajor& labels, double q, const ColumnMajor& kappa,
                  double penalty, int threads) {
  const Eigen::Map<const Matrix> s(activations.data(), activations.shape(0), activations.shape(1));
  const Vector y = Eigen::Map<const Vector>(labels.data(), labels.size());
  const Vector weights = Eigen::Map<const Vector>(kappa.data(), kappa.size());
  const solve::Program program{s, y, weights, q, penalty};
  solve::require_valid(program);
  const ThreadsOfCaller threads_of_caller;
  dense::use_threads(threads);
  const auto [solution, seconds] = solve_interruptibly(program);
  using namespace py::literals;  // NOLINT(google-build-using-namespace): of _a
  return py::dict("outer_weights"_a = to_array(solution.outer_weights), "dual"_a = to_array(solution.dual),
                  "status"_a = std::string(name(solution.status)), "objective"_a = solution.certificate.objective,
                  "residual"_a = solution.certificate.residual, "gap"_a = solution.certificate.gap,
                  "rank"_a = solution.rank, "iterations"_a = solution.iterations(), "seconds"_a = seconds);
}

}  // namespace
}  // namespace flatsweep::python

PYBIND11_MODULE(_core, module) {
  using namespace py::literals;
  module.doc() = "The solver, as flatsweep.flattest calls it.";
  module.attr("version") = flatsweep::build_information().version;
  py::register_exception<flatsweep::Error>(module, "Error", PyExc_ValueError);
  module.def("flattest", &flatsweep::python::flattest, "S"_a.noconvert(), "y"_a, "q"_a, "kappa"_a, "penalty"_a,
             "threads"_a);
}
