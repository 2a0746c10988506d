#include "gateway/net/response_writer.hpp"

#include "events/assertion.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace parley::gateway {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
  case 200: return "OK";
  case 201: return "Created";
  case 202: return "Accepted";
  case 204: return "No Content";
  case 304: return "Not Modified";
  case 400: return "Bad Request";
  case 401: return "Unauthorized";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 408: return "Request Timeout";
  case 409: return "Conflict";
  case 410: return "Gone";
  case 412: return "Precondition Failed";
  case 413: return "Content Too Large";
  case 415: return "Unsupported Media Type";
  case 422: return "Unprocessable Content";
  case 428: return "Precondition Required";
  case 429: return "Too Many Requests";
  case 431: return "Request Header Fields Too Large";
  case 500: return "Internal Server Error";
  case 503: return "Service Unavailable";
  default: return "";
  }
}

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_value_char(char c) { return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t'; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 5> ours{"content-length", "transfer-encoding", "connection", "date",
                                                 "content-type"};
  return std::any_of(ours.begin(), ours.end(), [&](std::string_view own) { return same_name(own, name); });
}

std::string_view month_name(unsigned month) {
  constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return names[month - 1];
}

/// IMF-fixdate (RFC 9110 section 5.6.7), whatever the process's locale.
void append_date(std::string& out, std::chrono::sys_seconds now) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const auto day = floor<days>(now);
  const year_month_day date{day};
  const hh_mm_ss time{now - day};
  fmt::format_to(std::back_inserter(out), "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                 weekdays[weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                 month_name(static_cast<unsigned>(date.month())), static_cast<int>(date.year()), time.hours().count(),
                 time.minutes().count(), time.seconds().count());
}

} // namespace

bool is_safe(const http_response& response) noexcept {
  const auto safe_value = [](std::string_view v) { return std::all_of(v.begin(), v.end(), is_value_char); };
  return response.status >= 200 && response.status <= 599 && safe_value(response.content_type) &&
         std::all_of(response.headers.begin(), response.headers.end(), [&](const auto& header) {
           const auto& name = header.first;
           return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char) && safe_value(header.second);
         });
}

std::string write_response(const http_response& response, response_shape shape, std::chrono::sys_seconds now) {
  PARLEY_ASSERT(is_safe(response));
  const bool bodiless = response.status == 204 || response.status == 304;
  std::string out;
  out.reserve(256 + response.body.size());
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: ", response.status, reason_of(response.status));
  append_date(out, now);
  out.append("\r\n");
  if (!bodiless) {
    if (!response.content_type.empty()) out.append("Content-Type: ").append(response.content_type).append("\r\n");
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.body.size());
  }
  for (const auto& [name, value] : response.headers)
    if (!is_ours(name)) out.append(name).append(": ").append(value).append("\r\n");
  out.append(shape.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
  if (!bodiless && !shape.head_only) out.append(response.body);
  return out;
}

} // namespace parley::gateway
