#include "flatsweep/schedule/ledger.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "flatsweep/core/error.hpp"

namespace flatsweep::schedule {
namespace {

constexpr std::uint8_t status_bits = 0x07;
constexpr std::uint8_t excluded_bit = 0x08;
constexpr Status in_flight_entry{0x10};  // pending, assigned to a worker
static_assert(status_names.size() <= status_bits + 1);

constexpr std::uint8_t bits(Status entry) { return static_cast<std::uint8_t>(entry); }

}  // namespace

Ledger::Ledger(std::vector<Status> statuses) : entries_(std::move(statuses)) {
  for (const Status status : entries_) {
    expects(bits(status) < status_names.size());
    ++counts_[bits(status)];
  }
}

Status Ledger::entry(ConfigurationId id) const {
  expects(value(id) < size());
  return entries_[value(id)];
}

void Ledger::change(ConfigurationId id, Status from, Status to) {
  expects(entry(id) == from);
  --counts_[bits(from)];
  ++counts_[bits(to)];
  entries_[value(id)] = to;
}

Status Ledger::status(ConfigurationId id) const {
  return Status{static_cast<std::uint8_t>(bits(entry(id)) & status_bits)};
}

void Ledger::exclude(ConfigurationId id) {
  const Status present = entry(id);
  expects(present != in_flight_entry);
  change(id, present, Status{static_cast<std::uint8_t>(bits(present) | excluded_bit)});
}

void Ledger::assign(const Batch& batch) {
  expects(count_open(batch.first, batch[batch.count]) == batch.count);
  for (std::uint64_t i = 0; i < batch.count; ++i) change(batch[i], Status::pending, in_flight_entry);
}

void Ledger::complete(ConfigurationId id, Status status) {
  expects(status != Status::pending);
  change(id, in_flight_entry, status);
}

void Ledger::release(ConfigurationId id) { change(id, in_flight_entry, Status::pending); }

Batch Ledger::next_open(ConfigurationId first, ConfigurationId end, std::uint64_t limit) const {
  expects(value(first) <= value(end) && value(end) <= size());
  const Status* const stop = entries_.data() + value(end);
  const Status* const start = std::find(entries_.data() + value(first), stop, Status::pending);
  const auto longest = std::min<std::uint64_t>(limit, static_cast<std::uint64_t>(stop - start));
  const Status* const last = std::find_if(start, start + longest, [](Status row) { return row != Status::pending; });
  return {ConfigurationId{static_cast<std::uint64_t>(start - entries_.data())},
          static_cast<std::uint64_t>(last - start)};
}

std::uint64_t Ledger::count_open(ConfigurationId first, ConfigurationId end) const {
  expects(value(first) <= value(end) && value(end) <= size());
  return static_cast<std::uint64_t>(
      std::count(entries_.data() + value(first), entries_.data() + value(end), Status::pending));
}

std::uint64_t Ledger::included() const {
  const auto excluded = counts_.begin() + excluded_bit;
  return size() - std::accumulate(excluded, excluded + status_names.size(), std::uint64_t{0});
}

std::uint64_t Ledger::count(Status status) const {
  return counts_[bits(status)] + (status == Status::pending ? in_flight() : 0);
}

std::uint64_t Ledger::in_flight() const { return counts_[bits(in_flight_entry)]; }

}  // namespace flatsweep::schedule
