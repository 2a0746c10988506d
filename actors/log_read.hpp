#pragma once
// One read of the log that somebody waits for, and how it is answered. In production the reader's threads take them
// from a queue (log_reader.hpp); tests and the simulation answer them in one thread, when and in the order they like.

#include "actors/messages.hpp"

namespace parley {

/// Pages of streams for readers that catch up: asynchronous, so that nobody waits for a disk.
class page_source {
public:
  virtual ~page_source() = default;
  /// Calls `done` once, from whatever thread, with at most `limit` records after `after`, or errc::unavailable when too
  /// many reads wait.
  virtual void read(const stream_id& stream, version after, std::size_t limit, std::size_t bytes_max,
                    std::function<void(result<std::vector<record>>)> done) = 0;
};

/// As log_port::first_of.
[[nodiscard]] result<std::optional<record>> first_record(const event_log& log, const stream_id& stream);

class log_read {
public:
  static constexpr std::size_t page_events = 512; ///< records an entity that recovers is given at a time
  static constexpr std::size_t page_bytes = 1024 * 1024;
  static constexpr std::size_t followed_max = 256;        ///< records the follower is given at a time
  static constexpr std::size_t looked_at_max = 64 * 1024; ///< records of the log looked through for them

  /// As log_port::load asks, with pages of `events`.
  [[nodiscard]] static log_read of_entity(caf::strong_actor_ptr sink, std::uint64_t ticket, stream_id stream,
                                          version after, bool with_snapshot, std::size_t events = page_events);
  /// As page_source::read asks.
  [[nodiscard]] static log_read of_page(stream_id stream, version after, std::size_t limit, std::size_t bytes_max,
                                        std::function<void(result<std::vector<record>>)> done);

  /// As log_port::follow asks.
  [[nodiscard]] static log_read of_families(caf::strong_actor_ptr sink, position after);

  // Each read ends by one of these, once.
  /// Reads, and answers with what the log says.
  void answer(const event_log& log) &&;
  void refuse(error why) &&;

private:
  struct entity {
    caf::strong_actor_ptr sink;
    std::uint64_t ticket;
    bool with_snapshot;
  };
  struct families {
    caf::strong_actor_ptr sink;
  };
  using page_taker = std::function<void(result<std::vector<record>>)>;

  log_read(stream_id stream, version after, std::size_t limit, std::size_t bytes_max,
           std::variant<entity, families, page_taker> asked_by);
  [[nodiscard]] loaded_ptr load(const event_log& log, const entity& by) const;

  stream_id stream_;
  version after_;
  std::size_t limit_, bytes_max_;
  std::variant<entity, families, page_taker> asked_by_;
};

} // namespace parley
