#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/QR>

#include "core/kernels.hpp"

namespace flatsweep::dense {
namespace {

std::string library() {
  return "Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
         std::to_string(EIGEN_MINOR_VERSION);
}

int use_threads(int) { return 1; }

template <typename Scalar>
void symmetric_product(Scalar alpha, const View<MatrixOf<Scalar>>& a, Scalar beta, Ref<MatrixOf<Scalar>> c) {
  auto lower = c.template triangularView<Eigen::Lower>();
  if (beta == 0)
    lower.setZero();
  else if (beta != 1)
    lower *= beta;
  c.template selfadjointView<Eigen::Lower>().rankUpdate(a, alpha);
}

template <typename Scalar>
bool cholesky(Ref<MatrixOf<Scalar>> c) {
  return Eigen::LLT<Ref<MatrixOf<Scalar>>>(c).info() == Eigen::Success;
}

template <typename Scalar>
void solve_lower(const View<MatrixOf<Scalar>>& lower, Ref<MatrixOf<Scalar>> x) {
  lower.template triangularView<Eigen::Lower>().solveInPlace(x);
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

void form_orthogonal_factor(Ref<MatrixXd> a, const View<VectorXd>& reflector_scales) {
  MatrixXd q = MatrixXd::Identity(a.rows(), a.cols());
  q.applyOnTheLeft(Eigen::householderSequence(a, reflector_scales));
  a = q;
}

void solve_lu(const View<MatrixXd>& lu, Ref<MatrixXd> x) {
  lu.triangularView<Eigen::UnitLower>().solveInPlace(x);
  lu.triangularView<Eigen::Upper>().solveInPlace(x);
}

void solve_lower_transposed(const View<MatrixXd>& lower, Ref<MatrixXd> x) {
  lower.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
}

template <typename Scalar>
constexpr PrecisionKernels<Scalar> precision_kernels = {symmetric_product<Scalar>, cholesky<Scalar>,
                                                        solve_lower<Scalar>};

}  // namespace

const Kernels eigen_kernels = {.library = library,
                               .use_threads = use_threads,
                               .in_double = precision_kernels<double>,
                               .in_single = precision_kernels<float>,
                               .factor_lu = factor_lu,
                               .solve_lu = solve_lu,
                               .factor_qr = factor_qr,
                               .factor_pivoted_qr = factor_pivoted_qr,
                               .form_orthogonal_factor = form_orthogonal_factor,
                               .solve_lower_transposed = solve_lower_transposed};

}  // namespace flatsweep::dense
