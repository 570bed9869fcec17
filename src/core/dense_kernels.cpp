#include "flatsweep/core/dense_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "eigen_kernels.hpp"
#ifdef FLATSWEEP_OPENBLAS
#include "openblas_kernels.hpp"
#endif

namespace flatsweep::dense {

using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::Ref;
using Eigen::VectorXd;
using Eigen::VectorXi;

#ifdef FLATSWEEP_OPENBLAS
namespace {

/// OpenBLAS runs old kernels on CPUs that it does not know; Eigen's, compiled for the CPU at hand, beat them.
bool has_kernels_for_this_cpu() {
  constexpr std::array<std::string_view, 6> antique = {"Prescott", "Core2",  "Nehalem",
                                                       "Katmai",   "Banias", "generic"};
  return std::ranges::find(antique, std::string_view(by_openblas::core_name())) == antique.end();
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
    by_eigen::symmetric_product(Scalar(1), a, Scalar(0), ours);
    by_openblas::symmetric_product(Scalar(1), a, Scalar(0), theirs);
    ours.diagonal().array() += Scalar(1);
    theirs.diagonal().array() += Scalar(1);
    const Scalar tolerance = 100 * static_cast<Scalar>(n) * Eigen::NumTraits<Scalar>::epsilon();
    if (!((ours - theirs).norm() <= tolerance * ours.norm())) return false;
    if (!by_eigen::cholesky(ours) || !by_openblas::cholesky(theirs)) return false;
    if (!((ours - theirs).norm() <= tolerance * ours.norm())) return false;
  }
  return true;
}

/// FLATSWEEP_BLAS=eigen in the environment chooses Eigen's kernels whatever OpenBLAS can do.
bool openblas_in_use() {
  static const bool choice = [] {
    by_openblas::use_threads(1);
    const char* wish = std::getenv("FLATSWEEP_BLAS");
    if (wish != nullptr && std::string_view(wish) == "eigen") return false;
    return has_kernels_for_this_cpu() && multiplies_correctly<MatrixXd>() && multiplies_correctly<MatrixXf>();
  }();
  return choice;
}

}  // namespace
#endif

const std::string& library() {
  static const std::string description = [] {
#ifdef FLATSWEEP_OPENBLAS
    if (openblas_in_use()) return std::string(by_openblas::configuration());
#endif
    return "Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
           std::to_string(EIGEN_MINOR_VERSION);
  }();
  return description;
}

void use_threads([[maybe_unused]] int threads) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) by_openblas::use_threads(threads);
#endif
}

void symmetric_product(double alpha, const Ref<const MatrixXd>& a, double beta, Ref<MatrixXd> c) {
  if (a.rows() == 0) return;
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::symmetric_product(alpha, a, beta, c);
#endif
  by_eigen::symmetric_product(alpha, a, beta, c);
}
void symmetric_product(float alpha, const Ref<const MatrixXf>& a, float beta, Ref<MatrixXf> c) {
  if (a.rows() == 0) return;
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::symmetric_product(alpha, a, beta, c);
#endif
  by_eigen::symmetric_product(alpha, a, beta, c);
}

bool cholesky(Ref<MatrixXd> c) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::cholesky(c);
#endif
  return by_eigen::cholesky(c);
}
bool cholesky(Ref<MatrixXf> c) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::cholesky(c);
#endif
  return by_eigen::cholesky(c);
}

bool factor_lu(Ref<MatrixXd> a, Ref<VectorXi> order) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::factor_lu(a, order);
#endif
  return by_eigen::factor_lu(a, order);
}

void solve_lu(const Ref<const MatrixXd>& lu, Ref<MatrixXd> x) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::solve_lu(lu, x);
#endif
  by_eigen::solve_lu(lu, x);
}

void factor_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::factor_qr(a, reflector_scales);
#endif
  by_eigen::factor_qr(a, reflector_scales);
}

void factor_pivoted_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales, Ref<VectorXi> order) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::factor_pivoted_qr(a, reflector_scales, order);
#endif
  by_eigen::factor_pivoted_qr(a, reflector_scales, order);
}

void form_orthogonal_factor(Ref<MatrixXd> a, const Ref<const VectorXd>& reflector_scales) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::form_orthogonal_factor(a, reflector_scales);
#endif
  by_eigen::form_orthogonal_factor(a, reflector_scales);
}

void solve_lower(const Ref<const MatrixXd>& lower, Ref<MatrixXd> x) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::solve_lower(lower, x);
#endif
  by_eigen::solve_lower(lower, x);
}
void solve_lower(const Ref<const MatrixXf>& lower, Ref<MatrixXf> x) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::solve_lower(lower, x);
#endif
  by_eigen::solve_lower(lower, x);
}

void solve_lower_transposed(const Ref<const MatrixXd>& lower, Ref<MatrixXd> x) {
#ifdef FLATSWEEP_OPENBLAS
  if (openblas_in_use()) return by_openblas::solve_lower_transposed(lower, x);
#endif
  by_eigen::solve_lower_transposed(lower, x);
}

}  // namespace flatsweep::dense
