#include "flatsweep/mpi/outbox.hpp"

#include <deque>
#include <utility>

#include "flatsweep/core/contract.hpp"
#include "mpi/requests.hpp"

namespace flatsweep::mpi {

struct Outbox::Implementation {
  struct Message {
    std::vector<std::byte> content;
    MPI_Request request;
  };

  int size;
  std::deque<Message> on_their_way;
};

Outbox::Outbox(const Communicator& comm)
    : implementation_(std::make_unique<Implementation>(Implementation{comm.size(), {}})) {}

Outbox::~Outbox() = default;

void Outbox::send(std::vector<std::byte> content, int destination, int tag) {
  constexpr std::size_t most = 8;
  expects(destination >= 0 && destination < implementation_->size && tag >= 0);
  auto& messages = implementation_->on_their_way;
  while (!messages.empty() && is_complete(messages.front().request)) messages.pop_front();
  if (messages.size() == most) {
    complete(messages.front().request);
    messages.pop_front();
  }
  messages.push_back({std::move(content), MPI_REQUEST_NULL});
  messages.back().request = start_sending(messages.back().content, destination, tag);
}

void Outbox::flush() {
  auto& messages = implementation_->on_their_way;
  for (; !messages.empty(); messages.pop_front()) complete(messages.front().request);
}

}  // namespace flatsweep::mpi
