#include "schedule/message.hpp"

#include <cstring>
#include <string_view>
#include <type_traits>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::schedule {
namespace {

// Ranks of one run share one build, so numbers travel as they lie in memory.
template <typename T>
void put(Bytes& bytes, const T& number) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto* const begin = reinterpret_cast<const std::byte*>(&number);
  bytes.insert(bytes.end(), begin, begin + sizeof(T));
}

void put(Bytes& bytes, std::string_view text) {
  put(bytes, static_cast<std::uint32_t>(text.size()));
  const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
  bytes.insert(bytes.end(), begin, begin + text.size());
}

class Reader {
 public:
  explicit Reader(std::span<const std::byte> content) : content_(content) {}

  template <typename T>
  T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T number;
    std::memcpy(&number, take(sizeof(T)).data(), sizeof(T));
    return number;
  }

  std::string text() {
    const auto bytes = take(get<std::uint32_t>());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  void end() const { ensures(content_.empty()); }

 private:
  std::span<const std::byte> take(std::size_t bytes) {
    expects(bytes <= content_.size());
    const auto taken = content_.first(bytes);
    content_ = content_.subspan(bytes);
    return taken;
  }

  std::span<const std::byte> content_;
};

}  // namespace

Bytes encode(const Report& report) {
  Bytes bytes;
  bytes.reserve(64 + 32 * report.finished.size());
  put(bytes, report.stopped);
  put(bytes, static_cast<std::uint32_t>(report.finished.size()));
  for (const Finished& finished : report.finished) {
    put(bytes, finished.id);
    put(bytes, finished.status);
    put(bytes, finished.seconds);
    put(bytes, std::string_view(finished.message));
  }
  return bytes;
}

Bytes encode(const Batch& batch) {
  Bytes bytes;
  put(bytes, batch.first);
  put(bytes, batch.count);
  return bytes;
}

Bytes encode(const SweepReport& report) {
  Bytes bytes;
  put(bytes, report.stopped_early);
  put(bytes, report.performed);
  return bytes;
}

Report decode_report(std::span<const std::byte> content) {
  Reader reader(content);
  Report report;
  report.stopped = reader.get<bool>();
  report.finished.resize(reader.get<std::uint32_t>());
  for (Finished& finished : report.finished) {
    finished.id = reader.get<ConfigurationId>();
    finished.status = reader.get<Status>();
    finished.seconds = reader.get<double>();
    finished.message = reader.text();
  }
  reader.end();
  return report;
}

Batch decode_batch(std::span<const std::byte> content) {
  Reader reader(content);
  Batch batch;
  batch.first = reader.get<ConfigurationId>();
  batch.count = reader.get<std::uint64_t>();
  reader.end();
  return batch;
}

SweepReport decode_sweep_report(std::span<const std::byte> content) {
  Reader reader(content);
  SweepReport report;
  report.stopped_early = reader.get<bool>();
  report.performed = reader.get<std::uint64_t>();
  reader.end();
  return report;
}

}  // namespace flatsweep::schedule
