#include "sample/haar.hpp"

#include <Eigen/QR>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::sample {

// The Q factor of a Gaussian matrix is Haar-distributed where R has a positive diagonal (Mezzadri 2007).
Matrix haar_rows(const Stream& stream, std::uint64_t row, Index count, Index d) {
  expects(1 <= count && count <= d);
  Matrix gaussian(d, count);
  stream.normal(row, gaussian.reshaped());
  const Eigen::HouseholderQR<Matrix> qr(gaussian);
  Matrix q = qr.householderQ() * Matrix::Identity(d, count);
  for (Index i = 0; i < count; ++i)
    if (qr.matrixQR()(i, i) < 0.0) q.col(i) = -q.col(i);
  return q.transpose();
}

}  // namespace flatsweep::sample
