#include "tools/parley-load/rest_scenario.hpp"

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

namespace parley::load {
namespace {

constexpr std::size_t excerpt_bytes = 200;

/// The answer's word for why it refuses (schema/errors.md).
std::string code_of(http_answer const& answer) {
  auto const told = nlohmann::json::parse(answer.body, nullptr, false);
  if (!told.is_object()) return {};
  auto const at = told.find("code");
  return at != told.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

judgement unexpected(http_answer const& answer) {
  return {std::nullopt, fmt::format("{} {}", answer.status, answer.body.substr(0, excerpt_bytes))};
}

template <class List>
auto const& in_turn(List const& list, std::uint64_t number) {
  return list[number % list.size()];
}

// --- bookings --------------------------------------------------------------------------------------------------------

class bookings final : public scenario {
public:
  bookings(rest_options const& asked, rest_cast const& cast, std::uint64_t seed, std::chrono::sys_seconds first_start)
    : cast_{cast}
    , slots_{asked.slots}
    , first_start_{first_start}
    , random_{seed}
    , customers_(asked.in_flight)
    , holders_(cast.services.size() * asked.slots) {}

  [[nodiscard]] std::vector<std::string_view> kinds() const override { return {"booked", "slot_taken", "cancelled"}; }

  [[nodiscard]] rest_call next(std::uint32_t client) override {
    auto& mine = customers_[client];
    auto const& token = in_turn(cast_.clients, client).token;
    if (!mine.booking.empty()) {
      // From here on somebody else may get it, whether or not we have heard of it.
      --holders_[mine.place];
      return {"DELETE", token, "/api/bookings/" + mine.booking, {}};
    }
    mine.place = std::uniform_int_distribution<std::size_t>{0, holders_.size() - 1}(random_);
    auto const starts_at = first_start_ + std::chrono::minutes{mine.place % slots_ * cast_.minutes};
    return {"POST", token, "/api/bookings",
            fmt::format(R"({{"serviceId":"{}","startsAt":"{:%Y-%m-%dT%H:%M:%S}.000Z"}})",
                        cast_.services[mine.place / slots_], starts_at)};
  }

  [[nodiscard]] judgement answered(std::uint32_t client, http_answer const& answer) override {
    enum kind : std::size_t { booked, taken, cancelled };
    auto& mine = customers_[client];
    if (!mine.booking.empty()) {
      mine.booking.clear();
      return answer.status == 200 ? judgement{cancelled, {}} : unexpected(answer);
    }
    if (answer.status == 409 && code_of(answer) == "slot_taken") return {taken, {}};
    if (answer.status != 201) return unexpected(answer);
    auto const told = nlohmann::json::parse(answer.body, nullptr, false);
    if (!told.is_object() || !told.contains("id") || !told["id"].is_string()) return unexpected(answer);
    mine.booking = told["id"].get<std::string>();
    if (++holders_[mine.place] == 1) return {booked, {}};
    return {booked, fmt::format("one time was given twice: the second is {}", mine.booking)};
  }

private:
  struct customer {
    std::string booking;   ///< empty: none
    std::size_t place = 0; ///< in holders_: service and slot
  };
  rest_cast const& cast_;
  std::size_t slots_;
  std::chrono::sys_seconds first_start_;
  std::mt19937_64 random_;
  std::vector<customer> customers_;
  std::vector<std::uint32_t> holders_; ///< who were told yes and did not begin to take it back
};

// --- the others ------------------------------------------------------------------------------------------------------

class deposits final : public scenario {
public:
  explicit deposits(rest_cast const& cast)
    : cast_{cast} {}
  [[nodiscard]] std::vector<std::string_view> kinds() const override { return {"deposited"}; }
  [[nodiscard]] rest_call next(std::uint32_t) override {
    auto const n = number_++;
    return {"POST", cast_.operator_token, "/api/wallet/deposits",
            fmt::format(R"({{"userId":"{}","amountMinor":100,"currency":"{}"}})", in_turn(cast_.clients, n).id,
                        in_turn(cast_.currencies, n))};
  }
  [[nodiscard]] judgement answered(std::uint32_t, http_answer const& answer) override {
    return answer.status == 201 ? judgement{0, {}} : unexpected(answer);
  }

private:
  rest_cast const& cast_;
  std::uint64_t number_ = 0;
};

class purchases final : public scenario {
public:
  explicit purchases(rest_cast const& cast)
    : cast_{cast} {}
  [[nodiscard]] std::vector<std::string_view> kinds() const override { return {"paid", "still pending"}; }
  [[nodiscard]] rest_call next(std::uint32_t client) override {
    return {"POST", in_turn(cast_.clients, client).token,
            fmt::format("/api/marketplace/listings/{}/purchase", in_turn(cast_.listings, number_++)), "{}"};
  }
  [[nodiscard]] judgement answered(std::uint32_t, http_answer const& answer) override {
    if (answer.status == 201) return {0, {}};
    return answer.status == 202 ? judgement{1, {}} : unexpected(answer);
  }

private:
  rest_cast const& cast_;
  std::uint64_t number_ = 0;
};

class reads final : public scenario {
public:
  explicit reads(rest_cast const& cast)
    : cast_{cast} {}
  [[nodiscard]] std::vector<std::string_view> kinds() const override { return {"answered"}; }
  [[nodiscard]] rest_call next(std::uint32_t client) override {
    return {"GET", in_turn(cast_.clients, client).token, in_turn(cast_.targets, number_++), {}};
  }
  [[nodiscard]] judgement answered(std::uint32_t, http_answer const& answer) override {
    return answer.status == 200 ? judgement{0, {}} : unexpected(answer);
  }

private:
  rest_cast const& cast_;
  std::uint64_t number_ = 0;
};

std::string missing_in(rest_cast const& c, rest_load load) {
  if (c.clients.empty()) return "clients";
  switch (load) {
  case rest_load::bookings: return c.services.empty() ? "services" : c.minutes == 0 ? "minutes" : "";
  case rest_load::deposits: return c.operator_token.empty() ? "operator" : c.currencies.empty() ? "currencies" : "";
  case rest_load::purchases: return c.listings.empty() ? "listings" : "";
  case rest_load::reads: return c.targets.empty() ? "targets" : "";
  }
  return {};
}

} // namespace

std::variant<rest_cast, std::string> read_cast(std::string_view json, rest_load load) {
  auto const told = nlohmann::json::parse(json, nullptr, false);
  if (!told.is_object()) return "the cast is no JSON object";
  auto const text = [](nlohmann::json const& in, char const* name) {
    auto const at = in.find(name);
    return at != in.end() && at->is_string() ? at->get<std::string>() : std::string{};
  };
  auto const each = [&](char const* name, auto&& take) {
    if (auto const at = told.find(name); at != told.end() && at->is_array())
      for (auto const& item : *at) take(item);
  };
  auto const texts = [&](char const* name, std::vector<std::string>& out) {
    each(name, [&](nlohmann::json const& item) {
      if (item.is_string()) out.push_back(item.get<std::string>());
    });
  };
  rest_cast c;
  each("clients", [&](nlohmann::json const& item) {
    if (item.is_object()) c.clients.push_back({text(item, "id"), text(item, "token")});
  });
  c.operator_token = text(told, "operator");
  texts("services", c.services);
  texts("currencies", c.currencies);
  texts("listings", c.listings);
  texts("targets", c.targets);
  if (auto const at = told.find("minutes"); at != told.end())
    c.minutes = at->is_number_unsigned() ? at->get<std::uint32_t>() : 0;
  if (auto const lacks = missing_in(c, load); !lacks.empty())
    return fmt::format("the cast has no {} for {}", lacks, name(load));
  return c;
}

std::string request_text(std::string_view host, rest_call const& call) {
  auto out = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n", call.method, call.target, host,
                         call.token);
  if (!call.body.empty())
    out += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", call.body.size());
  return out.append("\r\n").append(call.body);
}

std::unique_ptr<scenario> make_scenario(rest_options const& asked, rest_cast const& cast, std::uint64_t seed,
                                        std::chrono::sys_seconds first_start) {
  switch (asked.load) {
  case rest_load::bookings: return std::make_unique<bookings>(asked, cast, seed, first_start);
  case rest_load::deposits: return std::make_unique<deposits>(cast);
  case rest_load::purchases: return std::make_unique<purchases>(cast);
  case rest_load::reads: break;
  }
  return std::make_unique<reads>(cast);
}

} // namespace parley::load
