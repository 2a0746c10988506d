#pragma once
// Which errands of processes (actors/processes/process.hpp) an entity has taken, so that a repeat is known for one
// however late it comes. Of one process, those to one entity come one at a time and in the order of the log, the next
// when the one before was answered: so the last that left an event here stands for all before it. One that left none
// asked for what held already, and a repeat of it is decided anew until a later errand leaves one. What somebody else
// changed meanwhile shows then: a notification that was unread, and that its owner has read since, is told once more.
//
// An entity that has `errands_taken taken` in its state, and in its snapshots, is kept from repeats by its shell, which
// folds it from the causes that the records name: no event tells of it.

#include "events/ids.hpp"

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace parley::domain {

using process_name = text_id<struct process_tag>;

/// Where an errand stands among those of its process.
struct errand_place {
  position after = 0;      ///< of the event that it follows from
  std::uint32_t index = 0; ///< among those of that event
  friend auto operator<=>(const errand_place&, const errand_place&) = default;
};
struct errand_id {
  process_name process;
  errand_place at;
  friend bool operator==(const errand_id&, const errand_id&) = default;
};

/// As a record names it for its cause: `process|<name>|<position>|<index>`.
[[nodiscard]] std::string cause_of(const errand_id& id);
/// What `cause_of` was given; nothing for any other text.
[[nodiscard]] std::optional<errand_id> errand_of(std::string_view cause);

struct errands_taken {
  std::map<process_name, errand_place> last; ///< of each process

  [[nodiscard]] bool has(const errand_id& id) const;
  void take(const errand_id& id);
};

} // namespace parley::domain
