#include "actors/domain/bookings/service.hpp"

#include "actors/domain/bookings/availability.hpp"
#include "actors/domain/bookings/booking_json.hpp"
#include "actors/domain/money.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain {

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, service::state>
void describe(Fields& f, State& s) {
  auto& t = s.terms;
  f("id", s.id), f("owner", s.owner), f("title", t.title), f("description", t.description);
  f("category", t.category), f("priceMinor", t.price_minor), f("currency", t.currency);
  f("durationMinutes", t.duration_minutes), f("cancelFreeHours", t.cancel_free_hours);
  f("cancelFeePercent", t.cancel_fee_percent), f("active", t.active), f("availability", s.availability);
  f("retired", s.retired), f("createdAt", s.created_at);
}

namespace {

using decided = decision<service::event>;

error invalid(std::string why) { return {errc::invalid, std::move(why), 0}; }

/// Several lines: only what no text may hold is refused.
result<void> check_text(std::string_view text, std::size_t bytes_max, const std::string& what) {
  if (text.size() > bytes_max)
    return fail(errc::invalid, what + " is longer than " + std::to_string(bytes_max) + " bytes");
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) return fail(errc::invalid, what + " is no text");
  return {};
}

/// A price that stands may be in a currency that went out of force since: all else about the service can be changed.
bool is_price(const events::service_terms& t, const events::service_terms* before) {
  return is_currency(t.currency) || (before && before->currency == t.currency && before->price_minor == t.price_minor);
}

/// The terms as they are stored, or the first that is out of bounds. `before`: those that held; null: none did.
result<events::service_terms> checked(events::service_terms t, const events::service_terms* before) {
  auto title = clean_line(t.title, service_title_bytes_max, "title");
  if (!title) return tl::make_unexpected(std::move(title.error()));
  if (title->empty()) return fail(errc::invalid, "title is empty");
  auto category = clean_line(t.category, service_category_bytes_max, "category");
  if (!category) return tl::make_unexpected(std::move(category.error()));
  if (auto fine = check_text(t.description, service_description_bytes_max, "description"); !fine)
    return tl::make_unexpected(std::move(fine.error()));
  if (!is_price(t, before)) return fail(errc::invalid, "currency must be an ISO 4217 code, as EUR");
  if (t.price_minor > amount_max) return fail(errc::invalid, "priceMinor is beyond " + std::to_string(amount_max));
  if (t.duration_minutes < 1 || t.duration_minutes > duration_minutes_max)
    return fail(errc::invalid, "durationMinutes must be 1 to " + std::to_string(duration_minutes_max));
  if (t.cancel_free_hours > cancel_free_hours_max)
    return fail(errc::invalid, "cancelFreeHours must be 0 to " + std::to_string(cancel_free_hours_max));
  if (t.cancel_fee_percent > 100) return fail(errc::invalid, "cancelFeePercent must be 0 to 100");
  t.title = std::move(*title);
  t.category = std::move(*category);
  return t;
}

result<void> check_owner(const service::state& s, const context& by) {
  if (s.id.empty() || s.retired) return fail(errc::service_not_found);
  if (by.user.empty() || by.user != s.owner) return fail(errc::forbidden, "this is somebody else's service");
  return {};
}

result<decided> decide_one(const service::state& s, const service::offer& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (by.guest) return fail(errc::guests_not_allowed);
  if (!is_identifier(c.id.text, service_id_bytes_max))
    return tl::make_unexpected(invalid("the service's id is empty or too long"));
  auto terms = checked(c.terms, nullptr);
  if (!terms) return tl::make_unexpected(std::move(terms.error()));
  decided d;
  if (s.id.empty())
    d.events.push_back(events::service_offered{std::move(*terms), c.id, by.user});
  else if (s.owner != by.user || s.terms != *terms)
    return fail(errc::conflict, "there is another service with this id");
  return d;
}

result<decided> decide_one(const service::state& s, const service::revise& c, const context& by) {
  if (auto may = check_owner(s, by); !may) return tl::make_unexpected(std::move(may.error()));
  auto wanted = s.terms;
  wanted.title = c.title.value_or(wanted.title);
  wanted.description = c.description.value_or(wanted.description);
  wanted.category = c.category.value_or(wanted.category);
  wanted.currency = c.currency.value_or(wanted.currency);
  wanted.price_minor = c.price_minor.value_or(wanted.price_minor);
  wanted.duration_minutes = c.duration_minutes.value_or(wanted.duration_minutes);
  wanted.cancel_free_hours = c.cancel_free_hours.value_or(wanted.cancel_free_hours);
  wanted.cancel_fee_percent = c.cancel_fee_percent.value_or(wanted.cancel_fee_percent);
  wanted.active = c.active.value_or(wanted.active);
  auto terms = checked(std::move(wanted), &s.terms);
  if (!terms) return tl::make_unexpected(std::move(terms.error()));
  decided d;
  if (*terms != s.terms) d.events.push_back(events::service_revised{std::move(*terms)});
  return d;
}

result<decided> decide_one(const service::state& s, const service::set_availability& c, const context& by) {
  if (auto may = check_owner(s, by); !may) return tl::make_unexpected(std::move(may.error()));
  const auto rules = read_availability(nlohmann::json::parse(c.rules, nullptr, false));
  if (!rules) return tl::make_unexpected(rules.error());
  auto text = to_json(*rules);
  if (text.size() > availability_bytes_max) return fail(errc::too_large, "these are too many hours and exceptions");
  decided d;
  if (text == s.availability) return d;
  d.events.push_back(events::availability_set{s.owner, std::move(text)});
  d.remote_signals.push_back({make_stream("inbox", s.owner.text),
                              booking_signal{booking_news::availability_changed,
                                             {},
                                             {},
                                             availability_changed_json(s.owner, s.id, nullptr, false, by.now)}});
  return d;
}

result<decided> decide_one(const service::state& s, const service::retire&, const context& by) {
  if (s.retired && by.user == s.owner) return decided{};
  if (auto may = check_owner(s, by); !may) return tl::make_unexpected(std::move(may.error()));
  decided d;
  d.events.push_back(events::service_retired{by.user});
  return d;
}

result<decided> decide_one(const service::state& s, const service::quote&, const context&) {
  if (s.id.empty()) return fail(errc::service_not_found);
  return decided{};
}

void apply(service::state& s, const events::service_offered& e, time_point when) {
  s.id = e.service;
  s.owner = e.owner;
  s.terms = static_cast<const events::service_terms&>(e);
  s.created_at = when;
}
void apply(service::state& s, const events::service_revised& e, time_point) {
  s.terms = static_cast<const events::service_terms&>(e);
}
void apply(service::state& s, const events::availability_set& e, time_point) { s.availability = e.rules; }
void apply(service::state& s, const events::service_retired&, time_point) { s.retired = true; }

bool is_open(const service::state& s, const service::quote& c, time_point now) {
  // A time far off is refused by the calendar; no zone is asked for it.
  if (c.starts_at <= now || c.starts_at > now + booked_ahead_max) return false;
  return covers(stored_availability(s.availability),
                {c.starts_at, c.starts_at + std::chrono::minutes{c.minutes.value_or(s.terms.duration_minutes)}});
}

struct answer_writer {
  json_writer& out;
  const service::state& s;
  const context& by;

  void operator()(const service::offer&) const { write_service(out, s.id, s.owner, s.terms, s.created_at); }
  void operator()(const service::revise&) const { write_service(out, s.id, s.owner, s.terms, s.created_at); }
  void operator()(const service::set_availability&) const {
    out.field("serviceId", s.id.text).field("providerId", s.owner.text);
    write_availability(out, s.availability);
  }
  void operator()(const service::retire&) const { out.field("id", s.id.text); }
  void operator()(const service::quote& c) const {
    out.field("providerId", s.owner.text).field("title", s.terms.title).field("priceMinor", s.terms.price_minor);
    out.field("currency", s.terms.currency).field("durationMinutes", s.terms.duration_minutes);
    out.field("cancelFreeHours", s.terms.cancel_free_hours);
    out.field("cancelFeePercent", s.terms.cancel_fee_percent);
    out.field("offered", s.terms.active && !s.retired).field("available", is_open(s, c, by.now));
  }
};

} // namespace

result<decision<service::event>> service::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

void service::evolve(state& s, const event& e, time_point when) {
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string service::reply(const state& after, const command& c, const context& by, version) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  std::visit(answer_writer{out, after, by}, c);
  out.end_object();
  return text;
}

std::string service::snapshot(const state& s) { return write_snapshot(s); }
result<service::state> service::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
