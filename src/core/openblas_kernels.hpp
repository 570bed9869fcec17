#pragma once

#include <cblas.h>
#include <lapack.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "flatsweep/core/matrix.hpp"

// What one library has is null in the others.
// NOLINTBEGIN(readability-redundant-declaration,readability-identifier-naming): weak here, and named by the libraries
extern "C" {
[[gnu::weak]] char* openblas_get_config();
[[gnu::weak]] char* openblas_get_corename();
[[gnu::weak]] void openblas_set_num_threads(int threads);
[[gnu::weak]] void flexiblas_set_num_threads(int threads);
[[gnu::weak]] void MKL_Set_Num_Threads(int threads);
}
// NOLINTEND(readability-redundant-declaration,readability-identifier-naming)

namespace flatsweep::dense {

/// The kernels of matrix.hpp by OpenBLAS, or by the library that BLA_VENDOR chose for the build. LAPACK is called as
/// OpenBLAS has it, without LAPACKE's library, which would bring a second LAPACK into the process.
struct OpenBlasKernels {
  using VectorXi = Eigen::VectorXi;
  template <typename T>
  using Ref = Eigen::Ref<T>;
  template <typename Scalar>
  using MatrixOf = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  static bool is_openblas() { return openblas_get_config != nullptr && openblas_get_corename != nullptr; }

  static std::string name() { return is_openblas() ? openblas_get_config() : "BLAS " FLATSWEEP_BLAS_VENDOR; }

  static int use_threads(int threads) {
    set_threads(1);
    return threads_of_products = threads;
  }

  template <typename Scalar>
  static void symmetric_product(Scalar alpha, const Ref<const MatrixOf<Scalar>>& a, Scalar beta,
                                Ref<MatrixOf<Scalar>> c) {
    constexpr bool single = std::is_same_v<Scalar, float>;
    const bool threaded = single && threads_of_products > 1;
    if (threaded) set_threads(threads_of_products);
    constexpr auto syrk = by_precision<Scalar>(cblas_dsyrk, cblas_ssyrk);
    syrk(CblasColMajor, CblasLower, CblasNoTrans, length(a.rows()), length(a.cols()), alpha, a.data(),
         length(a.outerStride()), beta, c.data(), length(c.outerStride()));
    if (threaded) set_threads(1);
  }

  /// potrf lets a NaN through.
  template <typename Scalar>
  static bool cholesky(Ref<MatrixOf<Scalar>> c) {
    const int n = length(c.rows()), stride = length(c.outerStride());
    int info = 0;
    if constexpr (std::is_same_v<Scalar, float>)
      LAPACK_spotrf("L", &n, c.data(), &stride, &info);
    else
      LAPACK_dpotrf("L", &n, c.data(), &stride, &info);
    return info == 0 && c.diagonal().allFinite();
  }

  template <typename Scalar>
  static void solve_lower(const Ref<const MatrixOf<Scalar>>& lower, Ref<MatrixOf<Scalar>> x) {
    solve_triangle<Scalar>(CblasLower, CblasNonUnit, lower, x);
  }

  static bool factor_lu(Ref<Matrix> a, Ref<VectorXi> order) {
    const int n = length(a.rows()), stride = length(a.outerStride());
    std::vector<int> swaps(static_cast<std::size_t>(n));  // row i with row swaps[i], counted from 1
    int info = 0;
    LAPACK_dgetrf(&n, &n, a.data(), &stride, swaps.data(), &info);
    std::iota(order.begin(), order.end(), 0);
    for (int i = 0; i < n; ++i) std::swap(order(i), order(swaps[static_cast<std::size_t>(i)] - 1));
    return info == 0;
  }

  static void solve_lu(const MatrixView& lu, Ref<Matrix> x) {
    solve_triangle<double>(CblasLower, CblasUnit, lu, x);
    solve_triangle<double>(CblasUpper, CblasNonUnit, lu, x);
  }

  static void factor_qr(Ref<Matrix> a, Ref<Vector> reflector_scales) {
    const int rows = length(a.rows()), columns = length(a.cols()), stride = length(a.outerStride());
    int info = 0;
    call_with_workspace([&](double* workspace, int size) {
      LAPACK_dgeqrf(&rows, &columns, a.data(), &stride, reflector_scales.data(), workspace, &size, &info);
    });
  }

  static void factor_pivoted_qr(Ref<Matrix> a, Ref<Vector> reflector_scales, Ref<VectorXi> order) {
    const int rows = length(a.rows()), columns = length(a.cols()), stride = length(a.outerStride());
    int info = 0;
    order.setZero();
    call_with_workspace([&](double* workspace, int size) {
      LAPACK_dgeqp3(&rows, &columns, a.data(), &stride, order.data(), reflector_scales.data(), workspace, &size, &info);
    });
    order.array() -= 1;
  }

  static void form_orthogonal_factor(Ref<Matrix> a, const VectorView& reflector_scales) {
    const int rows = length(a.rows()), columns = length(a.cols()), stride = length(a.outerStride());
    int info = 0;
    call_with_workspace([&](double* workspace, int size) {
      LAPACK_dorgqr(&rows, &columns, &columns, a.data(), &stride, reflector_scales.data(), workspace, &size, &info);
    });
  }

  /// Whether OpenBLAS has kernels for this CPU. It runs old ones on CPUs that it does not know; Eigen's beat them.
  static bool knows_this_cpu() {
    if (!is_openblas()) return true;
    constexpr std::array<std::string_view, 6> antique = {"Prescott", "Core2", "Nehalem", "Katmai", "Banias", "generic"};
    return std::ranges::find(antique, std::string_view(openblas_get_corename())) == antique.end();
  }

 private:
  static void set_threads(int threads) {
    for (const auto set : {openblas_set_num_threads, flexiblas_set_num_threads, MKL_Set_Num_Threads})
      if (set != nullptr) set(threads);
  }

  static int length(Index n) { return static_cast<int>(n); }

  /// Return that one of two functions that has the precision of Scalar.
  template <typename Scalar, typename Double, typename Single>
  static constexpr auto by_precision(Double in_double, Single in_single) {
    if constexpr (std::is_same_v<Scalar, double>)
      return in_double;
    else
      return in_single;
  }

  template <typename Scalar>
  static void solve_triangle(CBLAS_UPLO triangle, CBLAS_DIAG diagonal, const Ref<const MatrixOf<Scalar>>& a,
                             Ref<MatrixOf<Scalar>> x) {
    constexpr auto trsm = by_precision<Scalar>(cblas_dtrsm, cblas_strsm);
    trsm(CblasColMajor, CblasLeft, triangle, CblasNoTrans, diagonal, length(x.rows()), length(x.cols()), Scalar(1),
         a.data(), length(a.outerStride()), x.data(), length(x.outerStride()));
  }

  /// Call a routine of LAPACK twice: the first call returns the size of the workspace.
  template <typename Routine>
  static void call_with_workspace(Routine routine) {
    double size = 0.0;
    routine(&size, -1);
    std::vector<double> workspace(static_cast<std::size_t>(size));
    routine(workspace.data(), static_cast<int>(workspace.size()));
  }

  inline static int threads_of_products = 1;
};

}  // namespace flatsweep::dense
