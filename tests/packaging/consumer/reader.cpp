// How many rows of a results file are solved, by the libraries that need HDF5, MPI and Boost.
#include <exception>
#include <flatsweep/core/status.hpp>
#include <flatsweep/record/results_reader.hpp>
#include <flatsweep/report/summary.hpp>
#include <iostream>

int main(int, char** arguments) try {
  const flatsweep::record::ResultsReader results(arguments[1]);
  const auto summary = flatsweep::report::summarise(results);
  std::cout << summary.count(flatsweep::Status::solved) << " of " << summary.total() << '\n';
} catch (const std::exception& trouble) {
  std::cerr << trouble.what() << '\n';
  return 1;
}
