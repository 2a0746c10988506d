#include "events/clock.hpp"

#include <charconv>

namespace parley {
namespace {

using namespace std::chrono;

void append_digits(std::string& out, unsigned value, int width) {
  char digits[4];
  for (int i = width; i-- > 0;) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits, static_cast<std::size_t>(width));
}

/// Reads exactly `width` digits from the front of `text`.
bool take_digits(std::string_view& text, std::size_t width, int& value) {
  if (text.size() < width) return false;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + width, value);
  if (failure != std::errc{} || end != text.data() + width || text.front() == '-') return false;
  text.remove_prefix(width);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, milliseconds& fraction) {
  if (!take(text, '.')) return true;
  int scale = 100;
  std::size_t count = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    fraction += milliseconds{(text.front() - '0') * scale};
    scale /= 10;
    text.remove_prefix(1);
    ++count;
  }
  return count >= 1 && count <= 9;
}

bool take_offset(std::string_view& text, minutes& offset) {
  if (take(text, 'Z') || take(text, 'z')) return true;
  const bool east = take(text, '+');
  if (!east && !take(text, '-')) return false;
  int h = 0, m = 0;
  if (!take_digits(text, 2, h) || !take(text, ':') || !take_digits(text, 2, m) || h > 23 || m > 59) return false;
  offset = (east ? 1 : -1) * (hours{h} + minutes{m});
  return true;
}

} // namespace

time_point system_clock_source::now() const noexcept { return floor<milliseconds>(system_clock::now()); }

void append_iso8601(std::string& out, time_point t) {
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss time{t - day};
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out.push_back('-');
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out.push_back('-');
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out.push_back('T');
  append_digits(out, static_cast<unsigned>(time.hours().count()), 2);
  out.push_back(':');
  append_digits(out, static_cast<unsigned>(time.minutes().count()), 2);
  out.push_back(':');
  append_digits(out, static_cast<unsigned>(time.seconds().count()), 2);
  out.push_back('.');
  append_digits(out, static_cast<unsigned>(time.subseconds().count()), 3);
  out.push_back('Z');
}

std::string to_iso8601(time_point t) {
  std::string out;
  out.reserve(24);
  append_iso8601(out, t);
  return out;
}

result<time_point> parse_iso8601(std::string_view text) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  milliseconds fraction{};
  minutes offset{};
  const bool shaped = take_digits(text, 4, y) && take(text, '-') && take_digits(text, 2, mo) && take(text, '-') &&
                      take_digits(text, 2, d) && (take(text, 'T') || take(text, 't')) && take_digits(text, 2, h) &&
                      take(text, ':') && take_digits(text, 2, mi) && take(text, ':') && take_digits(text, 2, s) &&
                      take_fraction(text, fraction) && take_offset(text, offset) && text.empty();
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!shaped || !date.ok() || h > 23 || mi > 59 || s > 59)
    return fail(errc::invalid, "a time must look like 2026-11-20T23:19:35.042Z");
  return time_point{sys_days{date}} + hours{h} + minutes{mi} + seconds{s} + fraction - offset;
}

} // namespace parley
