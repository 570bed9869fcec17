#include "schedule/dispatcher.hpp"

#include "flatsweep/mpi/backoff.hpp"

namespace flatsweep::schedule {

Dispatcher::Dispatcher(const mpi::Communicator& comm, Controller& controller, const StopRequest& stop)
    : comm_(comm),
      controller_(controller),
      stop_(stop),
      workers_(static_cast<std::size_t>(comm.size()) - 1) {}

SweepReport Dispatcher::run() {
  if (stop_.requested()) controller_.request_stop();
  hand_out_in_turns();
  for (mpi::Backoff backoff; !controller_.idle();) {
    listen() ? backoff.reset() : backoff.pause();
    pass_on_stop();
    controller_.show_progress();
  }
  dismiss();
  return controller_.report();
}

void Dispatcher::hand_out_in_turns() {
  for (bool anything = true; anything;) {
    anything = false;
    for (std::size_t worker = 0; worker < workers_; ++worker) anything |= hand_out(worker);
  }
}

bool Dispatcher::hand_out(std::size_t worker) {
  const auto batch = controller_.assign(worker);
  if (batch) send(encode(*batch), worker, Tag::batch);
  return batch.has_value();
}

bool Dispatcher::listen() {
  const auto envelope = comm_.try_receive();
  if (!envelope) return false;
  const auto worker = static_cast<std::size_t>(envelope->source) - 1;
  controller_.accept(worker, decode_report(envelope->content));
  for (bool more = true; more;) more = hand_out(worker);
  return true;
}

void Dispatcher::pass_on_stop() {
  if (stop_.requested()) controller_.request_stop();
  if (!controller_.stopping() || told_to_stop_) return;
  send_all({}, Tag::stop);
  told_to_stop_ = true;
}

void Dispatcher::dismiss() {
  send_all(encode(controller_.report()), Tag::finish);
  for (std::size_t left = workers_; left > 0;) {
    const mpi::Envelope envelope = comm_.receive();
    if (static_cast<Tag>(envelope.tag) == Tag::farewell) --left;
  }
}

void Dispatcher::send(const Bytes& content, std::size_t worker, Tag tag) const {
  comm_.send(content, static_cast<int>(worker) + 1, static_cast<int>(tag));
}

void Dispatcher::send_all(const Bytes& content, Tag tag) const {
  for (std::size_t worker = 0; worker < workers_; ++worker) send(content, worker, tag);
}

}  // namespace flatsweep::schedule
