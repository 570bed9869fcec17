#pragma once

#include <string>

namespace flatsweep::cli {

/// What `flatsweep doctor` has to say of one part of the stack.
struct Finding {
  enum class Verdict { good, note, wrong };

  Verdict verdict;
  std::string subject;
  std::string text;  // what is the case; where it is wrong, also what to do
};

}  // namespace flatsweep::cli
