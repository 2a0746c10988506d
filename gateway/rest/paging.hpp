#pragma once
// `?limit=`, `?cursor=` and the filters of lists, and the Link to the next page (RFC 8288). Pure.

#include "events/errors.hpp"
#include "gateway/rest/exchange.hpp"
#include "gateway/rest/ids_in_paths.hpp"
#include "projections/reads/read_models.hpp"

namespace parley::gateway {

/// errc::invalid naming the parameter.
[[nodiscard]] result<page_request> read_page(const http_request& request);

/// Reads a list's filters and remembers the first that is wrong (errc::invalid, which names it), so that a handler
/// reads them all and looks once. One that is not given is empty.
class filters {
public:
  /// `request` must outlive this.
  explicit filters(const http_request& request)
    : request_{request} {}

  /// One line of text.
  [[nodiscard]] std::string text(std::string_view name, std::size_t bytes_max);
  [[nodiscard]] std::string id(std::string_view name) { return text(name, id_bytes_max); }

  /// The first that was wrong.
  [[nodiscard]] const std::optional<error>& refusal() const noexcept { return refusal_; }

private:
  const http_request& request_;
  std::optional<error> refusal_;
};

/// `<path?…&cursor=next>; rel="next"`, everything of the request percent-encoded.
[[nodiscard]] std::string next_link(const http_request& request, std::string_view next);

} // namespace parley::gateway
