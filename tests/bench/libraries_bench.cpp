// Own factorisations against those of LAPACK and Spectra, in CPU seconds. bench_libraries [n ...]
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#if __has_include(<Spectra/SymEigsSolver.h>)
#include <Spectra/SymEigsSolver.h>
#define FLATSWEEP_SPECTRA
#endif

#include "cpu_time.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/measure/spectrum.hpp"
#include "flatsweep/sample/stream.hpp"
#include "measure/kernels.hpp"
#include "measure/linear_algebra.hpp"

#ifdef FLATSWEEP_OPENBLAS
// NOLINTBEGIN(readability-identifier-naming): the names of Fortran
extern "C" {
void dpstrf_(const char*, const int*, double*, const int*, int*, int*, const double*, double*, int*);
void dpotrf_(const char*, const int*, double*, const int*, int*);
void dtrtri_(const char*, const char*, const int*, double*, const int*, int*);
void dsyev_2stage_(const char*, const char*, const int*, double*, const int*, double*, double*, const int*, int*);
}
// NOLINTEND(readability-identifier-naming)
#endif

namespace {

using namespace flatsweep;

/// One way to compute a number.
struct Way {
  const char* name;
  std::function<double()> compute;
};

/// Print the least CPU time of each way, measured by turns, and how far its result is from that of the first.
void compare(const char* title, Index n, const std::vector<Way>& ways) {
  const int rounds = n <= 300 ? 15 : 3;
  std::vector<double> seconds(ways.size(), std::numeric_limits<double>::infinity());
  std::vector<double> results(ways.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      const double start = cpu_seconds();
      results[i] = ways[i].compute();
      seconds[i] = std::min(seconds[i], cpu_seconds() - start);
    }
  }
  for (std::size_t i = 0; i < ways.size(); ++i)
    std::printf("%-26s n %5ld  %-26s %9.4f s %7.2f x   off by %8.1e\n", title, n, ways[i].name, seconds[i],
                seconds[i] / seconds[0], std::abs(results[i] / results[0] - 1.0));
}

Matrix gaussian_matrix(std::uint64_t seed, Index rows, Index cols) {
  Matrix matrix(rows, cols);
  sample::Stream(seed, sample::Purpose::null_space).normal(0, Eigen::Map<Vector>(matrix.data(), matrix.size()));
  return matrix;
}

/// v'K^+ v for the K of n neurons of this degree in d dimensions.
void compare_pivoted_cholesky(Index n, Index d, int degree) {
  const Matrix inner = gaussian_matrix(1, n, d).rowwise().normalized();
  Matrix k = inner * inner.transpose();
  measure::ArcCosineKernel({degree, 1.0, degree - 1.0}, {degree, 1.0, degree - 1.0}).apply(k);
  const double tolerance = 1e-12 * k.squaredNorm() / k.trace();
  const Vector v = k.rowwise().sum();
  const auto solve = [](const Matrix& factor, Index rank, const Vector& permuted) {
    Vector leading = permuted.head(rank);
    factor.topLeftCorner(rank, rank).triangularView<Eigen::Lower>().solveInPlace(leading);
    return leading.squaredNorm();
  };
  std::vector<Way> ways = {{"own", [&] {
                              Matrix factor = k;
                              const auto pivoted = measure::factor_with_pivoting(factor, tolerance);
                              return solve(factor, pivoted.rank, v(pivoted.pivots));
                            }}};
#ifdef FLATSWEEP_OPENBLAS
  ways.push_back({"dpstrf", [&] {
                    Matrix factor = k;
                    const int order = static_cast<int>(n);
                    int rank = 0, info = 0;
                    Eigen::VectorXi pivots(n);
                    Vector workspace(2 * n);
                    dpstrf_("L", &order, factor.data(), &order, pivots.data(), &rank, &tolerance, workspace.data(),
                            &info);
                    pivots.array() -= 1;
                    return solve(factor, rank, v(pivots));
                  }});
#endif
  compare(degree == 1 ? "Cholesky, full rank" : "Cholesky, low rank", n, ways);
}

/// A A'/n of a Gaussian A (n x n): its largest eigenvalues are close, its smallest ones are not.
Matrix gram_matrix(Index n) {
  const Matrix root = gaussian_matrix(3, n, n) / std::sqrt(static_cast<double>(n));
  return root * root.transpose();
}

/// x -> G x from the lower triangle of G, or x -> G^-1 x from its Cholesky factor.
struct Operator {
  using Scalar = double;
  const Matrix& matrix;
  bool inverse;

  [[nodiscard]] Index rows() const { return matrix.rows(); }
  [[nodiscard]] Index cols() const { return matrix.cols(); }
  void apply(const Eigen::Ref<const Vector>& x, Eigen::Ref<Vector> y) const {
    if (inverse) {
      y = x;
      matrix.triangularView<Eigen::Lower>().solveInPlace(y);
      matrix.transpose().triangularView<Eigen::Upper>().solveInPlace(y);
    } else {
      y.noalias() = matrix.selfadjointView<Eigen::Lower>() * x;
    }
  }
  void perform_op(const double* x, double* y) const {
    apply(Eigen::Map<const Vector>(x, rows()), Eigen::Map<Vector>(y, rows()));
  }
};

void compare_lanczos(Index n, bool inverse) {
  Matrix matrix = gram_matrix(n);
  if (inverse && !dense::cholesky(matrix)) return;
  Operator product{matrix, inverse};
  std::vector<Way> ways = {{"own", [&] {
                              return measure::largest_eigenvalue(
                                  n, [&](const Vector& x, Eigen::Ref<Vector> y) { product.apply(x, y); });
                            }}};
#ifdef FLATSWEEP_SPECTRA
  for (const auto& [basis, name] : {std::pair{16, "Spectra, basis of 16"}, {32, "Spectra, basis of 32"}})
    ways.push_back({name, [&product, basis = basis] {
                      Spectra::SymEigsSolver<Operator> solver(product, 1, basis);
                      solver.init();
                      solver.compute(Spectra::SortRule::LargestAlge, 1000, 1e-11);
                      return solver.eigenvalues()(0);
                    }});
#endif
  compare(inverse ? "smallest eigenvalue" : "largest eigenvalue", n, ways);
}

#ifdef FLATSWEEP_OPENBLAS
/// tr((G + shift I)^-1) = ||L^-1||_F^2.
double inverse_trace(Matrix gram, double shift) {
  const int order = static_cast<int>(gram.rows());
  int info = 0;
  gram.diagonal().array() += shift;
  dpotrf_("L", &order, gram.data(), &order, &info);
  dtrtri_("L", "N", &order, gram.data(), &order, &info);
  double trace = 0.0;
  for (Index j = 0; j < gram.cols(); ++j) trace += gram.col(j).tail(gram.rows() - j).squaredNorm();
  return trace;
}

Eigen::ArrayXd eigenvalues_in_two_stages(Matrix gram) {
  const int order = static_cast<int>(gram.rows()), query = -1;
  int info = 0;
  Eigen::ArrayXd eigenvalues(gram.rows());
  double size = 0.0;
  dsyev_2stage_("N", "L", &order, gram.data(), &order, eigenvalues.data(), &size, &query, &info);
  Vector workspace(static_cast<Index>(size));
  const int length = static_cast<int>(size);
  dsyev_2stage_("N", "L", &order, gram.data(), &order, eigenvalues.data(), workspace.data(), &length, &info);
  return eigenvalues;
}
#endif

void compare_soft_ranks(Index n, const std::vector<double>& ridges, const char* title) {
  const Matrix gram = gram_matrix(n);
  std::vector<Way> ways = {{"own", [&] {
                              double sum = 0.0;
                              for (const double rank : measure::soft_ranks(gram, ridges)) sum += rank;
                              return sum;
                            }}};
#ifdef FLATSWEEP_OPENBLAS
  const double mean = gram.diagonal().mean();
  ways.push_back({"dpotrf, dtrtri by ridge", [&] {
                    double sum = 0.0;
                    for (const double ridge : ridges)
                      sum += static_cast<double>(n) - ridge * mean * inverse_trace(gram, ridge * mean);
                    return sum;
                  }});
  ways.push_back({"dsyev_2stage", [&] {
                    const Eigen::ArrayXd eigenvalues = eigenvalues_in_two_stages(gram);
                    double sum = 0.0;
                    for (const double ridge : ridges) sum += (eigenvalues / (eigenvalues + ridge * mean)).sum();
                    return sum;
                  }});
#endif
  compare(title, n, ways);
}

void compare_with_libraries(Index n) {
  dense::use_threads(1);
  compare_pivoted_cholesky(n, 100, 1);
  compare_pivoted_cholesky(n, 15, 2);
  compare_lanczos(n, false);
  compare_lanczos(n, true);
  compare_soft_ranks(n, {0.1}, "soft rank, 1 ridge");
  compare_soft_ranks(n, {1e-3, 1e-1, 10.0}, "soft ranks, 3 ridges");
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) compare_with_libraries(std::atol(argv[i]));
  return EXIT_SUCCESS;
}
