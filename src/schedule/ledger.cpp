#include "flatsweep/schedule/ledger.hpp"

#include <algorithm>
#include <utility>

#include "flatsweep/core/error.hpp"

namespace flatsweep::schedule {
namespace {

constexpr std::uint8_t status_bits = 0x07;
constexpr std::uint8_t excluded_bit = 0x40;
constexpr std::uint8_t in_flight_bit = 0x80;
static_assert(status_names.size() <= status_bits + 1);

constexpr Status in_flight_entry{in_flight_bit};  // pending, assigned to a worker

constexpr std::uint8_t bits(Status entry) { return static_cast<std::uint8_t>(entry); }

}  // namespace

Ledger::Ledger(std::vector<Status> statuses) : entries_(std::move(statuses)) {
  for (const Status status : entries_) {
    expects(bits(status) < counts_.size());
    ++counts_[bits(status)];
  }
}

Status Ledger::entry(ConfigurationId id) const {
  expects(value(id) < size());
  return entries_[value(id)];
}

Status& Ledger::entry(ConfigurationId id) {
  expects(value(id) < size());
  return entries_[value(id)];
}

Status Ledger::status(ConfigurationId id) const {
  return Status{static_cast<std::uint8_t>(bits(entry(id)) & status_bits)};
}

void Ledger::exclude(ConfigurationId id) {
  Status& row = entry(id);
  expects((bits(row) & in_flight_bit) == 0);
  if (bits(row) & excluded_bit) return;
  --counts_[bits(row)];
  ++excluded_;
  row = Status{static_cast<std::uint8_t>(bits(row) | excluded_bit)};
}

void Ledger::assign(const Batch& batch) {
  expects(count_open(batch.first, batch[batch.count]) == batch.count);
  for (std::uint64_t i = 0; i < batch.count; ++i) entry(batch[i]) = in_flight_entry;
  in_flight_ += batch.count;
}

void Ledger::complete(ConfigurationId id, Status status) {
  expects(status != Status::pending);
  release(id);
  entry(id) = status;
  --counts_[bits(Status::pending)];
  ++counts_[bits(status)];
}

void Ledger::release(ConfigurationId id) {
  Status& row = entry(id);
  expects(row == in_flight_entry);
  row = Status::pending;
  --in_flight_;
}

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

}  // namespace flatsweep::schedule
