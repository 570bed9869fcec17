#include "flatsweep/schedule/distribute.hpp"

#include <algorithm>
#include <deque>

#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/mpi/packing.hpp"
#include "schedule/batch_runner.hpp"
#include "schedule/controller.hpp"

namespace flatsweep::schedule {
namespace {

/// The messages of rank 0: sends the controller's decisions to the workers and their reports to it.
class Dispatcher {
 public:
  Dispatcher(const mpi::Communicator& comm, Controller& controller, const StopRequest& stop)
      : comm_(comm), controller_(controller), stop_(stop), workers_(static_cast<std::size_t>(comm.size()) - 1) {}

  Ending run() {
    if (stop_.requested()) controller_.request_stop();
    assign_in_turns();
    for (mpi::Backoff backoff; !controller_.idle();) {
      receive_report() ? backoff.reset() : backoff.pause();
      forward_stop();
      controller_.show_progress();
    }
    shut_down();
    return controller_.ending();
  }

 private:
  void assign_in_turns() {
    for (bool anything = true; anything;) {
      anything = false;
      for (std::size_t worker = 0; worker < workers_; ++worker) anything |= assign(worker);
    }
  }

  bool assign(std::size_t worker) {
    const auto batch = controller_.assign(worker);
    if (batch) send(mpi::pack(*batch), worker, Tag::batch);
    return batch.has_value();
  }

  /// @return whether there was a report
  bool receive_report() {
    const auto envelope = comm_.try_receive();
    if (!envelope) return false;
    const auto worker = static_cast<std::size_t>(envelope->source) - 1;
    controller_.accept(worker, mpi::unpack<Report>(envelope->content));
    while (assign(worker)) {
    }
    return true;
  }

  void forward_stop() {
    if (stop_.requested()) controller_.request_stop();
    if (!controller_.stopping() || stop_sent_) return;
    send_all({}, Tag::stop);
    stop_sent_ = true;
  }

  void shut_down() {
    send_all(mpi::pack(controller_.ending()), Tag::shutdown);
    for (std::size_t left = workers_; left > 0;) {
      const mpi::Envelope envelope = comm_.receive();
      if (static_cast<Tag>(envelope.tag) == Tag::acknowledgement) --left;
    }
  }

  void send(const mpi::Bytes& content, std::size_t worker, Tag tag) const {
    comm_.send(content, static_cast<int>(worker) + 1, static_cast<int>(tag));
  }

  void send_all(const mpi::Bytes& content, Tag tag) const {
    for (std::size_t worker = 0; worker < workers_; ++worker) send(content, worker, tag);
  }

  const mpi::Communicator& comm_;
  Controller& controller_;
  const StopRequest& stop_;
  std::size_t workers_;
  bool stop_sent_ = false;
};

/// A rank other than 0: performs the batches that it receives until the controller shuts it down.
class Worker {
 public:
  Worker(const mpi::Communicator& comm, const Work& work, const StopRequest& stop)
      : comm_(comm),
        reports_(comm),
        stop_(stop),
        runner_(
            work, stop, [this](const Report& report) { send(report); },
            [this] {
              receive();
              return stop_received_;
            }) {}

  Ending run() {
    for (mpi::Backoff backoff; !ending_;) {
      if (receive()) {
        backoff.reset();
      } else if (stopped_) {
        backoff.pause();
      } else if (stop_received_ || stop_.requested()) {
        stopped_ = true;
        runner_.report();
        send({{}, true});
      } else if (!batches_.empty()) {
        const Batch batch = batches_.front();
        batches_.pop_front();
        stopped_ = !runner_.run(batch);
        backoff.reset();
      } else if (!runner_.report()) {
        backoff.pause();
      }
    }
    reports_.flush();
    comm_.send({}, 0, static_cast<int>(Tag::acknowledgement));
    return *ending_;
  }

 private:
  /// @return whether there was a message
  bool receive() {
    const auto envelope = comm_.try_receive();
    if (!envelope) return false;
    const Tag tag{envelope->tag};
    ensures(tag == Tag::batch || tag == Tag::stop || tag == Tag::shutdown);  // the other tags go to the controller
    if (tag == Tag::batch) batches_.push_back(mpi::unpack<Batch>(envelope->content));
    if (tag == Tag::stop) stop_received_ = true;
    if (tag == Tag::shutdown) ending_ = mpi::unpack<Ending>(envelope->content);
    return true;
  }

  void send(const Report& report) { reports_.send(mpi::pack(report), 0, static_cast<int>(Tag::report)); }

  const mpi::Communicator& comm_;
  mpi::Outbox reports_;
  const StopRequest& stop_;
  BatchRunner runner_;
  std::deque<Batch> batches_;
  bool stop_received_ = false;
  bool stopped_ = false;  // for good, and reported: batches that are here or still arrive are dropped
  std::optional<Ending> ending_;
};

Ending run_alone(Controller& controller, const Work& work, const StopRequest& stop) {
  const auto accept = [&controller](const Report& report) {
    controller.accept(0, report);
    controller.show_progress();
  };
  BatchRunner runner(work, stop, accept, [] { return false; });
  for (bool busy = true; busy;) {
    const auto batch = controller.assign(0);
    busy = batch ? (runner.run(*batch), true) : runner.report();
  }
  return controller.ending();
}

}  // namespace

Ending distribute(const mpi::Communicator& comm, Ledger& ledger, const std::vector<Section>& sections, const Work& work,
                  const ProgressSink& progress, const StopRequest& stop,
                  std::optional<StopRequest::Clock::time_point> deadline) {
  Ending ending;
  if (comm.is_root()) {
    const auto workers = static_cast<std::size_t>(std::max(1, comm.size() - 1));
    Controller controller(ledger, sections, workers, work.finished, progress, deadline);
    controller.show_progress();
    ending = comm.size() == 1 ? run_alone(controller, work, stop) : Dispatcher(comm, controller, stop).run();
    controller.end_progress();
  } else {
    ending = Worker(comm, work, stop).run();
  }
  comm.barrier();
  return ending;
}

}  // namespace flatsweep::schedule
