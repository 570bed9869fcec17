#include "flatsweep/core/matrix.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/QR>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "flatsweep/core/error.hpp"

#ifdef FLATSWEEP_OPENBLAS
#include "core/openblas_kernels.hpp"
#endif

namespace flatsweep::dense {
namespace {

using Eigen::MatrixXf;
using Eigen::Ref;
using Eigen::VectorXi;

template <typename Scalar>
using MatrixOf = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

/// The kernels by Eigen, compiled for the CPU at hand.
struct EigenKernels {
  static std::string name() {
    return fmt::format("Eigen {}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
  }

  static int use_threads(int /*threads*/) { return 1; }

  template <typename Scalar>
  static void symmetric_product(Scalar alpha, const Ref<const MatrixOf<Scalar>>& a, Scalar beta,
                                Ref<MatrixOf<Scalar>> c) {
    auto lower = c.template triangularView<Eigen::Lower>();
    if (beta == 0)
      lower.setZero();
    else if (beta != 1)
      lower *= beta;
    c.template selfadjointView<Eigen::Lower>().rankUpdate(a, alpha);
  }

  template <typename Scalar>
  static bool cholesky(Ref<MatrixOf<Scalar>> c) {
    return Eigen::LLT<Ref<MatrixOf<Scalar>>>(c).info() == Eigen::Success;
  }

  template <typename Scalar>
  static void solve_lower(const Ref<const MatrixOf<Scalar>>& lower, Ref<MatrixOf<Scalar>> x) {
    lower.template triangularView<Eigen::Lower>().solveInPlace(x);
  }

  static bool factor_lu(Ref<Matrix> a, Ref<VectorXi> order) {
    const Eigen::PartialPivLU<Ref<Matrix>> lu(a);
    const VectorXi inverse = lu.permutationP().indices();
    for (Index i = 0; i < inverse.size(); ++i) order(inverse(i)) = static_cast<int>(i);
    return (a.diagonal().array() != 0.0).all();
  }

  static void solve_lu(const MatrixView& lu, Ref<Matrix> x) {
    lu.triangularView<Eigen::UnitLower>().solveInPlace(x);
    lu.triangularView<Eigen::Upper>().solveInPlace(x);
  }

  static void factor_qr(Ref<Matrix> a, Ref<Vector> reflector_scales) {
    const Eigen::HouseholderQR<Ref<Matrix>> qr(a);
    reflector_scales = qr.hCoeffs();
  }

  static void factor_pivoted_qr(Ref<Matrix> a, Ref<Vector> reflector_scales, Ref<VectorXi> order) {
    const Eigen::ColPivHouseholderQR<Ref<Matrix>> qr(a);
    reflector_scales = qr.hCoeffs();
    order = qr.colsPermutation().indices();
  }

  static void form_orthogonal_factor(Ref<Matrix> a, const VectorView& reflector_scales) {
    Matrix q = Matrix::Identity(a.rows(), a.cols());
    q.applyOnTheLeft(Eigen::householderSequence(a, reflector_scales));
    a = q;
  }
};

/// Return a matrix of n x (n + 29) fixed numbers in [-0.5, 0.5].
template <typename Scalar>
MatrixOf<Scalar> trial(Index n) {
  MatrixOf<Scalar> a(n, n + 29);
  for (Index i = 0; i < a.size(); ++i)
    a.data()[i] = static_cast<Scalar>((i * 7919 + n * 31) % 1009) / Scalar(1009) - Scalar(0.5);
  return a;
}

#ifdef FLATSWEEP_OPENBLAS
/// Whether both libraries compute the same products and factors, up to rounding.
template <typename Scalar>
bool agree() {
  for (const Index n : {7, 64, 131, 300}) {
    const MatrixOf<Scalar> a = trial<Scalar>(n);
    MatrixOf<Scalar> expected = MatrixOf<Scalar>::Zero(n, n);
    MatrixOf<Scalar> found = MatrixOf<Scalar>::Zero(n, n);
    EigenKernels::symmetric_product<Scalar>(1, a, 0, expected);
    OpenBlasKernels::symmetric_product<Scalar>(1, a, 0, found);
    expected.diagonal().array() += Scalar(1);
    found.diagonal().array() += Scalar(1);
    const Scalar tolerance = 100 * static_cast<Scalar>(n) * Eigen::NumTraits<Scalar>::epsilon();
    if (!((expected - found).norm() <= tolerance * expected.norm())) return false;
    if (!EigenKernels::cholesky<Scalar>(expected) || !OpenBlasKernels::cholesky<Scalar>(found)) return false;
    if (!((expected - found).norm() <= tolerance * expected.norm())) return false;
  }
  return true;
}

/// Check that OpenBLAS will get its workspace: without, it would ask again without end.
void require_workspace() {
  constexpr std::size_t bytes = std::size_t{1} << 28;
  void* volatile space = std::malloc(bytes);
  if (space == nullptr)
    throw Error("there is no memory for the work space of linear algebra", "it takes 270 MB of address space",
                "Lift the limit (ulimit -v), or run on a node with more memory.");
  std::free(space);
}

/// FLATSWEEP_BLAS=eigen in the environment chooses Eigen's kernels whatever OpenBLAS can do.
bool eigen_is_wanted() {
  const char* wish = std::getenv("FLATSWEEP_BLAS");
  return wish != nullptr && std::string_view(wish) == "eigen";
}

bool choose_openblas() {
  OpenBlasKernels::use_threads(1);
  require_workspace();
  return !eigen_is_wanted() && OpenBlasKernels::knows_this_cpu() && agree<double>() && agree<float>();
}
#else
using OpenBlasKernels = EigenKernels;

bool choose_openblas() { return false; }
#endif

/// Whether OpenBLAS is used, decided once a process.
bool uses_openblas() {
  static const bool chosen = choose_openblas();
  return chosen;
}

/// Return call(kernels) for the kernels in use.
template <typename Call>
decltype(auto) with_kernels(const Call& call) {
  return uses_openblas() ? call(OpenBlasKernels()) : call(EigenKernels());
}

std::vector<MatrixXf> trial_products() {
  std::vector<MatrixXf> products;
  for (const Index n : {3, 50, 100, 257, 511}) {
    products.emplace_back(MatrixXf::Zero(n, n));
    symmetric_product(1, trial<float>(n), 0, products.back());
  }
  return products;
}

}  // namespace

const std::string& library() {
  static const std::string description = with_kernels([](auto kernels) { return kernels.name(); });
  return description;
}

bool openblas_errs() {
#ifdef FLATSWEEP_OPENBLAS
  static const bool errs = !uses_openblas() && !(agree<double>() && agree<float>());
  return errs;
#else
  return false;
#endif
}

std::string fallback_reason() {
#ifdef FLATSWEEP_OPENBLAS
  if (!eigen_is_wanted() && !uses_openblas())
    return fmt::format("OpenBLAS's kernels `{}` {}",
                       OpenBlasKernels::is_openblas() ? openblas_get_corename() : FLATSWEEP_BLAS_VENDOR,
                       openblas_errs() ? "compute wrong products on this CPU" : "are older than this CPU, and slow");
#endif
  return {};
}

int use_threads(int threads) {
  return with_kernels([threads](auto kernels) {
    kernels.use_threads(1);
    if (threads == 1) return 1;
    const auto products_of_one = trial_products();
    if (kernels.use_threads(threads) == threads && trial_products() == products_of_one) return threads;
    return kernels.use_threads(1);
  });
}

void symmetric_product(double alpha, const MatrixView& a, double beta, Ref<Matrix> c) {
  if (a.rows() > 0) with_kernels([&](auto kernels) { kernels.symmetric_product(alpha, a, beta, c); });
}

void symmetric_product(float alpha, const Ref<const MatrixXf>& a, float beta, Ref<MatrixXf> c) {
  if (a.rows() > 0) with_kernels([&](auto kernels) { kernels.symmetric_product(alpha, a, beta, c); });
}

bool cholesky(Ref<Matrix> c) {
  return with_kernels([&](auto kernels) { return kernels.cholesky(c); });
}

bool cholesky(Ref<MatrixXf> c) {
  return with_kernels([&](auto kernels) { return kernels.cholesky(c); });
}

bool factor_lu(Ref<Matrix> a, Ref<VectorXi> order) {
  return with_kernels([&](auto kernels) { return kernels.factor_lu(a, order); });
}

void solve_lu(const MatrixView& lu, Ref<Matrix> x) {
  with_kernels([&](auto kernels) { kernels.solve_lu(lu, x); });
}

void factor_qr(Ref<Matrix> a, Ref<Vector> reflector_scales) {
  with_kernels([&](auto kernels) { kernels.factor_qr(a, reflector_scales); });
}

void factor_pivoted_qr(Ref<Matrix> a, Ref<Vector> reflector_scales, Ref<VectorXi> order) {
  with_kernels([&](auto kernels) { kernels.factor_pivoted_qr(a, reflector_scales, order); });
}

void form_orthogonal_factor(Ref<Matrix> a, const VectorView& reflector_scales) {
  with_kernels([&](auto kernels) { kernels.form_orthogonal_factor(a, reflector_scales); });
}

void solve_lower(const MatrixView& lower, Ref<Matrix> x) {
  with_kernels([&](auto kernels) { kernels.solve_lower(lower, x); });
}

void solve_lower(const Ref<const MatrixXf>& lower, Ref<MatrixXf> x) {
  with_kernels([&](auto kernels) { kernels.solve_lower(lower, x); });
}

}  // namespace flatsweep::dense
