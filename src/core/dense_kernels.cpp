#include "flatsweep/core/dense_kernels.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <vector>

#ifdef FLATSWEEP_OPENBLAS
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
void dtrsm_(const char*, const char*, const char*, const char*, const int*, const int*, const double*,
            const double*, const int*, double*, const int*);
}
#endif

namespace flatsweep::dense {

namespace {

using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::Ref;
using Eigen::VectorXd;
using Eigen::VectorXi;

namespace by_eigen {

template <typename Matrix>
void symmetric_product(typename Matrix::Scalar alpha, const Ref<const Matrix>& a,
                       typename Matrix::Scalar beta, Ref<Matrix> c) {
  auto lower = c.template triangularView<Eigen::Lower>();
  if (beta == 0)
    lower.setZero();
  else if (beta != 1)
    lower *= beta;
  c.template selfadjointView<Eigen::Lower>().rankUpdate(a, alpha);
}

template <typename Matrix>
bool cholesky(Ref<Matrix> c) {
  return Eigen::LLT<Ref<Matrix>>(c).info() == Eigen::Success;
}

bool factor_lu(Ref<MatrixXd> a, Ref<VectorXi> order) {
  const Eigen::PartialPivLU<Ref<MatrixXd>> lu(a);
  VectorXi inverse = lu.permutationP().indices();
  for (Eigen::Index i = 0; i < inverse.size(); ++i) order(inverse(i)) = static_cast<int>(i);
  return (a.diagonal().array() != 0.0).all();
}

void factor_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales) {
  const Eigen::HouseholderQR<Ref<MatrixXd>> qr(a);
  reflector_scales = qr.hCoeffs();
}

void factor_pivoted_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales, Ref<VectorXi> order) {
  const Eigen::ColPivHouseholderQR<Ref<MatrixXd>> qr(a);
  reflector_scales = qr.hCoeffs();
  order = qr.colsPermutation().indices();
}

void form_orthogonal_factor(Ref<MatrixXd> a, const Ref<const VectorXd>& reflector_scales) {
  MatrixXd q = MatrixXd::Identity(a.rows(), a.cols());
  q.applyOnTheLeft(Eigen::householderSequence(a, reflector_scales));
  a = q;
}

}  // namespace by_eigen

#ifdef FLATSWEEP_OPENBLAS
namespace by_openblas {

int length(Eigen::Index n) { return static_cast<int>(n); }

void syrk(int n, int k, double alpha, const double* a, int lda, double beta, double* c, int ldc) {
  dsyrk_("L", "N", &n, &k, &alpha, a, &lda, &beta, c, &ldc);
}
void syrk(int n, int k, float alpha, const float* a, int lda, float beta, float* c, int ldc) {
  ssyrk_("L", "N", &n, &k, &alpha, a, &lda, &beta, c, &ldc);
}
void potrf(int n, double* c, int ldc, int& info) { dpotrf_("L", &n, c, &ldc, &info); }
void potrf(int n, float* c, int ldc, int& info) { spotrf_("L", &n, c, &ldc, &info); }

template <typename Matrix>
void symmetric_product(typename Matrix::Scalar alpha, const Ref<const Matrix>& a,
                       typename Matrix::Scalar beta, Ref<Matrix> c) {
  syrk(length(a.rows()), length(a.cols()), alpha, a.data(), length(a.outerStride()), beta, c.data(),
       length(c.outerStride()));
}

template <typename Matrix>
bool cholesky(Ref<Matrix> c) {
  int info = 0;
  potrf(length(c.rows()), c.data(), length(c.outerStride()), info);
  return info == 0;
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

/// LAPACK's two-call convention: the first asks for the size of the workspace.
template <typename Routine>
void call_with_workspace(Routine routine) {
  double size = 0.0;
  routine(&size, -1);
  std::vector<double> workspace(static_cast<std::size_t>(size));
  routine(workspace.data(), static_cast<int>(workspace.size()));
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

void form_orthogonal_factor(Ref<MatrixXd> a, const Ref<const VectorXd>& reflector_scales) {
  const int rows = length(a.rows()), columns = length(a.cols()), stride = length(a.outerStride());
  int info = 0;
  call_with_workspace([&](double* workspace, int size) {
    dorgqr_(&rows, &columns, &columns, a.data(), &stride, reflector_scales.data(), workspace, &size, &info);
  });
}

void solve_triangle(const char* triangle, const char* transposition, const char* diagonal,
                    const Ref<const MatrixXd>& a, Ref<MatrixXd> x) {
  const int n = length(x.rows()), k = length(x.cols()), stride = length(a.outerStride()),
            x_stride = length(x.outerStride());
  const double one = 1.0;
  dtrsm_("L", triangle, transposition, diagonal, &n, &k, &one, a.data(), &stride, x.data(), &x_stride);
}

/// OpenBLAS runs old kernels on CPUs that it does not know; Eigen's, compiled for the CPU at hand, beat them.
bool has_kernels_for_this_cpu() {
  constexpr std::array<std::string_view, 6> antique = {"Prescott", "Core2",  "Nehalem",
                                                       "Katmai",   "Banias", "generic"};
  return std::ranges::find(antique, std::string_view(openblas_get_corename())) == antique.end();
}

template <typename Matrix>
bool multiplies_correctly() {
  using Scalar = typename Matrix::Scalar;
  for (const Eigen::Index n : {7, 64, 131, 300}) {
    Matrix a(n, n + 29);
    for (Eigen::Index i = 0; i < a.size(); ++i)
      a.data()[i] = static_cast<Scalar>((i * 7919 + n * 31) % 1009) / Scalar(1009) - Scalar(0.5);
    Matrix ours = Matrix::Zero(n, n);
    Matrix theirs = Matrix::Zero(n, n);
    by_eigen::symmetric_product<Matrix>(1, a, 0, ours);
    symmetric_product<Matrix>(1, a, 0, theirs);
    ours.diagonal().array() += Scalar(1);
    theirs.diagonal().array() += Scalar(1);
    const Scalar tolerance = 100 * static_cast<Scalar>(n) * Eigen::NumTraits<Scalar>::epsilon();
    if (!((ours - theirs).norm() <= tolerance * ours.norm())) return false;
    if (!by_eigen::cholesky<Matrix>(ours) || !cholesky<Matrix>(theirs)) return false;
    if (!((ours - theirs).norm() <= tolerance * ours.norm())) return false;
  }
  return true;
}

/// FLATSWEEP_BLAS=eigen in the environment chooses Eigen's kernels whatever OpenBLAS can do.
bool in_use() {
  static const bool choice = [] {
    openblas_set_num_threads(1);
    const char* wish = std::getenv("FLATSWEEP_BLAS");
    if (wish != nullptr && std::string_view(wish) == "eigen") return false;
    return has_kernels_for_this_cpu() && multiplies_correctly<MatrixXd>() && multiplies_correctly<MatrixXf>();
  }();
  return choice;
}

}  // namespace by_openblas
#endif

template <typename Matrix>
void dispatch_symmetric_product(typename Matrix::Scalar alpha, const Ref<const Matrix>& a,
                                typename Matrix::Scalar beta, Ref<Matrix> c) {
  if (a.rows() == 0) return;
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) return by_openblas::symmetric_product<Matrix>(alpha, a, beta, c);
#endif
  by_eigen::symmetric_product<Matrix>(alpha, a, beta, c);
}

template <typename Matrix>
bool dispatch_cholesky(Ref<Matrix> c) {
#ifdef FLATSWEEP_OPENBLAS
  // OpenBLAS lets a NaN through.
  if (by_openblas::in_use()) return by_openblas::cholesky<Matrix>(c) && c.diagonal().allFinite();
#endif
  return by_eigen::cholesky<Matrix>(c);
}

}  // namespace

const std::string& library() {
  static const std::string description = [] {
#ifdef FLATSWEEP_OPENBLAS
    if (by_openblas::in_use()) return std::string(openblas_get_config());
#endif
    return "Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
           std::to_string(EIGEN_MINOR_VERSION);
  }();
  return description;
}

void use_threads([[maybe_unused]] int threads) {
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) openblas_set_num_threads(threads);
#endif
}

void symmetric_product(double alpha, const Ref<const MatrixXd>& a, double beta, Ref<MatrixXd> c) {
  dispatch_symmetric_product<MatrixXd>(alpha, a, beta, c);
}
void symmetric_product(float alpha, const Ref<const MatrixXf>& a, float beta, Ref<MatrixXf> c) {
  dispatch_symmetric_product<MatrixXf>(alpha, a, beta, c);
}

bool cholesky(Ref<MatrixXd> c) { return dispatch_cholesky<MatrixXd>(c); }
bool cholesky(Ref<MatrixXf> c) { return dispatch_cholesky<MatrixXf>(c); }

bool factor_lu(Ref<MatrixXd> a, Ref<VectorXi> order) {
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) return by_openblas::factor_lu(a, order);
#endif
  return by_eigen::factor_lu(a, order);
}

void solve_lu(const Ref<const MatrixXd>& lu, Ref<MatrixXd> x) {
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) {
    by_openblas::solve_triangle("L", "N", "U", lu, x);
    by_openblas::solve_triangle("U", "N", "N", lu, x);
    return;
  }
#endif
  lu.triangularView<Eigen::UnitLower>().solveInPlace(x);
  lu.triangularView<Eigen::Upper>().solveInPlace(x);
}

void factor_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales) {
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) return by_openblas::factor_qr(a, reflector_scales);
#endif
  by_eigen::factor_qr(a, reflector_scales);
}

void factor_pivoted_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales, Ref<VectorXi> order) {
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) return by_openblas::factor_pivoted_qr(a, reflector_scales, order);
#endif
  by_eigen::factor_pivoted_qr(a, reflector_scales, order);
}

void form_orthogonal_factor(Ref<MatrixXd> a, const Ref<const VectorXd>& reflector_scales) {
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) return by_openblas::form_orthogonal_factor(a, reflector_scales);
#endif
  by_eigen::form_orthogonal_factor(a, reflector_scales);
}

void solve_lower(const Ref<const MatrixXd>& lower, Ref<MatrixXd> x) {
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) return by_openblas::solve_triangle("L", "N", "N", lower, x);
#endif
  lower.triangularView<Eigen::Lower>().solveInPlace(x);
}

void solve_lower_transposed(const Ref<const MatrixXd>& lower, Ref<MatrixXd> x) {
#ifdef FLATSWEEP_OPENBLAS
  if (by_openblas::in_use()) return by_openblas::solve_triangle("L", "T", "N", lower, x);
#endif
  lower.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
}

}  // namespace flatsweep::dense
