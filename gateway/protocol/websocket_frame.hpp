#pragma once
// The bytes of a server's WebSocket frame (RFC 6455 section 5.2): never masked, never fragmented, so one framed buffer
// serves every member of a topic. Pure.

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::gateway {

/// Appends one whole text frame.
void append_text_frame(std::string& out, std::string_view payload);

} // namespace parley::gateway
