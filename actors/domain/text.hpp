#pragma once
// Text from people, before it goes into an event. Pure. What passes here can be stored anywhere: it is valid UTF-8 and
// holds no NUL, which PostgreSQL refuses.

#include "events/errors.hpp"

#include <string>
#include <string_view>

namespace parley::domain {

/// One line to be shown beside others (a name, a title): control characters, line separators, direction overrides and
/// invisible spaces are taken out, so that nobody can imitate or break what stands next to it; then trimmed. May come
/// out empty. errc::invalid when it is not UTF-8 or is longer than `bytes_max`; `what` names it in the sentence.
[[nodiscard]] result<std::string> clean_line(std::string_view text, std::size_t bytes_max, std::string_view what);

/// At most `bytes_max` bytes of a cleaned line, cut between characters; empty when it is not UTF-8. For what nobody
/// should be refused for, as a User-Agent.
[[nodiscard]] std::string clipped_line(std::string_view text, std::size_t bytes_max);

/// True when `text` is an identifier: 1 to `bytes_max` bytes of UTF-8 without control characters.
[[nodiscard]] bool is_identifier(std::string_view text, std::size_t bytes_max);

} // namespace parley::domain
