#include "schedule/worker.hpp"

#include "flatsweep/core/contract.hpp"
#include "flatsweep/mpi/backoff.hpp"

namespace flatsweep::schedule {

Worker::Worker(const mpi::Communicator& comm, const Work& work, const StopRequest& stop)
    : comm_(comm),
      reports_(comm),
      stop_(stop),
      runner_(
          work, stop, [this](const Report& report) { send(report); },
          [this] {
            listen();
            return told_to_stop_;
          }) {}

SweepReport Worker::run() {
  for (mpi::Backoff backoff; !over_;) {
    if (listen()) {
      backoff.reset();
    } else if (stopped_) {
      backoff.pause();
    } else if (told_to_stop_ || stop_.requested()) {
      stopped_ = true;
      runner_.flush();
      send({{}, true});
    } else if (!in_hand_.empty()) {
      const Batch batch = in_hand_.front();
      in_hand_.pop_front();
      stopped_ = !runner_.run(batch);
      backoff.reset();
    } else if (!runner_.flush()) {
      backoff.pause();
    }
  }
  reports_.flush();
  comm_.send({}, 0, static_cast<int>(Tag::farewell));
  return *over_;
}

bool Worker::listen() {
  const auto envelope = comm_.try_receive();
  if (!envelope) return false;
  switch (static_cast<Tag>(envelope->tag)) {
    case Tag::batch:
      in_hand_.push_back(decode_batch(envelope->content));
      return true;
    case Tag::stop:
      told_to_stop_ = true;
      return true;
    case Tag::finish:
      over_ = decode_sweep_report(envelope->content);
      return true;
    default:
      ensures(false);  // the other tags go to the controller
      return false;
  }
}

void Worker::send(const Report& report) { reports_.send(encode(report), 0, static_cast<int>(Tag::report)); }

}  // namespace flatsweep::schedule
