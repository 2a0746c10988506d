#include "actors/domain/bookings/booking.hpp"

#include <algorithm>

namespace parley::domain {
namespace {

namespace status = booking_status;

enum class moment { before_start, from_start, any };

struct step {
  std::string_view from, to;
  party who;
  moment when;
};

constexpr std::array steps{
    step{status::requested, status::confirmed, party::provider, moment::before_start},
    step{status::requested, status::declined, party::provider, moment::any},
    step{status::requested, status::expired, party::time, moment::any},
    step{status::requested, status::cancelled, party::customer, moment::any},
    step{status::confirmed, status::completed, party::provider, moment::from_start},
    step{status::confirmed, status::completed, party::time, moment::from_start},
    step{status::confirmed, status::no_show, party::provider, moment::from_start},
    step{status::confirmed, status::cancelled, party::customer, moment::before_start},
    step{status::confirmed, status::cancelled, party::provider, moment::any},
};

constexpr std::string_view booking_prefix = "bk_", review_prefix = "rv_";
constexpr std::size_t own_bytes_min = 8;

std::string in_words(const events::booking& b, std::string_view to) {
  return std::string{"a booking that is "}.append(b.status).append(" cannot become ").append(to);
}

bool is_late_cancellation(const events::booking& b, std::string_view to, party who, time_point now) {
  return b.status == status::confirmed && to == status::cancelled && who == party::customer && now > free_until(b);
}

timer named(std::string_view word, time_point due, const booking_id& id) {
  return {due, {}, std::string{word}.append(1, ':').append(id.text)};
}

/// The id's half before the dot, when it is one of that kind: with a `~` it would be a direct conversation's.
std::string_view own_half(std::string_view id, std::string_view prefix) {
  const auto dot = id.find('.');
  const bool fits = id.starts_with(prefix) && dot != std::string_view::npos && dot >= prefix.size() + own_bytes_min &&
                    dot + 1 < id.size() && id.size() <= booking_id_bytes_max && id.find('~') == std::string_view::npos;
  return fits ? id.substr(0, dot) : std::string_view{};
}

std::string with_prefix(std::string_view id, std::string_view from, std::string_view to) {
  if (own_half(id, from).empty()) return {};
  return std::string{to}.append(id.substr(from.size()));
}

} // namespace

bool is_booking_status(std::string_view word) {
  return word == status::requested ||
         std::any_of(steps.begin(), steps.end(), [&](const step& s) { return s.to == word; });
}

result<void> check_step(const events::booking& b, std::string_view to, party who, time_point now) {
  if (!is_booking_status(to)) return fail(errc::invalid, "status is none that a booking can have");
  const step* found = nullptr;
  bool others_may = false;
  for (const auto& s : steps) {
    if (s.from != b.status || s.to != to) continue;
    others_may = others_may || s.who != who;
    if (s.who == who) found = &s;
  }
  if (!found && others_may) return fail(errc::forbidden, "this is not yours to say");
  if (!found) return fail(errc::invalid_transition, in_words(b, to));
  if (found->when == moment::before_start && now >= b.starts_at)
    return fail(errc::invalid_transition, in_words(b, to) + " once its time has begun");
  if (found->when == moment::from_start && now < b.starts_at)
    return fail(errc::invalid_transition, in_words(b, to) + " before its time has begun");
  return {};
}

bool is_own_step(const events::booking& b, party who) {
  return std::any_of(steps.begin(), steps.end(), [&](const step& s) { return s.to == b.status && s.who == who; });
}

events::booking stepped(const events::booking& b, std::string_view to, party who, time_point now) {
  auto after = b;
  after.status = to;
  after.expires_at = std::nullopt;
  // At most 100 percent of at most amount_max (money.hpp): no overflow.
  if (to == status::no_show || is_late_cancellation(b, to, who, now))
    after.fee_minor = b.price_minor * b.cancel_fee_percent / 100;
  return after;
}

events::booking moved(const events::booking& b, time_point starts_at, time_point now) {
  auto after = b;
  after.ends_at = starts_at + (b.ends_at - b.starts_at);
  after.starts_at = starts_at;
  after.status = status::requested;
  after.expires_at = answer_due(now, starts_at);
  return after;
}

time_point answer_due(time_point asked_at, time_point starts_at) {
  return std::min<time_point>(asked_at + answer_due_in, starts_at);
}

time_point free_until(const events::booking& b) {
  if (b.cancel_fee_percent == 0 || b.price_minor == 0) return b.starts_at;
  return b.starts_at - std::chrono::hours{b.cancel_free_hours};
}

bool holds_time(const events::booking& b) {
  return b.status == status::requested || b.status == status::confirmed || b.status == status::completed ||
         b.status == status::no_show;
}

bool is_over(const events::booking& b) { return b.status != status::requested && b.status != status::confirmed; }

bool is_overdue(const events::booking& b, time_point now) {
  return b.status == status::requested && b.expires_at && *b.expires_at <= now;
}

timer reminder_of(const events::booking& b, std::chrono::minutes before) {
  return named("reminder-" + std::to_string(before.count()), b.starts_at - before, b.id);
}

std::vector<timer> timers_of(const events::booking& b) {
  std::vector<timer> all;
  if (b.status == status::requested && b.expires_at) all.push_back(named("expiry", *b.expires_at, b.id));
  if (b.status != status::confirmed) return all;
  for (const auto before : reminders) all.push_back(reminder_of(b, before));
  all.push_back(named("completion", b.ends_at + completed_after, b.id));
  return all;
}

booking_id make_booking_id(std::string_view own, const user_id& provider) {
  return {std::string{own}.append(1, '.').append(provider.text)};
}

user_id provider_of(const booking_id& id) {
  const auto own = own_half(id.text, booking_prefix);
  return own.empty() ? user_id{} : user_id{id.text.substr(own.size() + 1)};
}

review_id review_of(const booking_id& id) { return {with_prefix(id.text, booking_prefix, review_prefix)}; }
booking_id reviewed_by(const review_id& id) { return {with_prefix(id.text, review_prefix, booking_prefix)}; }

} // namespace parley::domain
