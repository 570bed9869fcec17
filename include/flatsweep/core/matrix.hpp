#pragma once

#include <Eigen/Core>
#include <limits>
#include <string>

namespace flatsweep {

using Index = Eigen::Index;      ///< signed, as Eigen counts
using Matrix = Eigen::MatrixXd;  ///< column-major
using Vector = Eigen::VectorXd;  ///< a column
/// Owns nothing; columns are contiguous, at any distance from each other.
using MatrixView = Eigen::Ref<const Matrix>;
using VectorView = Eigen::Ref<const Vector>;  ///< owns nothing; contiguous

/// The quiet NaN: the value of what is undefined or was not computed.
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace flatsweep

/// The few dense kernels that carry the cost of a sweep: by OpenBLAS if it is linked, has kernels for the
/// CPU and passes a check of its products against Eigen's; else by Eigen. The choice is made once a process
/// and never by measured time, so that results stay the same bits. Matrices are column-major; of symmetric
/// ones only the lower triangle is read or written.
namespace flatsweep::dense {

/// Return name, version and kernel of the library in use, as results files record it.
const std::string& library();

/// Return why Eigen is in use although OpenBLAS is linked and was not ruled out by FLATSWEEP_BLAS=eigen; else nothing.
std::string fallback_reason();

/// Whether OpenBLAS, which is linked, computes wrong products on this CPU. Its kernels are not used then.
bool openblas_errs();

/// Let the symmetric product in single precision, most of a solver's work, use so many threads; 1 until set.
/// No other kernel does, since threads change the bits of what OpenBLAS computes.
/// @return the threads in use: 1 if more would change bits here too, or if the library has none
int use_threads(int threads);

/// lower(c) := beta lower(c) + alpha a a', with a of size n x k and c of size n x n.
void symmetric_product(double alpha, const MatrixView& a, double beta, Eigen::Ref<Matrix> c);
/// The same kernel in single precision.
void symmetric_product(float alpha, const Eigen::Ref<const Eigen::MatrixXf>& a, float beta,
                       Eigen::Ref<Eigen::MatrixXf> c);

/// lower(c) := its Cholesky factor L, c = L L'.
/// @return false if a pivot is not positive; c is then unusable
[[nodiscard]] bool cholesky(Eigen::Ref<Matrix> c);
/// The same kernel in single precision.
[[nodiscard]] bool cholesky(Eigen::Ref<Eigen::MatrixXf> c);

/// a := its LU factors with partial pivoting, P a = L U.
/// @param order n; (P b)(i) = b(order(i))
/// @return false if a pivot is exactly zero
[[nodiscard]] bool factor_lu(Eigen::Ref<Matrix> a, Eigen::Ref<Eigen::VectorXi> order);

/// x := U^-1 L^-1 x for the k columns of x (n x k), with the LU factors (n x n) of factor_lu; the rows of x
/// must be in the order of the factors.
void solve_lu(const MatrixView& lu, Eigen::Ref<Matrix> x);

/// a := its Householder QR factors (n x k, n >= k) as LAPACK packs them: R above, the reflectors below.
/// @param reflector_scales k numbers, tau in LAPACK
void factor_qr(Eigen::Ref<Matrix> a, Eigen::Ref<Vector> reflector_scales);

/// a := its Householder QR factors with column pivoting, |R_11| >= |R_22| >= ...
/// @param order k; column j of R belongs to column order(j) of a
void factor_pivoted_qr(Eigen::Ref<Matrix> a, Eigen::Ref<Vector> reflector_scales, Eigen::Ref<Eigen::VectorXi> order);

/// a := the first k columns of Q, from the factors in its k columns.
void form_orthogonal_factor(Eigen::Ref<Matrix> a, const VectorView& reflector_scales);

/// x := lower^-1 x for the k columns of x (n x k), with `lower` (n x n) a Cholesky factor.
void solve_lower(const MatrixView& lower, Eigen::Ref<Matrix> x);
/// The same kernel in single precision.
void solve_lower(const Eigen::Ref<const Eigen::MatrixXf>& lower, Eigen::Ref<Eigen::MatrixXf> x);

}  // namespace flatsweep::dense
