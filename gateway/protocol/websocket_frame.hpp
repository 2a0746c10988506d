#pragma once
// The bytes of a server's WebSocket frame (RFC 6455 section 5.2): never masked, never fragmented, so one framed buffer
// serves every member of a topic. Pure.

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::gateway {

/// Append one whole frame.
void append_text_frame(std::string& out, std::string_view payload);
void append_binary_frame(std::string& out, std::string_view payload);
/// Appends what stands before the `size` bytes of a text frame's payload, for who appends those itself.
void append_text_header(std::string& out, std::size_t size);

} // namespace parley::gateway
