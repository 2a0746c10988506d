#pragma once
// `?limit=` and `?cursor=` of lists, and the Link to the next page (RFC 8288). Pure.

#include "gateway/rest/exchange.hpp"
#include "projections/reads/read_models.hpp"

namespace parley::gateway {

/// errc::invalid naming the parameter.
[[nodiscard]] result<page_request> read_page(const http_request& request);

/// `<path?…&cursor=next>; rel="next"`, everything of the request percent-encoded.
[[nodiscard]] std::string next_link(const http_request& request, std::string_view next);

} // namespace parley::gateway
