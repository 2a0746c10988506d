#pragma once
// `rest` of a profile: their routes, and which of ours each one is. What is asked goes on to our router under our name,
// with the rights of whoever asks; nothing here answers in its place but rules that hold the whole answer. Immutable
// and pure.

#include "events/errors.hpp"
#include "gateway/profiles/rule_reading.hpp"
#include "gateway/rest/exchange.hpp"

namespace parley::gateway {

/// A path with holes: `/threads/:id/messages`.
class path_pattern {
public:
  static constexpr std::size_t bytes_max = 256;

  [[nodiscard]] static checked<path_pattern> parse(std::string_view text, std::size_t line);
  /// What stands in the holes, when the path fits; one trailing slash is ignored.
  [[nodiscard]] std::optional<text_pairs> match(std::string_view path) const;
  /// The path with the holes filled. Each hole's name must be in `captured`.
  [[nodiscard]] std::string filled(const text_pairs& captured) const;
  [[nodiscard]] const std::vector<std::string>& segments() const noexcept { return segments_; }
  [[nodiscard]] static bool is_hole(std::string_view segment) noexcept { return segment.starts_with(':'); }

private:
  std::vector<std::string> segments_;
};

struct rest_rule {
  struct parameter {
    std::string name;
    json_template value;
  };

  std::string method, to_method; ///< theirs and ours
  path_pattern from;
  std::optional<path_pattern> to; ///< none: answered at once
  std::string from_text, to_text; ///< the paths as written
  std::vector<parameter> query;
  std::optional<json_template> body, answer, refusal;
  int status = 0; ///< of a success; 0: ours
};

/// A request under way, and what its answer is made with. Refers into the profile.
struct mapped_request {
  const rest_rule* rule = nullptr; ///< none: the request is none of the profile's
  text_pairs path, query;          ///< as they stood in the foreign request
  /// Set when the rule holds the answer: nothing goes to the router.
  std::optional<http_response> at_once{};
  /// Of a preflight (OPTIONS) for a mapped route: their methods of this path, which the answer has to allow.
  std::vector<std::string_view> methods{};
};

class rest_rules {
public:
  [[nodiscard]] static checked<rest_rules> compile(const located_json& from, rule_reading& reading);

  /// See profile::map_request and profile::map_response.
  [[nodiscard]] result<mapped_request> apply(http_request& request) const;
  static void apply(const mapped_request& to, http_response& response);

  [[nodiscard]] const std::vector<rest_rule>& all() const noexcept { return rules_; }

private:
  std::vector<rest_rule> rules_;
};

} // namespace parley::gateway
