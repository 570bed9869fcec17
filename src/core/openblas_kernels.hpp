#pragma once

#include <Eigen/Core>

/// The kernels of dense_kernels.hpp by OpenBLAS and its LAPACK.
namespace flatsweep::dense::by_openblas {

using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::Ref;
using Eigen::VectorXd;
using Eigen::VectorXi;

/// Name, version and kernel.
const char* configuration();

/// The CPU whose kernels run.
const char* core_name();

void use_threads(int threads);

void symmetric_product(double alpha, const Ref<const MatrixXd>& a, double beta, Ref<MatrixXd> c);
void symmetric_product(float alpha, const Ref<const MatrixXf>& a, float beta, Ref<MatrixXf> c);
bool cholesky(Ref<MatrixXd> c);
bool cholesky(Ref<MatrixXf> c);
bool factor_lu(Ref<MatrixXd> a, Ref<VectorXi> order);
void solve_lu(const Ref<const MatrixXd>& lu, Ref<MatrixXd> x);
void factor_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales);
void factor_pivoted_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales, Ref<VectorXi> order);
void form_orthogonal_factor(Ref<MatrixXd> a, const Ref<const VectorXd>& reflector_scales);
void solve_lower(const Ref<const MatrixXd>& lower, Ref<MatrixXd> x);
void solve_lower(const Ref<const MatrixXf>& lower, Ref<MatrixXf> x);
void solve_lower_transposed(const Ref<const MatrixXd>& lower, Ref<MatrixXd> x);

}  // namespace flatsweep::dense::by_openblas
