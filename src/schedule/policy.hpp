#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"

namespace flatsweep::schedule {

/// A batch in flight, with the cost that was predicted when it was assigned.
struct Assignment {
  Batch batch;                 ///< what to perform
  ProgramKind kind = 0;        ///< the same for all of it
  double model_seconds = 0.0;  ///< one configuration, as the cost model predicts it
  double seconds = 0.0;        ///< one configuration, after calibration
  std::uint64_t done = 0;      ///< configurations of the batch that were completed

  /// Return the predicted seconds of what is not completed.
  [[nodiscard]] double seconds_left() const { return static_cast<double>(batch.count - done) * seconds; }
};

/// Decides which batch a worker gets next. Seeds come in waves, so that all curves soon have one: of the lowest wave
/// that is open, and at the end of all waves, the configurations with the longest processing time come first (Graham
/// 1969), in batches of a fixed part of what is left for each worker (guided self-scheduling, Polychronopoulos and Kuck
/// 1987), so that all workers end together. Pure: no clock, no MPI.
class Policy {
 public:
  /// Most configurations of a batch, however little they cost.
  static constexpr std::uint64_t largest_batch = 64;

  /// @param ledger which configurations are open; outlives the policy
  /// @param workers number of workers, > 0
  Policy(Ledger& ledger, const std::vector<Section>& sections, std::uint64_t workers)
      : ledger_(ledger), workers_(static_cast<double>(workers)) {
    expects(workers > 0);
    for (const Section& section : sections) add(section);
    for (Queue& queue : queues_) sort(queue);
  }

  /// Assign a batch of the ledger's open configurations.
  /// @param backlog_seconds predicted work in flight on that worker; if there is any, a further batch is
  ///        assigned only if it cannot make that worker the last one to finish
  /// @param seconds_left time until the deadline; what is predicted to take longer is not started
  std::optional<Assignment> next(double backlog_seconds = 0.0,
                                 double seconds_left = std::numeric_limits<double>::infinity()) {
    Choice choice = longest_of_lowest_wave();
    if (choice.section == nullptr) return std::nullopt;
    if (choice.seconds > seconds_left || is_end()) choice = longest_within(seconds_left);
    if (choice.section == nullptr) return std::nullopt;

    const double longest = std::min(batch_seconds(), seconds_left);
    const double count = std::clamp(longest / choice.seconds, 1.0, static_cast<double>(largest_batch));
    const bool has_backlog = backlog_seconds > 0.0;
    const double in_flight = backlog_seconds + count * choice.seconds;
    if (has_backlog && in_flight > largest_backlog * open_seconds() / workers_) return std::nullopt;
    return take(*choice.queue, *choice.section, static_cast<std::uint64_t>(count));
  }

  /// Correct the predictions for the assignment's kind by the time that one of its configurations took.
  void observe(const Assignment& assignment, double measured_seconds) {
    calibration_.observe(assignment.kind, assignment.model_seconds, measured_seconds);
  }

  /// Return the predicted seconds of all open configurations.
  [[nodiscard]] double open_seconds() const {
    double sum = 0.0;
    for (const Queue& queue : queues_) sum += queue.model_seconds * calibration_.factor(queue.kind);
    return sum;
  }

 private:
  /// Batches that each worker is still to get when one is assigned: the last ones are short, and end together.
  static constexpr double batches_to_come = 4.0;
  /// Time that rank 0 takes for a message, about.
  static constexpr double seconds_per_message = 50e-6;
  /// Messages of a batch: its assignment and its report.
  static constexpr double messages_per_batch = 2.0;
  /// Largest share of its time that rank 0 is busy: batches are long enough for that.
  static constexpr double largest_load = 0.5;
  /// Longest batch: longer ones would not make messages noticeably rarer.
  static constexpr double longest_batch_seconds = 0.25;
  /// Longest over shortest batch, if the load of rank 0 asks for batches that are longer than that.
  static constexpr double longest_over_shortest = 5.0;
  /// Largest backlog of a worker that gets a further batch, relative to what is left for each worker.
  static constexpr double largest_backlog = 0.5;
  /// At the end, each worker has work left for as long as this many of the longest open configurations take: then the
  /// shorter ones still fill the gaps behind them.
  static constexpr double longest_at_the_end = 8.0;

  struct OpenSection {
    Section section;  // shrinks from the front
    std::uint64_t open;
  };
  /// An order of the sections of a queue, by position; those before the head are no longer open.
  struct Order {
    std::vector<std::uint32_t> sections;
    std::size_t head = 0;
  };
  /// Sections of one kind: a calibration changes the order between queues only.
  struct Queue {
    ProgramKind kind = 0;
    std::vector<OpenSection> sections;
    Order by_wave;               // the lowest first, of one wave the most expensive
    Order by_seconds;            // the most expensive first, of one cost the lowest wave
    double model_seconds = 0.0;  // sum over all open configurations
  };
  /// A section, with the predicted seconds of one of its configurations; null if there is none.
  struct Choice {
    Queue* queue = nullptr;
    OpenSection* section = nullptr;
    double seconds = 0.0;
  };

  void add(const Section& section) {
    expects(section.seconds > 0.0);
    const std::uint64_t open = ledger_.count_open(section.first, end_of(section));
    if (open == 0) return;
    auto queue = std::ranges::find(queues_, section.kind, &Queue::kind);
    if (queue == queues_.end()) queue = queues_.insert(queue, Queue{section.kind, {}, {}, {}, 0.0});
    queue->model_seconds += section.seconds * static_cast<double>(open);
    if (!queue->sections.empty() && continues(queue->sections.back(), section)) {
      OpenSection& last = queue->sections.back();
      last.section.count += section.count;
      last.open += open;
    } else {
      queue->sections.push_back({section, open});
    }
  }

  /// Whether a section is the next seed of one that is too short for a batch.
  [[nodiscard]] bool continues(const OpenSection& last, const Section& section) const {
    return end_of(last.section) == section.first && last.section.seconds == section.seconds &&
           last.section.wave < section.wave &&
           static_cast<double>(last.open) * last.section.seconds < shortest_batch_seconds();
  }

  static void sort(Queue& queue) {
    const auto ordered_by = [&](auto key_of) {
      Order order;
      order.sections.resize(queue.sections.size());
      std::iota(order.sections.begin(), order.sections.end(), 0U);
      std::ranges::stable_sort(
          order.sections, {}, [&](std::uint32_t i) { return key_of(queue.sections[i].section); });
      return order;
    };
    queue.by_wave = ordered_by([](const Section& s) { return std::pair(s.wave, -s.seconds); });
    queue.by_seconds = ordered_by([](const Section& s) { return std::pair(-s.seconds, s.wave); });
  }

  /// Return the first open section in an order; null if there is none.
  static OpenSection* head_of(Queue& queue, Order& order) {
    while (order.head < order.sections.size() && queue.sections[order.sections[order.head]].open == 0) ++order.head;
    return order.head < order.sections.size() ? &queue.sections[order.sections[order.head]] : nullptr;
  }

  Choice longest_of_lowest_wave() {
    Choice best;
    for (Queue& queue : queues_) {
      OpenSection* const head = head_of(queue, queue.by_wave);
      if (head == nullptr) continue;
      const double seconds = head->section.seconds * calibration_.factor(queue.kind);
      const bool is_better = best.section == nullptr || head->section.wave < best.section->section.wave ||
                             (head->section.wave == best.section->section.wave && seconds > best.seconds);
      if (is_better) best = {&queue, head, seconds};
    }
    return best;
  }

  /// @param limit seconds that a configuration may take
  Choice longest_within(double limit) {
    Choice best;
    for (Queue& queue : queues_) {
      OpenSection* const section = most_expensive(queue, limit);
      if (section == nullptr) continue;
      const double seconds = section->section.seconds * calibration_.factor(queue.kind);
      if (seconds > best.seconds) best = {&queue, section, seconds};
    }
    return best;
  }

  [[nodiscard]] OpenSection* most_expensive(Queue& queue, double limit) const {
    if (head_of(queue, queue.by_seconds) == nullptr) return nullptr;
    const auto& order = queue.by_seconds;
    const auto head = order.sections.begin() + static_cast<std::ptrdiff_t>(order.head);
    const double longest = limit / calibration_.factor(queue.kind);
    const auto affordable = std::partition_point(
        head, order.sections.end(), [&](std::uint32_t i) { return queue.sections[i].section.seconds > longest; });
    const auto found =
        std::find_if(affordable, order.sections.end(), [&](std::uint32_t i) { return queue.sections[i].open > 0; });
    return found == order.sections.end() ? nullptr : &queue.sections[*found];
  }

  [[nodiscard]] bool is_end() {
    const double longest = longest_within(std::numeric_limits<double>::infinity()).seconds;
    return open_seconds() / workers_ <= longest_at_the_end * longest;
  }

  [[nodiscard]] double shortest_batch_seconds() const {
    return workers_ * messages_per_batch * seconds_per_message / largest_load;
  }

  [[nodiscard]] double batch_seconds() const {
    const double shortest = shortest_batch_seconds();
    const double longest = std::max(longest_batch_seconds, longest_over_shortest * shortest);
    return std::clamp(open_seconds() / workers_ / batches_to_come, shortest, longest);
  }

  Assignment take(Queue& queue, OpenSection& from, std::uint64_t limit) {
    const ConfigurationId end = end_of(from.section);
    const Batch batch = ledger_.next_open(from.section.first, end, limit);
    ensures(batch.count > 0);
    ledger_.assign(batch);

    from.section.first = batch[batch.count];
    from.section.count = value(end) - value(from.section.first);
    from.open -= batch.count;
    const double taken = from.section.seconds * static_cast<double>(batch.count);
    queue.model_seconds = std::max(0.0, queue.model_seconds - taken);
    return {batch, queue.kind, from.section.seconds, from.section.seconds * calibration_.factor(queue.kind)};
  }

  static ConfigurationId end_of(const Section& section) {
    return ConfigurationId{value(section.first) + section.count};
  }

  Ledger& ledger_;
  double workers_;
  Calibration calibration_;
  std::vector<Queue> queues_;
};

}  // namespace flatsweep::schedule
