#pragma once
// What entities publish and who hears it. Implemented by the gateway's bridge (and by the simulation's clients).

#include "actors/domain/signals.hpp"
#include "events/clock.hpp"
#include "events/codec.hpp"
#include "events/ids.hpp"

#include <memory>
#include <span>
#include <variant>

namespace parley {

/// One durable event, or an ephemeral signal, of one place. Immutable once published; shared by all readers.
struct publication {
  stream_id topic; ///< the place's stream
  version seq = 0; ///< the event's version; 0: ephemeral
  time_point time;
  std::variant<event, domain::signal> what;
};
using publication_ptr = std::shared_ptr<const publication>;
[[nodiscard]] inline publication_ptr make_publication(stream_id topic, version seq, time_point time,
                                                      std::variant<event, domain::signal> what) {
  return std::make_shared<const publication>(publication{std::move(topic), seq, time, std::move(what)});
}

/// Thread-safe. Called after the events are durable, in stream order, once per entity per commit.
class publisher {
public:
  virtual ~publisher() = default;
  virtual void publish(std::span<const publication_ptr> published) = 0;
};

} // namespace parley
