#pragma once
// E-mail addresses as people type them: a small sane grammar, not RFC 5322's. Pure.

#include "events/errors.hpp"

#include <string>
#include <string_view>

namespace parley::gateway {

/// Trimmed and in lower case; errc::invalid_email for what can be no address: not exactly one @, no dot within the
/// domain, white space, control characters, more than 254 bytes (RFC 5321 section 4.5.3.1.3), not UTF-8.
[[nodiscard]] result<std::string> normalised_email(std::string_view typed);

} // namespace parley::gateway
