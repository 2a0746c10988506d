#include "actors/domain/bookings/time_zone.hpp"

#include <date/tz.h>
#include <exception>

namespace parley::domain {
namespace {

using namespace std::chrono;

date::local_seconds wall_clock(local_days day, minutes after_midnight) {
  return date::local_seconds{day.time_since_epoch() + after_midnight};
}

} // namespace

std::optional<time_zone> time_zone::find(std::string_view iana_name) {
  if (iana_name == "UTC") return utc();
  if (iana_name == "localtime") return std::nullopt; // in the directory, but it is this machine's own setting
  try {
    const auto* zone = date::locate_zone(iana_name);
    static_cast<void>(zone->get_info(date::sys_seconds{})); // reads its file now, so that nothing fails later
    return time_zone{zone};
  } catch (const std::exception&) { // no such zone, or a database or a file of it that cannot be read
    return std::nullopt;
  }
}

time_point time_zone::instant(local_days day, minutes after_midnight) const {
  const auto local = wall_clock(day, after_midnight);
  if (!zone_) return time_point{local.time_since_epoch()};
  const auto info = zone_->get_info(local);
  // `first` is what holds, what holds at the first coming, or what held before the jump.
  return time_point{local.time_since_epoch() - info.first.offset};
}

bool time_zone::exists(local_days day, minutes after_midnight) const {
  return !zone_ || zone_->get_info(wall_clock(day, after_midnight)).result != date::local_info::nonexistent;
}

local_days time_zone::date_at(time_point t) const {
  const auto second = floor<seconds>(t);
  const auto offset = zone_ ? zone_->get_info(date::sys_seconds{second.time_since_epoch()}).offset : seconds{0};
  return local_days{floor<days>(second.time_since_epoch() + offset)};
}

} // namespace parley::domain
