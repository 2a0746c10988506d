#pragma once
// What is fuzzed: each takes any bytes and stops the process when a promise does not hold.

#include <string_view>

namespace parley::fuzz {

/// Any frame is refused with a client's error or understood within the codec's bounds.
void native_codec(std::string_view bytes);
/// Any frame that is understood is refused with a client's error or becomes a request within the domain's bounds, to a
/// place with a well-formed id; and what it relays is JSON.
void vocabulary(std::string_view bytes);
/// Any message of Engine.IO, Socket.IO or PeerJS, any payload of polling and any offset is refused with a client's
/// error or understood within the codecs' bounds; what is understood is written and read again as the same.
void framings(std::string_view bytes);
/// `bytes`: a profile, and after a line with `--` alone a message or body. Any text is refused with a line and a
/// sentence, or is a profile; what it makes of any message, push, answer and request is JSON within the bounds. Without
/// that line the shipped profiles are given the message.
void profiles(std::string_view bytes);

} // namespace parley::fuzz
