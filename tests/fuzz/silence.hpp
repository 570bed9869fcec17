#pragma once

#include <iostream>
#include <sstream>

namespace flatsweep::fuzz {

/// While it lives, what is printed on stdout and stderr through the standard streams is kept here.
class Silence {
 public:
  Silence() : out_(std::cout.rdbuf(&printed_)), error_(std::cerr.rdbuf(&printed_)) {}
  ~Silence() {
    std::cout.rdbuf(out_);
    std::cerr.rdbuf(error_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

  /// What was printed since the last time.
  std::string take() {
    std::string text = printed_.str();
    printed_.str({});
    return text;
  }

 private:
  std::stringbuf printed_;
  std::streambuf* out_;
  std::streambuf* error_;
};

}  // namespace flatsweep::fuzz
