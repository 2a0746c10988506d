#include "gateway/net/request_target.hpp"

#include "events/json_writer.hpp"

#include <charconv>
#include <optional>

namespace parley::gateway {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      unsigned value = 0;
      if (i + 2 >= text.size()) return std::nullopt;
      const auto* const digits = text.data() + i + 1;
      const auto [end, failure] = std::from_chars(digits, digits + 2, value, 16);
      if (failure != std::errc{} || end != digits + 2) return std::nullopt;
      c = static_cast<char>(value);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (is_control(c)) return std::nullopt;
    out.push_back(c);
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

/// What follows the authority of the absolute form, which servers must accept (RFC 9112 section 3.2.2).
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    const auto path = target.find_first_of("/?");
    return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
  }
  return target;
}

} // namespace

result<void> read_target(std::string_view target, std::size_t parameters_max, http_request& into) {
  target = without_authority(target);
  const auto question = target.find('?');
  const auto path = target.substr(0, question);
  if (path.empty() || path.front() != '/') return fail(errc::malformed, "the request target must begin with '/'");
  auto decoded = decode(path, false);
  if (!decoded) return fail(errc::malformed, "the path holds a broken escape, a control character or invalid UTF-8");
  into.path = *std::move(decoded);
  into.query.clear();
  if (question == std::string_view::npos) return {};

  for (auto rest = target.substr(question + 1); !rest.empty();) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (into.query.size() >= parameters_max) return fail(errc::malformed, "the query has too many parameters");
    const auto equals = pair.find('=');
    auto name = decode(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::string{} : decode(pair.substr(equals + 1), true);
    if (!name || !value)
      return fail(errc::malformed, "the query holds a broken escape, a control character or invalid UTF-8");
    into.query.emplace_back(*std::move(name), *std::move(value));
  }
  return {};
}

} // namespace parley::gateway
