// The JSON of availability (API.md), both ways.

#include "actors/domain/bookings/availability.hpp"
#include "events/json_writer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace parley::domain {
namespace {

using namespace std::chrono;
using nlohmann::json;

constexpr std::array<std::string_view, 7> day_names{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};

/// `width` digits at `at`; -1 when they are none.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  int n = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    n = n * 10 + (text[i] - '0');
  }
  return n;
}

std::optional<minutes> time_of_day(std::string_view text) {
  const int h = digits(text, 0, 2), m = digits(text, 3, 2);
  if (text.size() != 5 || text[2] != ':' || h < 0 || m < 0 || m > 59 || h * 60 + m > 24 * 60) return std::nullopt;
  return minutes{h * 60 + m};
}

void append_two(std::string& out, unsigned n) {
  if (n < 10) out.push_back('0');
  out.append(std::to_string(n));
}
std::string text_of(minutes after_midnight) {
  std::string out;
  append_two(out, static_cast<unsigned>(after_midnight.count() / 60));
  out.push_back(':');
  append_two(out, static_cast<unsigned>(after_midnight.count() % 60));
  return out;
}
std::string text_of(local_days day) {
  const year_month_day date{day};
  auto out = std::to_string(static_cast<int>(date.year()));
  out.push_back('-');
  append_two(out, static_cast<unsigned>(date.month()));
  out.push_back('-');
  append_two(out, static_cast<unsigned>(date.day()));
  return out;
}

const std::string* text_in(const json& object, const char* name) {
  const auto at = object.find(name);
  return at == object.end() ? nullptr : at->get_ptr<const std::string*>();
}

/// `where` names the day in a refusal.
result<day_hours> read_hours(const json& in, const std::string& where) {
  if (!in.is_array()) return fail(errc::malformed, where + " must be a list of {from, to}");
  if (in.size() > hours_of_day_max)
    return fail(errc::invalid, where + " has more than " + std::to_string(hours_of_day_max) + " stretches of hours");
  day_hours all;
  for (const auto& each : in) {
    const auto* from = each.is_object() ? text_in(each, "from") : nullptr;
    const auto* to = each.is_object() ? text_in(each, "to") : nullptr;
    if (!from || !to) return fail(errc::malformed, where + " must be a list of {from, to}");
    const auto begin = time_of_day(*from), end = time_of_day(*to);
    if (!begin || !end) return fail(errc::invalid, where + ": times go from 00:00 to 24:00");
    if (*end <= *begin) return fail(errc::invalid, where + ": hours must end after they begin");
    all.push_back({*begin, *end});
  }
  std::sort(all.begin(), all.end(), [](const hours& a, const hours& b) { return a.from < b.from; });
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i].from < all[i - 1].to) return fail(errc::invalid, where + " has hours one over the other");
  return all;
}

result<void> read_weekly(availability& a, const json& in) {
  for (const auto& [name, hours_in] : in.items()) {
    const auto at = std::find(day_names.begin(), day_names.end(), name);
    if (at == day_names.end()) return fail(errc::invalid, "weekly knows monday to sunday, in lower case");
    auto read = read_hours(hours_in, "weekly." + name);
    if (!read) return tl::make_unexpected(std::move(read.error()));
    a.weekly[static_cast<std::size_t>(at - day_names.begin())] = std::move(*read);
  }
  return {};
}

/// What is said for one date can be held against that date's clocks.
result<void> check_exists(const availability& a, local_days day, const day_hours& open) {
  for (const auto& each : open)
    for (const auto t : {each.from, each.to})
      if (t < days{1} && !a.zone.exists(day, t))
        return fail(errc::invalid, text_of(day) + ' ' + text_of(t) + " does not exist in " + a.zone_name);
  return {};
}

/// Times that their date does not have: whoever sets them is told so; what is stored was fine when it was set.
enum class missing_times { refused, accepted };

result<void> read_exceptions(availability& a, const json& in, missing_times missing) {
  if (!in.is_array()) return fail(errc::malformed, "exceptions must be a list of {date, hours}");
  if (in.size() > exceptions_max)
    return fail(errc::invalid, "there may be " + std::to_string(exceptions_max) + " exceptions");
  for (const auto& each : in) {
    const auto* name = each.is_object() ? text_in(each, "date") : nullptr;
    if (!name || !each.contains("hours")) return fail(errc::malformed, "exceptions must be a list of {date, hours}");
    const auto day = read_date(*name);
    if (!day) return fail(errc::invalid, "an exception's date must be one of the calendar, as 2026-12-24");
    auto open = read_hours(each["hours"], "exceptions " + *name);
    if (!open) return tl::make_unexpected(std::move(open.error()));
    if (missing == missing_times::refused)
      if (auto exists = check_exists(a, *day, *open); !exists) return exists;
    if (!a.exceptions.emplace(*day, std::move(*open)).second) return fail(errc::invalid, "two exceptions for " + *name);
  }
  return {};
}

result<availability> read_rules(const json& rules, missing_times missing) {
  if (!rules.is_object()) return fail(errc::malformed, "availability must be an object");
  availability a;
  const auto* zone = text_in(rules, "timeZone");
  if (!zone) return fail(errc::malformed, "timeZone must be the name of an IANA time zone");
  const auto found = time_zone::find(*zone);
  if (!found) return fail(errc::invalid, "timeZone is no IANA time zone");
  a.zone_name = *zone;
  a.zone = *found;
  const auto weekly = rules.find("weekly");
  if (weekly == rules.end() || !weekly->is_object())
    return fail(errc::malformed, "weekly must be {monday: [{from, to}], …}");
  if (auto read = read_weekly(a, *weekly); !read) return tl::make_unexpected(std::move(read.error()));
  const auto exceptions = rules.find("exceptions");
  if (exceptions != rules.end() && !exceptions->is_null())
    if (auto read = read_exceptions(a, *exceptions, missing); !read)
      return tl::make_unexpected(std::move(read.error()));
  return a;
}

void write_hours(json_writer& out, const day_hours& open) {
  out.begin_array();
  for (const auto& each : open)
    out.begin_object().field("from", text_of(each.from)).field("to", text_of(each.to)).end_object();
  out.end_array();
}

} // namespace

std::optional<local_days> read_date(std::string_view text) {
  const int y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || y < 1970 || m < 0 || d < 0) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  return date.ok() ? std::optional{local_days{date}} : std::nullopt;
}

result<availability> read_availability(const json& rules) { return read_rules(rules, missing_times::refused); }

availability stored_availability(const std::string& rules) {
  if (rules.empty()) return always();
  const auto stored = json::parse(rules, nullptr, false);
  if (auto a = read_rules(stored, missing_times::accepted)) return std::move(*a);
  availability closed;
  if (const auto* zone = stored.is_object() ? text_in(stored, "timeZone") : nullptr) closed.zone_name = *zone;
  return closed;
}

std::string to_json(const availability& a) {
  std::string text;
  json_writer out{text};
  out.begin_object().field("timeZone", a.zone_name).key("weekly").begin_object();
  for (std::size_t i = 0; i < day_names.size(); ++i) write_hours(out.key(day_names[i]), a.weekly[i]);
  out.end_object().key("exceptions").begin_array();
  for (const auto& [day, open] : a.exceptions) {
    out.begin_object().field("date", text_of(day));
    write_hours(out.key("hours"), open);
    out.end_object();
  }
  out.end_array().end_object();
  return text;
}

} // namespace parley::domain
