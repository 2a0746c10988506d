#pragma once
// The tables of schema/sql/…_bookings.sql in memory, and the statements of projections/pg/booking_tables.cpp on them.

#include "projections/tables/bookings.hpp"
#include "projections/tables/services.hpp"
#include "tests/simulation/machine/column.hpp"

#include <map>
#include <tuple>

namespace parley::simulation {

struct service_line {
  std::string id, owner, title, description, category;
  std::uint64_t price_minor = 0;
  std::string currency;
  std::uint64_t duration_minutes = 0, cancel_free_hours = 0, cancel_fee_percent = 0;
  bool active = true, retired = false;
  std::string availability;
  std::uint64_t rating_sum = 0, rating_count = 0;
  time_point created_at;
  position offered_position = 0;
  parley::version version = 0;

  using key = std::string;
  static constexpr std::string_view table = "services";
  static constexpr auto columns() {
    using row = service_line;
    return std::tuple{column{"id", &row::id},
                      column{"owner", &row::owner},
                      column{"title", &row::title},
                      column{"description", &row::description},
                      column{"category", &row::category},
                      column{"price_minor", &row::price_minor},
                      column{"currency", &row::currency},
                      column{"duration_minutes", &row::duration_minutes},
                      column{"cancel_free_hours", &row::cancel_free_hours},
                      column{"cancel_fee_percent", &row::cancel_fee_percent},
                      column{"active", &row::active},
                      column{"retired", &row::retired},
                      column{"availability", &row::availability},
                      column{"rating_sum", &row::rating_sum},
                      column{"rating_count", &row::rating_count},
                      column{"created_at", &row::created_at},
                      column{"offered_position", &row::offered_position},
                      column{"version", &row::version}};
  }
  friend bool operator==(const service_line&, const service_line&) = default;
};

struct booking_line {
  std::string id, provider_id, customer_id, service_id, title;
  time_point starts_at, ends_at;
  std::uint64_t price_minor = 0;
  std::string currency;
  std::uint64_t cancel_free_hours = 0, cancel_fee_percent = 0;
  std::string status, payment;
  std::uint64_t fee_minor = 0;
  std::optional<time_point> expires_at;
  time_point requested_at;
  std::string customer_name, note;
  time_point updated_at;
  parley::version version = 0;

  using key = std::string;
  static constexpr std::string_view table = "bookings";
  static constexpr auto columns() {
    using row = booking_line;
    return std::tuple{column{"id", &row::id},
                      column{"provider_id", &row::provider_id},
                      column{"customer_id", &row::customer_id},
                      column{"service_id", &row::service_id},
                      column{"title", &row::title},
                      column{"starts_at", &row::starts_at},
                      column{"ends_at", &row::ends_at},
                      column{"price_minor", &row::price_minor},
                      column{"currency", &row::currency},
                      column{"cancel_free_hours", &row::cancel_free_hours},
                      column{"cancel_fee_percent", &row::cancel_fee_percent},
                      column{"status", &row::status},
                      column{"payment", &row::payment},
                      column{"fee_minor", &row::fee_minor},
                      column{"expires_at", &row::expires_at},
                      column{"requested_at", &row::requested_at},
                      column{"customer_name", &row::customer_name},
                      column{"note", &row::note},
                      column{"updated_at", &row::updated_at},
                      column{"version", &row::version}};
  }
  friend bool operator==(const booking_line&, const booking_line&) = default;
};

struct review_line {
  std::string id, booking_id, service_id, provider_id, customer_id, customer_name;
  std::uint64_t rating = 0;
  std::string comment;
  time_point created_at;
  position written_position = 0;
  std::optional<std::string> reply;
  std::optional<time_point> replied_at;

  using key = std::string;
  static constexpr std::string_view table = "reviews";
  static constexpr auto columns() {
    using row = review_line;
    return std::tuple{column{"id", &row::id},
                      column{"booking_id", &row::booking_id},
                      column{"service_id", &row::service_id},
                      column{"provider_id", &row::provider_id},
                      column{"customer_id", &row::customer_id},
                      column{"customer_name", &row::customer_name},
                      column{"rating", &row::rating},
                      column{"comment", &row::comment},
                      column{"created_at", &row::created_at},
                      column{"written_position", &row::written_position},
                      column{"reply", &row::reply},
                      column{"replied_at", &row::replied_at}};
  }
  friend bool operator==(const review_line&, const review_line&) = default;
};

void write_services(std::map<std::string, service_line>& table, const service_changes& changes);
void write_bookings(std::map<std::string, booking_line>& table, const booking_changes& changes);
void write_reviews(std::map<std::string, review_line>& table, const review_changes& changes);

} // namespace parley::simulation
