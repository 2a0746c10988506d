#include "tests/conformance/echo_rider.hpp"

namespace parley::conformance {

void echo_rider::received(std::string_view message, bool binary) { session_->send(message, binary); }

} // namespace parley::conformance
