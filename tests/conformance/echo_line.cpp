#include "tests/conformance/echo_line.hpp"

#include "events/json_writer.hpp"

namespace parley::conformance {

void echo_line::received(std::string_view message, bool binary) {
  // Whoever speaks for us to users reads JSON, and that is where their text is checked.
  if (!binary && !is_utf8(message)) return line_->close(gateway::close_code::bad_data, "text must be UTF-8");
  line_->send(message, binary);
}

} // namespace parley::conformance
