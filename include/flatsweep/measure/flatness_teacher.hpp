#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/sample/teacher.hpp"

namespace flatsweep::measure {

/// `flatness` of the teacher written as a network of m neurons: m/r copies (a real number) of each u_i with
/// outer weight c_i r/m, hence (m/r)^(1-q) sum_i kappa(u_i) |c_i|^q (arXiv 2606.04429, Theorem 4).
/// @param features X, n x d
/// @param width m
/// @param noise zeta, standard deviation of the label noise
/// @return NaN unless link = matched, noise = 0 and offset = 0: else the teacher does not interpolate
double flatness_teacher(const sample::Teacher& teacher, MatrixView features, Index width, double noise);

}  // namespace flatsweep::measure
