#pragma once

#include <array>

#include "flatsweep/solve/program.hpp"
#include "random_program.hpp"

namespace flatsweep::test {

inline constexpr std::array exponents = {1.0, 4.0 / 3.0, 1.5, 1.6};

/// Solved, by a certificate that plain long double confirms.
void check_solved(const solve::Program& program, const solve::Solution& solution);

/// The flattest interpolator, checked.
solve::Solution solve_checked(const RandomProgram& program);

void check_infeasible(const solve::Solution& solution, double residual);

void check_equal(const Vector& value, const Vector& truth, double tolerance = 1e-8);

/// Singular values from 1 down by so many decades; labels in the range.
RandomProgram ill_conditioned_program(std::mt19937_64& random, double decades, double q);

/// Of all a: |S a - y| / |y|.
double smallest_residual(const RandomProgram& program);

}  // namespace flatsweep::test
