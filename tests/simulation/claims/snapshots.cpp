#include "tests/simulation/claims/snapshots.hpp"

#include "actors/domain/bookings/calendar.hpp"
#include "actors/domain/bookings/service.hpp"
#include "actors/domain/lounges/lounge.hpp"
#include "actors/domain/lounges/reports.hpp"
#include "actors/domain/market/ledger.hpp"
#include "actors/domain/market/listing.hpp"
#include "actors/domain/people/account.hpp"
#include "actors/domain/people/conversation.hpp"
#include "actors/domain/people/inbox.hpp"
#include "actors/domain/rooms/room.hpp"
#include "actors/entity_image.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

constexpr std::size_t bytes_max = 4 << 20;

template <class Entity>
std::string difference(const event_log& log, const snapshot& kept) {
  const auto where = fmt::format("{} at version {}", kept.stream.text, kept.version);
  entity_image<Entity> folded;
  while (folded.version < kept.version) {
    loaded l;
    l.page = log.read_stream(kept.stream, folded.version, kept.version - folded.version, bytes_max);
    if (l.page && l.page->empty()) return where + ": the stream ends before it";
    if (const auto replayed = folded.replay(l); !replayed)
      return fmt::format("{}: {}", where, text_of(replayed.error()));
  }
  const auto expected = Entity::snapshot(folded.state);
  return expected == kept.state ? std::string{} : fmt::format("{}: {} against {}", where, kept.state, expected);
}

} // namespace

std::string snapshot_difference(const event_log& log, const stream_id& stream) {
  const auto kept = log.find_snapshot(stream);
  if (!kept) return fmt::format("{}: {}", stream.text, text_of(kept.error()));
  if (!*kept) return {};
  const auto family = stream.family();
  if (family == domain::account::family) return difference<domain::account>(log, **kept);
  if (family == domain::session::family) return difference<domain::session>(log, **kept);
  if (family == domain::room::family) return difference<domain::room>(log, **kept);
  if (family == domain::lounge::family) return difference<domain::lounge>(log, **kept);
  if (family == domain::reports::family) return difference<domain::reports>(log, **kept);
  if (family == domain::conversation::family) return difference<domain::conversation>(log, **kept);
  if (family == domain::inbox::family) return difference<domain::inbox>(log, **kept);
  if (family == domain::ledger::family) return difference<domain::ledger>(log, **kept);
  if (family == domain::listing::family) return difference<domain::listing>(log, **kept);
  if (family == domain::service::family) return difference<domain::service>(log, **kept);
  if (family == domain::calendar::family) return difference<domain::calendar>(log, **kept);
  return stream.text + ": nobody takes snapshots of these";
}

} // namespace parley::simulation
