#include "commands/agreement.hpp"

#include <unistd.h>

#include <array>
#include <exception>
#include <map>
#include <vector>

#include "cli.hpp"
#include "flatsweep/mpi/environment.hpp"

namespace flatsweep::cli {
namespace {

using Bytes = std::vector<std::byte>;

constexpr int gather_tag = 1;

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(const std::string& text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

int on_all_ranks(const std::function<int(const mpi::Communicator&)>& command) {
  int no_arguments = 0;
  char** none = nullptr;
  const mpi::Environment environment(no_arguments, none);
  const auto comm = mpi::Communicator::world();
  try {
    return command(comm);
  } catch (const Dismissed& dismissed) {
    return dismissed.exit_code;
  } catch (...) {
    const ExitCode code = explain(std::current_exception());
    if (code == internal_error && comm.size() > 1) mpi::abort(code);
    return code;
  }
}

std::string on_root(const mpi::Communicator& comm, const std::function<std::string()>& step) {
  std::exception_ptr trouble;
  Bytes message;  // an exit code, then the text
  if (comm.is_root()) {
    std::string text;
    try {
      text = step();
    } catch (...) {
      trouble = std::current_exception();
    }
    message = bytes_of(static_cast<char>(exit_code_of(trouble)) + text);
  }
  comm.broadcast(message, 0);
  if (trouble) std::rethrow_exception(trouble);
  if (const auto exit_code = static_cast<int>(message.front()); exit_code != everything_done)
    throw Dismissed{exit_code};
  return text_of(message).substr(1);
}

std::vector<std::string> gather(const mpi::Communicator& comm, const std::string& text) {
  if (!comm.is_root()) {
    comm.send(bytes_of(text), 0, gather_tag);
    return {};
  }
  std::vector<std::string> texts(static_cast<std::size_t>(comm.size()));
  texts[0] = text;
  for (int other = 1; other < comm.size(); ++other) {
    const mpi::Envelope envelope = comm.receive();
    texts[static_cast<std::size_t>(envelope.source)] = text_of(envelope.content);
  }
  return texts;
}

std::string hosts_of(const mpi::Communicator& comm) {
  std::map<std::string, int> ranks;
  for (const std::string& host : gather(comm, host_name())) ++ranks[host];
  std::string hosts;
  for (const auto& [host, count] : ranks)
    hosts += (hosts.empty() ? "" : " ") + host + "*" + std::to_string(count);
  return hosts;
}

}  // namespace flatsweep::cli
