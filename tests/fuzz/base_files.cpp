#include "base_files.hpp"

#include <cmath>
#include <string>

#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "record/results_editor.hpp"
#include "record/template.hpp"
#include "record_fixture.hpp"

namespace flatsweep::fuzz {
namespace {

namespace fs = std::filesystem;
namespace hdf5 = record::hdf5;
using hdf5::check;
using record::test::small_job;

void write_filled_results(const fs::path& file, const job::Job& job) {
  static_cast<void>(record::create_results_file(file, job, {{"1", "abc", "cc", "-O2"}, "MPI", "HDF5", "BLAS"}));
  record::ResultsEditor editor(file, job);
  std::vector<record::Row> rows;
  for (std::uint64_t id = 0; id + 1 < job.grid.size(); ++id) {
    const auto status = static_cast<Status>(id % status_names.size());
    rows.push_back({record::test::numbered_outcome(id, job, status), 0, 1, true});
    if (status == Status::failed) editor.run_log().add_message({ConfigurationId{id}, "memory is short"});
  }
  editor.write(rows);
  const record::Run::Clock::time_point start(std::chrono::seconds(1'700'000'000));
  editor.run_log().add_runs({{start, start, 2, 0, "host*2", "CPU", "BLAS", "1 abc"}});
  editor.close();
}

hdf5::File create_old_file(const fs::path& file) {
  return hdf5::File(check(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "H5Fcreate"));
}

herr_t copy_object(hid_t from, const char* name, const H5L_info_t*, void* to) {
  return H5Ocopy(from, name, *static_cast<hid_t*>(to), name, H5P_DEFAULT, H5P_DEFAULT);
}

}  // namespace

void write_results(const fs::path& file) { write_filled_results(file, small_job()); }

void write_old_results(const fs::path& file) {
  const job::Job job = small_job("[output]\nouter_weights = on\n");
  write_filled_results(file.string() + ".new", job);
  {
    const hdf5::File from = hdf5::open_file(file.string() + ".new");
    hdf5::File to = create_old_file(file);
    hid_t target = to;
    check(H5Literate(from, H5_INDEX_NAME, H5_ITER_INC, nullptr, copy_object, &target), "H5Literate");
    hdf5::write_attribute(to, "layout_version", std::int32_t{1});
    hdf5::write_attribute(to, record::old_job_attribute, job.resolved());
    for (const char* name : {"version", "commit", "compiler", "flags", "mpi", "hdf5", "blas", "job", "digest"})
      hdf5::write_variable_attribute(to, name, "text");
    hdf5::close(std::move(to));
  }
  fs::remove(file.string() + ".new");
}

void write_solution(const fs::path& file) { record::write_program_solution(file, solve::Solution()); }

void write_program(const fs::path& file) {
  const hdf5::Dimensions shape = {8, 16};
  const hdf5::Dimensions chunk = {4, 8};
  std::vector<double> numbers(shape[0] * shape[1]);
  for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = std::sin(static_cast<double>(k));
  hdf5::File program = create_old_file(file);
  {
    const hdf5::Group group(check(H5Gcreate2(program, "mine", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), "H5Gcreate"));
    const hdf5::PropertyList creation(check(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate"));
    check(H5Pset_chunk(creation, 2, chunk.data()), "H5Pset_chunk");
    check(H5Pset_deflate(creation, 4), "H5Pset_deflate");
    const hdf5::Dataspace space(check(H5Screate_simple(2, shape.data(), nullptr), "H5Screate_simple"));
    const hdf5::Dataset activations(
        check(H5Dcreate2(group, "S", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT), "H5Dcreate"));
    hdf5::write_all<double>(activations, numbers);
    const std::vector<std::int32_t> labels = {1, 2, 3, 4, 5, 6, 7, 8};
    hdf5::write_all<std::int32_t>(hdf5::create_dataset(group, "y", H5T_STD_I32BE, {shape[0]}), labels);
    const std::vector<double> weights(shape[1], 1.5);
    hdf5::write_all<double>(hdf5::create_dataset(group, "kappa", H5T_IEEE_F32LE, {shape[1]}), weights);
    hdf5::write_attribute(group, "q", 1.0);
  }
  hdf5::close(std::move(program));
}

}  // namespace flatsweep::fuzz
