#include "schedule/policy.hpp"

#include <algorithm>

#include "flatsweep/core/error.hpp"

namespace flatsweep::schedule {
namespace {

/// Batches that each worker is still to get when one is assigned: the last ones are short, and end together.
constexpr double batches_to_come = 4.0;
/// Rank 0 takes about 50 us for a message, ...
constexpr double seconds_per_message = 50e-6;
/// ... a batch costs an assignment and a report, ...
constexpr double messages_per_batch = 2.0;
/// ... and batches are long enough that rank 0 is busy for at most this share of its time.
constexpr double largest_load = 0.5;
/// Longer batches would not make messages noticeably rarer.
constexpr double longest_batch_seconds = 0.25;
/// If the load of rank 0 asks for longer batches than that: how much they may vary.
constexpr double longest_over_shortest = 5.0;
/// Largest backlog of a worker that gets a further batch, relative to what is left for each worker.
constexpr double largest_backlog = 0.5;

ConfigurationId end_of(const Section& section) { return ConfigurationId{value(section.first) + section.count}; }

}  // namespace

Policy::Policy(Ledger& ledger, const std::vector<Section>& sections, std::uint64_t workers)
    : ledger_(ledger), workers_(static_cast<double>(workers)) {
  expects(workers > 0);
  for (const Section& section : sections) {
    expects(section.seconds > 0.0);
    const std::uint64_t open = ledger.count_open(section.first, end_of(section));
    if (open == 0) continue;
    auto queue = std::ranges::find(queues_, section.kind, &Queue::kind);
    if (queue == queues_.end()) queue = queues_.insert(queue, Queue{section.kind, {}, 0, 0.0});
    queue->sections.push_back({section, open});
    queue->model_seconds += section.seconds * static_cast<double>(open);
  }
  for (Queue& queue : queues_)
    std::ranges::stable_sort(queue.sections, std::greater{}, [](const OpenSection& s) { return s.section.seconds; });
}

std::optional<Assignment> Policy::next(double backlog_seconds, double seconds_left) {
  Queue* queue = nullptr;
  OpenSection* section = nullptr;
  double seconds = 0.0;
  for (Queue& candidate : queues_) {
    OpenSection* const head = most_expensive(candidate, seconds_left);
    if (head == nullptr) continue;
    const double head_seconds = head->section.seconds * calibration_.factor(candidate.kind);
    if (head_seconds > seconds) {
      queue = &candidate;
      section = head;
      seconds = head_seconds;
    }
  }
  if (section == nullptr) return std::nullopt;

  const double longest = std::min(batch_seconds(), seconds_left);
  const double count = std::clamp(longest / seconds, 1.0, static_cast<double>(largest_batch));
  const bool has_backlog = backlog_seconds > 0.0;
  const double in_flight = backlog_seconds + count * seconds;
  if (has_backlog && in_flight > largest_backlog * open_seconds() / workers_) return std::nullopt;
  return take(*queue, *section, static_cast<std::uint64_t>(count));
}

double Policy::open_seconds() const {
  double sum = 0.0;
  for (const Queue& queue : queues_) sum += queue.model_seconds * calibration_.factor(queue.kind);
  return sum;
}

double Policy::batch_seconds() const {
  const double shortest = workers_ * messages_per_batch * seconds_per_message / largest_load;
  const double longest = std::max(longest_batch_seconds, longest_over_shortest * shortest);
  return std::clamp(open_seconds() / workers_ / batches_to_come, shortest, longest);
}

Policy::OpenSection* Policy::most_expensive(Queue& queue, double seconds_left) const {
  auto& sections = queue.sections;
  while (queue.head < sections.size() && sections[queue.head].open == 0) ++queue.head;
  const auto head = sections.begin() + static_cast<std::ptrdiff_t>(queue.head);
  const double longest = seconds_left / calibration_.factor(queue.kind);
  const auto affordable = std::partition_point(
      head, sections.end(), [&](const OpenSection& s) { return s.section.seconds > longest; });
  const auto found = std::find_if(affordable, sections.end(), [](const OpenSection& s) { return s.open > 0; });
  return found == sections.end() ? nullptr : &*found;
}

Assignment Policy::take(Queue& queue, OpenSection& from, std::uint64_t limit) {
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

}  // namespace flatsweep::schedule
