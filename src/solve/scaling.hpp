#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/solve/program.hpp"

/// Programs in other units, by powers of two.
namespace flatsweep::solve {

/// A program in units in which its labels and costs are of order 1, and its S if it is far from that, so that
/// no product over- or underflows whatever units the caller works in. All factors are powers of two.
class ScaledProgram {
 public:
  /// @pre S, y, kappa are finite; y and kappa are not all zero
  explicit ScaledProgram(const Program& program);

  /// The scaled one: a view of this and of the caller's S.
  [[nodiscard]] Program program() const;

  /// Return a solution of the scaled program in the caller's units.
  [[nodiscard]] Solution restored(Solution solution) const;

 private:
  Program original_;
  int activations_exponent_;
  int labels_exponent_;
  int kappa_exponent_;
  double penalty_;
  Matrix activations_;  // n x m if S is scaled, else empty
  Vector labels_;       // n
  Vector kappa_;        // m
};

/// What an EquilibratedProgram makes alike in scale.
enum class Equilibration : std::uint8_t {
  none,      ///< nothing: the labels are of order 1
  by_size,   ///< the largest entries of rows and of columns
  by_costs,  ///< the costs of the columns, then the largest entries of rows
};

/// Binary exponents of the powers of two by which rows, columns and labels of a program are multiplied.
struct Scales {
  /// @pre labels are not all zero
  Scales(const Program& program, Equilibration equilibration);

  /// Whether rows or columns differed in scale, or were far from 1, by more than `spread` binary orders.
  [[nodiscard]] bool differ_by(double spread) const;

  Vector rows, columns;  ///< n, m
  double labels;         ///< of the largest label
};

/// A program whose rows, and whose columns with their costs, are multiplied by powers of two: the same equations and
/// the same optimum in other units, in which rank, residual and pivots can be decided for all rows alike.
class EquilibratedProgram {
 public:
  /// @pre labels are not all zero
  EquilibratedProgram(const Program& program, Equilibration equilibration);

  /// Whether doubles hold the costs and columns of the equilibrated program, so that none of them became zero.
  [[nodiscard]] bool keeps_columns() const;

  /// The equilibrated one: a view of this, or of the caller's S if nothing is equilibrated.
  [[nodiscard]] Program program() const;

  /// Return a solution of the equilibrated program in the caller's units; `inaccurate` if doubles do not hold it there.
  [[nodiscard]] Solution restored(Solution solution) const;

 private:
  Program original_;
  Scales scales_;
  double kappa_exponent_;         // of the largest cost
  Matrix activations_;            // n x m, empty if nothing is equilibrated
  Vector scaled_labels_, kappa_;  // n, m
};

}  // namespace flatsweep::solve
