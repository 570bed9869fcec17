#pragma once

#include <Eigen/Core>
#include <string>

/// What dense_kernels.hpp chooses from: the same kernels by two libraries.
namespace flatsweep::dense {

template <typename T>
using MatrixOf = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <typename T>
using View = Eigen::Ref<const T>;
using Eigen::MatrixXd;
using Eigen::Ref;
using Eigen::VectorXd;
using Eigen::VectorXi;

/// The kernels that exist in both precisions.
template <typename Scalar>
struct PrecisionKernels {
  void (*symmetric_product)(Scalar alpha, const View<MatrixOf<Scalar>>& a, Scalar beta,
                            Ref<MatrixOf<Scalar>> c);
  bool (*cholesky)(Ref<MatrixOf<Scalar>> c);
  void (*solve_lower)(const View<MatrixOf<Scalar>>& lower, Ref<MatrixOf<Scalar>> x);
};

/// One library's kernels, as dense_kernels.hpp documents them.
struct Kernels {
  std::string (*library)();
  int (*use_threads)(int threads);  // as dense_kernels.hpp has it, but without a look at the bits
  PrecisionKernels<double> in_double;
  PrecisionKernels<float> in_single;
  bool (*factor_lu)(Ref<MatrixXd> a, Ref<VectorXi> order);
  void (*solve_lu)(const View<MatrixXd>& lu, Ref<MatrixXd> x);
  void (*factor_qr)(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales);
  void (*factor_pivoted_qr)(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales, Ref<VectorXi> order);
  void (*form_orthogonal_factor)(Ref<MatrixXd> a, const View<VectorXd>& reflector_scales);
  void (*solve_lower_transposed)(const View<MatrixXd>& lower, Ref<MatrixXd> x);
};

extern const Kernels eigen_kernels;

#ifdef FLATSWEEP_OPENBLAS
extern const Kernels openblas_kernels;

/// OpenBLAS runs old kernels on CPUs that it does not know; Eigen's, compiled for the CPU at hand, beat them.
bool openblas_knows_this_cpu();
#endif

}  // namespace flatsweep::dense
