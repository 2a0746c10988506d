#pragma once
// A service: what a provider offers, for how much, and when it can be had (stream `service/<serviceId>`). Who asks for
// a booking is first given a quote here, then decided about by the provider's calendar (calendar.hpp): a service knows
// its hours, the calendar of all services together knows what is taken.

#include "actors/domain/decision.hpp"
#include "events/booking_events.hpp"

#include <optional>
#include <variant>

namespace parley::domain {

inline constexpr std::size_t service_id_bytes_max = 64;
inline constexpr std::size_t service_title_bytes_max = 128;
inline constexpr std::size_t service_description_bytes_max = 4096;
inline constexpr std::size_t service_category_bytes_max = 64;
inline constexpr std::size_t availability_bytes_max = 64 * 1024; ///< as JSON
inline constexpr std::uint32_t duration_minutes_max = 24 * 60;
inline constexpr std::uint32_t cancel_free_hours_default = 24;
inline constexpr std::uint32_t cancel_free_hours_max = 30 * 24;
/// Nobody is charged for what they were not told of: a fee is the provider's own wish.
inline constexpr std::uint32_t cancel_fee_percent_default = 0;
inline constexpr std::chrono::days booked_ahead_max{366};

struct service {
  struct state {
    service_id id; ///< empty: never offered
    user_id owner;
    events::service_terms terms;
    std::string availability; ///< JSON text; empty: never set, so at any time
    bool retired = false;
    time_point created_at;
  };

  /// errc::invalid for terms out of bounds. Repeated by its owner with the same terms: no event.
  struct offer {
    service_id id;
    events::service_terms terms;
  };
  /// What is left out stays as it is. errc::service_not_found, errc::forbidden.
  struct revise {
    std::optional<std::string> title, description, category, currency;
    std::optional<std::uint64_t> price_minor;
    std::optional<std::uint32_t> duration_minutes, cancel_free_hours, cancel_fee_percent;
    std::optional<bool> active;
  };
  /// `rules`: JSON text as read_availability takes it.
  struct set_availability {
    std::string rules;
  };
  /// A service that is retired already: no event.
  struct retire {};
  /// A question on behalf of a booking. Refused only when there never was such a service: what speaks against a booking
  /// is said in the answer, for the calendar to decide, which knows whether it did so before.
  struct quote {
    time_point starts_at;
    std::optional<std::uint32_t> minutes; ///< none: the service's own duration
  };

  using command = std::variant<offer, revise, set_availability, retire, quote>;
  using event = events::service_event;
  static constexpr std::string_view family = "service";
  static constexpr int snapshot_schema = 1;

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// offer, revise: the service as clients see it; set_availability: {serviceId, providerId, timeZone, weekly,
  /// exceptions}; retire: {id}; quote: {providerId, title, priceMinor, currency, durationMinutes, cancelFreeHours,
  /// cancelFeePercent, offered, available}.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
