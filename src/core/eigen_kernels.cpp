#include "eigen_kernels.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/QR>

namespace flatsweep::dense::by_eigen {

namespace {

template <typename Matrix>
void rank_update(typename Matrix::Scalar alpha, const Ref<const Matrix>& a, typename Matrix::Scalar beta,
                 Ref<Matrix> c) {
  auto lower = c.template triangularView<Eigen::Lower>();
  if (beta == 0)
    lower.setZero();
  else if (beta != 1)
    lower *= beta;
  c.template selfadjointView<Eigen::Lower>().rankUpdate(a, alpha);
}

}  // namespace

void symmetric_product(double alpha, const Ref<const MatrixXd>& a, double beta, Ref<MatrixXd> c) {
  rank_update<MatrixXd>(alpha, a, beta, c);
}
void symmetric_product(float alpha, const Ref<const MatrixXf>& a, float beta, Ref<MatrixXf> c) {
  rank_update<MatrixXf>(alpha, a, beta, c);
}

bool cholesky(Ref<MatrixXd> c) { return Eigen::LLT<Ref<MatrixXd>>(c).info() == Eigen::Success; }
bool cholesky(Ref<MatrixXf> c) { return Eigen::LLT<Ref<MatrixXf>>(c).info() == Eigen::Success; }

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

void solve_lu(const Ref<const MatrixXd>& lu, Ref<MatrixXd> x) {
  lu.triangularView<Eigen::UnitLower>().solveInPlace(x);
  lu.triangularView<Eigen::Upper>().solveInPlace(x);
}

void solve_lower(const Ref<const MatrixXd>& lower, Ref<MatrixXd> x) {
  lower.triangularView<Eigen::Lower>().solveInPlace(x);
}
void solve_lower(const Ref<const MatrixXf>& lower, Ref<MatrixXf> x) {
  lower.triangularView<Eigen::Lower>().solveInPlace(x);
}

void solve_lower_transposed(const Ref<const MatrixXd>& lower, Ref<MatrixXd> x) {
  lower.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
}

}  // namespace flatsweep::dense::by_eigen
