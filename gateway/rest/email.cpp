#include "gateway/rest/email.hpp"

#include "events/json_writer.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

constexpr std::size_t email_bytes_max = 254, local_bytes_max = 64;

bool is_domain(std::string_view domain) {
  if (domain.size() < 3 || domain.front() == '.' || domain.back() == '.' || domain.front() == '-' ||
      domain.find('.') == std::string_view::npos || domain.find("..") != std::string_view::npos)
    return false;
  return std::all_of(domain.begin(), domain.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           static_cast<unsigned char>(c) > 0x7f;
  });
}

} // namespace

result<std::string> normalised_email(std::string_view typed) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = typed.find_first_not_of(space);
  if (first == std::string_view::npos) return fail(errc::invalid_email);
  typed = typed.substr(first, typed.find_last_not_of(space) - first + 1);
  if (typed.size() > email_bytes_max || !is_utf8(typed)) return fail(errc::invalid_email);
  std::string email{typed};
  for (auto& c : email)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  const auto at = email.find('@');
  const std::string_view all{email};
  const auto visible = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && std::string_view{"\"(),:;<>[\\]"}.find(c) == std::string_view::npos;
  };
  if (at == std::string::npos || at == 0 || at > local_bytes_max || at != email.rfind('@') ||
      !is_domain(all.substr(at + 1)) || !std::all_of(email.begin(), email.end(), visible))
    return fail(errc::invalid_email);
  return email;
}

} // namespace parley::gateway
