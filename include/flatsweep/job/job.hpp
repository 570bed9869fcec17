#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/model/target.hpp"

namespace flatsweep::job {

/// What all configurations of a job share: how networks are trained, what is measured and stored.
struct Settings {
  double train_level = 0.3;                        ///< strength of label_noise, sam and weight_decay
  Index train_steps = 20'000;                      ///< of these three at full strength
  Index test_samples = 0;                          ///< Monte Carlo points asked for; see test_points
  bool spectrum = true;                            ///< hessian_max, soft_rank, activation_max, activation_min
  std::vector<double> ridge = {1e-3, 1e-1, 10.0};  ///< of soft_rank, over the mean eigenvalue of the Hessian
  bool best_loss = false;                          ///< measured
  bool outer_weights = false;                      ///< stored for every configuration

  /// Return the Monte Carlo points of a configuration with this link: `test_samples`, but 10000 if 0 are
  /// asked for and the link has no exact loss.
  [[nodiscard]] Index test_points(const model::Link& link) const {
    return test_samples == 0 && link.is_quadratic_form() ? 10'000 : test_samples;
  }

  bool operator==(const Settings&) const = default;  ///< member by member
};

/// What a job file and its overrides ask for.
struct Job {
  std::string name;   ///< for people: that in the file, else the file's own
  std::string text;   ///< the file as read
  Grid grid;          ///< what to sweep over
  Settings settings;  ///< what all its configurations share

  /// Return every setting by its key and canonical value, one a line, defaults included. The text is a job
  /// file itself, but of any length: parse_resolved reads the same job from it.
  [[nodiscard]] std::string resolved() const;

  /// Return the settings other than their defaults, and those that have none: keys and canonical values, in the order
  /// of resolved().
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> given() const;

  /// Return the hexadecimal digest of `resolved()` without its name, and without axes and settings younger
  /// than 0.1 that have their default. Two jobs are the same if their digests are.
  [[nodiscard]] std::string digest() const;
};

/// Return in which keys but the name two jobs differ, with their values: "`seed = 0..4`, not `seed = 0..9`".
std::vector<std::string> differences(const Job& one, const Job& other);

/// A setting from the command line: key as in the job file (`grid.gamma`), value as text.
using Override = std::pair<std::string, std::string>;

/// A key of a job file (`grid.gamma`, `measure.ridge`, ...) with one line of help.
struct KeyDescription {
  std::string key;   ///< with its section, e.g. `grid.gamma`
  std::string help;  ///< meaning, range and default
};
/// Return all keys in the order of a resolved job, then those that jobs of 0.1 may have instead.
std::vector<KeyDescription> job_keys();

/// Read a job file.
/// @throws Error located at `file:line`, or at `--key` if it came from an override
Job read_job(const std::filesystem::path& file, const std::vector<Override>& overrides = {});

/// Read a job from a text; `name` stands for the file in messages.
/// @throws Error located as by read_job
Job parse_job(const std::string& text, const std::string& name, const std::vector<Override>& overrides = {});

/// Read what Job::resolved returned, which is of any length: it lists the values of every sequence. `name`
/// stands for it in messages.
/// @throws Error if it is no job
Job parse_resolved(const std::string& text, const std::string& name);

}  // namespace flatsweep::job
