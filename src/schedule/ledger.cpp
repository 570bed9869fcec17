#include "flatsweep/schedule/ledger.hpp"

#include <algorithm>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::schedule {
namespace {

constexpr std::uint8_t status_bits = 0x07;
constexpr std::uint8_t excluded_bit = 0x40;
constexpr std::uint8_t in_flight_bit = 0x80;
static_assert(status_names.size() <= status_bits + 1);

}  // namespace

Ledger::Ledger(std::vector<std::uint8_t> statuses) : entries_(std::move(statuses)) {
  for (const std::uint8_t status : entries_) {
    expects(status < counts_.size());
    ++counts_[status];
  }
}

std::uint8_t Ledger::entry(ConfigurationId id) const {
  expects(value(id) < size());
  return entries_[value(id)];
}

std::uint8_t& Ledger::entry(ConfigurationId id) {
  expects(value(id) < size());
  return entries_[value(id)];
}

Status Ledger::status(ConfigurationId id) const {
  return Status{static_cast<std::uint8_t>(entry(id) & status_bits)};
}

void Ledger::exclude(ConfigurationId id) {
  std::uint8_t& row = entry(id);
  expects((row & in_flight_bit) == 0);
  if (row & excluded_bit) return;
  --counts_[row & status_bits];
  ++excluded_;
  row |= excluded_bit;
}

void Ledger::hand_out(const Batch& batch) {
  expects(count_open(batch.first, batch[batch.count]) == batch.count);
  for (std::uint64_t i = 0; i < batch.count; ++i) entry(batch[i]) = in_flight_bit;
  in_flight_ += batch.count;
}

void Ledger::settle(ConfigurationId id, Status status) {
  expects(status != Status::pending);
  take_back(id);
  entry(id) = static_cast<std::uint8_t>(status);
  --counts_[static_cast<std::size_t>(Status::pending)];
  ++counts_[static_cast<std::size_t>(status)];
}

void Ledger::take_back(ConfigurationId id) {
  std::uint8_t& row = entry(id);
  expects(row == in_flight_bit);
  row = 0;
  --in_flight_;
}

Batch Ledger::next_open(ConfigurationId first, ConfigurationId end, std::uint64_t limit) const {
  expects(value(first) <= value(end) && value(end) <= size());
  const std::uint8_t* const stop = entries_.data() + value(end);
  const std::uint8_t* const start = std::find(entries_.data() + value(first), stop, 0);
  const auto longest = std::min<std::uint64_t>(limit, static_cast<std::uint64_t>(stop - start));
  const std::uint8_t* const last =
      std::find_if(start, start + longest, [](std::uint8_t row) { return row != 0; });
  return {ConfigurationId{static_cast<std::uint64_t>(start - entries_.data())},
          static_cast<std::uint64_t>(last - start)};
}

std::uint64_t Ledger::count_open(ConfigurationId first, ConfigurationId end) const {
  expects(value(first) <= value(end) && value(end) <= size());
  return static_cast<std::uint64_t>(
      std::count(entries_.data() + value(first), entries_.data() + value(end), 0));
}

}  // namespace flatsweep::schedule
