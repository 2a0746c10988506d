#pragma once
// A simulated disk and the process that keeps its log there, for tests of one fault at a time.

#include "events/log/stored_log.hpp"
#include "events/log/verify.hpp"
#include "tests/simulation/machine/simulated_disk.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::simulation {

inline stored_log::options without_thread() {
  stored_log::options o;
  o.head_period = std::chrono::milliseconds{0};
  return o;
}

struct fixed_clock final : clock_source {
  time_point at{};
  time_point now() const noexcept override { return at; }
};

/// A disk and the process that keeps its log there.
struct machine {
  fixed_clock clock;
  simulated_disk disk{test::seeded{1}};
  std::unique_ptr<stored_log> log;

  result<std::unique_ptr<stored_log>> try_to_start(const stored_log::options& o = without_thread()) {
    log.reset();
    auto place = disk.claim();
    if (!place) return tl::make_unexpected(std::move(place.error()));
    return stored_log::open(std::move(*place), o);
  }
  void start(const stored_log::options& o = without_thread()) {
    auto opened = try_to_start(o);
    INFO((opened ? std::string{} : opened.error().message));
    REQUIRE(opened.has_value());
    log = std::move(*opened);
  }
  error refusal() {
    const auto opened = try_to_start();
    REQUIRE_FALSE(opened.has_value());
    return opened.error();
  }
  /// What `parley log verify` would say.
  verification verified() {
    log.reset();
    const auto place = disk.claim().value();
    const auto tables = place->open_tables(store::access::read_only, clock).value();
    return verify_tables(*tables, place->read_head().value(), {}).value();
  }
  void crash() {
    disk.crash();
    log.reset();
  }
  std::uint64_t injected(const std::string& kind) const {
    const auto at = disk.injected().find(kind);
    return at == disk.injected().end() ? 0 : at->second;
  }
};

} // namespace parley::simulation
