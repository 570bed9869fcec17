#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/kernels.hpp"

// NOLINTBEGIN(readability-identifier-naming): the names of Fortran
extern "C" {
char* openblas_get_config();
char* openblas_get_corename();
void openblas_set_num_threads(int);
void dsyrk_(const char*, const char*, const int*, const int*, const double*, const double*, const int*,
            const double*, double*, const int*);
void ssyrk_(const char*, const char*, const int*, const int*, const float*, const float*, const int*,
            const float*, float*, const int*);
void dpotrf_(const char*, const int*, double*, const int*, int*);
void spotrf_(const char*, const int*, float*, const int*, int*);
void dgetrf_(const int*, const int*, double*, const int*, int*, int*);
void dgeqrf_(const int*, const int*, double*, const int*, double*, double*, const int*, int*);
void dgeqp3_(const int*, const int*, double*, const int*, int*, double*, double*, const int*, int*);
void dorgqr_(const int*, const int*, const int*, double*, const int*, const double*, double*, const int*,
             int*);
void strsm_(const char*, const char*, const char*, const char*, const int*, const int*, const float*,
            const float*, const int*, float*, const int*);
void dtrsm_(const char*, const char*, const char*, const char*, const int*, const int*, const double*,
            const double*, const int*, double*, const int*);
}
// NOLINTEND(readability-identifier-naming)

namespace flatsweep::dense {
namespace {

int length(Eigen::Index n) { return static_cast<int>(n); }

void syrk(int n, int k, double alpha, const double* a, int lda, double beta, double* c, int ldc) {
  dsyrk_("L", "N", &n, &k, &alpha, a, &lda, &beta, c, &ldc);
}
void syrk(int n, int k, float alpha, const float* a, int lda, float beta, float* c, int ldc) {
  ssyrk_("L", "N", &n, &k, &alpha, a, &lda, &beta, c, &ldc);
}
void potrf(int n, double* c, int ldc, int& info) { dpotrf_("L", &n, c, &ldc, &info); }
void potrf(int n, float* c, int ldc, int& info) { spotrf_("L", &n, c, &ldc, &info); }
void trsm(const char* triangle, const char* transposition, const char* diagonal, int n, int k,
          const double* a, int lda, double* x, int ldx) {
  const double one = 1.0;
  dtrsm_("L", triangle, transposition, diagonal, &n, &k, &one, a, &lda, x, &ldx);
}
void trsm(const char* triangle, const char* transposition, const char* diagonal, int n, int k, const float* a,
          int lda, float* x, int ldx) {
  const float one = 1.0F;
  strsm_("L", triangle, transposition, diagonal, &n, &k, &one, a, &lda, x, &ldx);
}

template <typename Scalar>
void solve_triangle(const char* triangle, const char* transposition, const char* diagonal,
                    const View<MatrixOf<Scalar>>& a, Ref<MatrixOf<Scalar>> x) {
  trsm(triangle, transposition, diagonal, length(x.rows()), length(x.cols()), a.data(),
       length(a.outerStride()), x.data(), length(x.outerStride()));
}

/// LAPACK's two-call convention: the first asks for the size of the workspace.
template <typename Routine>
void call_with_workspace(Routine routine) {
  double size = 0.0;
  routine(&size, -1);
  std::vector<double> workspace(static_cast<std::size_t>(size));
  routine(workspace.data(), static_cast<int>(workspace.size()));
}

std::string library() { return openblas_get_config(); }

int threads_of_products = 1;

int use_threads(int threads) {
  openblas_set_num_threads(1);
  return threads_of_products = threads;
}

template <typename Scalar>
void symmetric_product(Scalar alpha, const View<MatrixOf<Scalar>>& a, Scalar beta, Ref<MatrixOf<Scalar>> c) {
  const bool threaded = std::is_same_v<Scalar, float> && threads_of_products > 1;
  if (threaded) openblas_set_num_threads(threads_of_products);
  syrk(length(a.rows()), length(a.cols()), alpha, a.data(), length(a.outerStride()), beta, c.data(),
       length(c.outerStride()));
  if (threaded) openblas_set_num_threads(1);
}

// potrf lets a NaN through.
template <typename Scalar>
bool cholesky(Ref<MatrixOf<Scalar>> c) {
  int info = 0;
  potrf(length(c.rows()), c.data(), length(c.outerStride()), info);
  return info == 0 && c.diagonal().allFinite();
}

template <typename Scalar>
void solve_lower(const View<MatrixOf<Scalar>>& lower, Ref<MatrixOf<Scalar>> x) {
  solve_triangle<Scalar>("L", "N", "N", lower, x);
}

bool factor_lu(Ref<MatrixXd> a, Ref<VectorXi> order) {
  const int n = length(a.rows());
  const int stride = length(a.outerStride());
  std::vector<int> exchanges(static_cast<std::size_t>(n));
  int info = 0;
  dgetrf_(&n, &n, a.data(), &stride, exchanges.data(), &info);
  std::iota(order.begin(), order.end(), 0);
  for (int i = 0; i < n; ++i) std::swap(order(i), order(exchanges[static_cast<std::size_t>(i)] - 1));
  return info == 0;
}

void factor_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales) {
  const int rows = length(a.rows()), columns = length(a.cols()), stride = length(a.outerStride());
  int info = 0;
  call_with_workspace([&](double* workspace, int size) {
    dgeqrf_(&rows, &columns, a.data(), &stride, reflector_scales.data(), workspace, &size, &info);
  });
}

void factor_pivoted_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales, Ref<VectorXi> order) {
  const int rows = length(a.rows()), columns = length(a.cols()), stride = length(a.outerStride());
  int info = 0;
  order.setZero();
  call_with_workspace([&](double* workspace, int size) {
    dgeqp3_(&rows, &columns, a.data(), &stride, order.data(), reflector_scales.data(), workspace, &size,
            &info);
  });
  order.array() -= 1;
}

void form_orthogonal_factor(Ref<MatrixXd> a, const View<VectorXd>& reflector_scales) {
  const int rows = length(a.rows()), columns = length(a.cols()), stride = length(a.outerStride());
  int info = 0;
  call_with_workspace([&](double* workspace, int size) {
    dorgqr_(&rows, &columns, &columns, a.data(), &stride, reflector_scales.data(), workspace, &size, &info);
  });
}

void solve_lu(const View<MatrixXd>& lu, Ref<MatrixXd> x) {
  solve_triangle<double>("L", "N", "U", lu, x);
  solve_triangle<double>("U", "N", "N", lu, x);
}

void solve_lower_transposed(const View<MatrixXd>& lower, Ref<MatrixXd> x) {
  solve_triangle<double>("L", "T", "N", lower, x);
}

template <typename Scalar>
constexpr PrecisionKernels<Scalar> precision_kernels = {symmetric_product<Scalar>, cholesky<Scalar>,
                                                        solve_lower<Scalar>};

}  // namespace

const Kernels openblas_kernels = {.library = library,
                                  .use_threads = use_threads,
                                  .in_double = precision_kernels<double>,
                                  .in_single = precision_kernels<float>,
                                  .factor_lu = factor_lu,
                                  .solve_lu = solve_lu,
                                  .factor_qr = factor_qr,
                                  .factor_pivoted_qr = factor_pivoted_qr,
                                  .form_orthogonal_factor = form_orthogonal_factor,
                                  .solve_lower_transposed = solve_lower_transposed};

bool openblas_knows_this_cpu() {
  constexpr std::array<std::string_view, 6> antique = {"Prescott", "Core2",  "Nehalem",
                                                       "Katmai",   "Banias", "generic"};
  return std::ranges::find(antique, std::string_view(openblas_get_corename())) == antique.end();
}

}  // namespace flatsweep::dense
