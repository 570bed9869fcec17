#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/solve/program.hpp"
#include "flatsweep/solve/solution.hpp"

namespace flatsweep::solve {

/// A program in units in which its labels and costs are of order 1, and its S where it is far from that, so
/// that no product over- or underflows whatever units the caller works in. All factors are powers of two.
class ScaledProgram {
 public:
  /// @pre S, y, kappa are finite; y and kappa are not all zero
  explicit ScaledProgram(const Program& program);

  /// The scaled one: a view of this and of the caller's S.
  [[nodiscard]] Program program() const { return {activations(), labels_, kappa_, original_.q}; }

  /// A solution of the scaled program in the caller's units.
  [[nodiscard]] Solution restored(Solution solution) const;

 private:
  [[nodiscard]] MatrixView activations() const;

  Program original_;
  int activations_exponent_;
  int labels_exponent_;
  int kappa_exponent_;
  Matrix activations_;  // n x m where S is scaled, else empty
  Vector labels_;       // n
  Vector kappa_;        // m
};

}  // namespace flatsweep::solve
