#include "flatsweep/core/dense_kernels.hpp"

#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/kernels.hpp"
#include "flatsweep/core/error.hpp"

namespace flatsweep::dense {

using Eigen::MatrixXf;

namespace {

template <typename Scalar>
MatrixOf<Scalar> trial(Eigen::Index n) {
  MatrixOf<Scalar> a(n, n + 29);
  for (Eigen::Index i = 0; i < a.size(); ++i)
    a.data()[i] = static_cast<Scalar>((i * 7919 + n * 31) % 1009) / Scalar(1009) - Scalar(0.5);
  return a;
}

#ifdef FLATSWEEP_OPENBLAS
template <typename Scalar>
bool agree(const PrecisionKernels<Scalar>& ours, const PrecisionKernels<Scalar>& theirs) {
  for (const Eigen::Index n : {7, 64, 131, 300}) {
    const MatrixOf<Scalar> a = trial<Scalar>(n);
    MatrixOf<Scalar> expected = MatrixOf<Scalar>::Zero(n, n);
    MatrixOf<Scalar> found = MatrixOf<Scalar>::Zero(n, n);
    ours.symmetric_product(1, a, 0, expected);
    theirs.symmetric_product(1, a, 0, found);
    expected.diagonal().array() += Scalar(1);
    found.diagonal().array() += Scalar(1);
    const Scalar tolerance = 100 * static_cast<Scalar>(n) * Eigen::NumTraits<Scalar>::epsilon();
    if (!((expected - found).norm() <= tolerance * expected.norm())) return false;
    if (!ours.cholesky(expected) || !theirs.cholesky(found)) return false;
    if (!((expected - found).norm() <= tolerance * expected.norm())) return false;
  }
  return true;
}

/// OpenBLAS asks for its work space again and again where it gets none.
void require_work_space() {
  constexpr std::size_t bytes = std::size_t{1} << 28;
  void* volatile space = std::malloc(bytes);
  if (space == nullptr)
    throw Error("there is no memory for the work space of linear algebra", "it takes 270 MB of address space",
                "Lift the limit (ulimit -v), or run on a node with more memory.");
  std::free(space);
}

/// FLATSWEEP_BLAS=eigen in the environment chooses Eigen's kernels whatever OpenBLAS can do.
const Kernels& choose() {
  openblas_kernels.use_threads(1);
  require_work_space();
  const char* wish = std::getenv("FLATSWEEP_BLAS");
  if (wish != nullptr && std::string_view(wish) == "eigen") return eigen_kernels;
  const bool sound = openblas_knows_this_cpu() &&
                     agree<double>(eigen_kernels.in_double, openblas_kernels.in_double) &&
                     agree<float>(eigen_kernels.in_single, openblas_kernels.in_single);
  return sound ? openblas_kernels : eigen_kernels;
}
#else
const Kernels& choose() { return eigen_kernels; }
#endif

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

std::vector<MatrixXf> trial_products() {
  std::vector<MatrixXf> products;
  for (const Eigen::Index n : {3, 50, 100, 257, 511}) {
    products.emplace_back(MatrixXf::Zero(n, n));
    kernels().in_single.symmetric_product(1, trial<float>(n), 0, products.back());
  }
  return products;
}

}  // namespace

const std::string& library() {
  static const std::string description = kernels().library();
  return description;
}

int use_threads(int threads) {
  kernels().use_threads(1);
  if (threads == 1) return 1;
  const auto products_of_one = trial_products();
  if (kernels().use_threads(threads) == threads && trial_products() == products_of_one) return threads;
  return kernels().use_threads(1);
}

void symmetric_product(double alpha, const View<MatrixXd>& a, double beta, Ref<MatrixXd> c) {
  if (a.rows() > 0) kernels().in_double.symmetric_product(alpha, a, beta, c);
}
void symmetric_product(float alpha, const View<MatrixXf>& a, float beta, Ref<MatrixXf> c) {
  if (a.rows() > 0) kernels().in_single.symmetric_product(alpha, a, beta, c);
}

bool cholesky(Ref<MatrixXd> c) { return kernels().in_double.cholesky(c); }
bool cholesky(Ref<MatrixXf> c) { return kernels().in_single.cholesky(c); }

bool factor_lu(Ref<MatrixXd> a, Ref<VectorXi> order) { return kernels().factor_lu(a, order); }

void solve_lu(const View<MatrixXd>& lu, Ref<MatrixXd> x) { kernels().solve_lu(lu, x); }

void factor_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales) { kernels().factor_qr(a, reflector_scales); }

void factor_pivoted_qr(Ref<MatrixXd> a, Ref<VectorXd> reflector_scales, Ref<VectorXi> order) {
  kernels().factor_pivoted_qr(a, reflector_scales, order);
}

void form_orthogonal_factor(Ref<MatrixXd> a, const View<VectorXd>& reflector_scales) {
  kernels().form_orthogonal_factor(a, reflector_scales);
}

void solve_lower(const View<MatrixXd>& lower, Ref<MatrixXd> x) { kernels().in_double.solve_lower(lower, x); }
void solve_lower(const View<MatrixXf>& lower, Ref<MatrixXf> x) { kernels().in_single.solve_lower(lower, x); }

void solve_lower_transposed(const View<MatrixXd>& lower, Ref<MatrixXd> x) {
  kernels().solve_lower_transposed(lower, x);
}

}  // namespace flatsweep::dense
