#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/experiment/state.hpp"
#include "flatsweep/train/train.hpp"

namespace flatsweep::experiment {

/// One of the algorithms of train.
using TrainingAlgorithm = train::Trained (*)(const train::Problem&, const train::Settings&, const StopRequest&);

/// Train from the problem's inner weights. The network is the folded one, with rows of unit norm, of the status that
/// the residual of training earned; `solution` has no dual.
/// @throws Stopped if the request comes first
Network train_network(const Problem& problem, TrainingAlgorithm algorithm, const StopRequest& stop);

/// Return the flops of each algorithm, counted for forecasts.
double gradient_flow_flops(const job::Configuration& configuration, const job::Settings& settings);
double flattest_network_flops(const job::Configuration& configuration, const job::Settings& settings);
double label_noise_flops(const job::Configuration& configuration, const job::Settings& settings);
double sam_flops(const job::Configuration& configuration, const job::Settings& settings);
double weight_decay_flops(const job::Configuration& configuration, const job::Settings& settings);
double fixed_decay_flops(const job::Configuration& configuration, const job::Settings& settings);

/// Return the doubles that training, and the program at the trained directions, need beside X, W and S.
double training_numbers(const job::Configuration& configuration);

}  // namespace flatsweep::experiment
