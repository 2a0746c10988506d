#pragma once
// Entity tags and conditional requests (RFC 9110 sections 8.8.3 and 13.1). A tag is the stream's version in quotes.
// Pure.

#include "gateway/rest/exchange.hpp"

#include "events/ids.hpp"

#include <optional>
#include <string>

namespace parley::gateway {

[[nodiscard]] std::string etag_of(version v);

/// The version an update is conditioned on; nullopt without If-Match and for `*` (what does not exist is refused by its
/// entity). A tag that cannot be ours, a weak one too, is errc::precondition_failed; more than one, errc::malformed.
[[nodiscard]] result<std::optional<version>> read_if_match(const http_request& request);

/// True when If-None-Match names what the client has already: then the answer is 304. Compares weakly.
[[nodiscard]] bool has_it_already(const http_request& request, version v);
[[nodiscard]] bool has_it_already(const http_request& request, std::string_view tag);

} // namespace parley::gateway
