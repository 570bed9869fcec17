#include "flatsweep/job/axis.hpp"

namespace flatsweep::job {

std::size_t Axis::size() const {
  return std::visit([](const auto& list) { return list.size(); }, values);
}

}  // namespace flatsweep::job
