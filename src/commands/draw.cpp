#include "commands/draw.hpp"

#include "flatsweep/core/contract.hpp"

namespace flatsweep::cli {

bool Draw::next() {
  expects(left_ > 0);
  const bool drawn = random_() % left_-- < wanted_;
  if (drawn) --wanted_;
  return drawn;
}

}  // namespace flatsweep::cli
