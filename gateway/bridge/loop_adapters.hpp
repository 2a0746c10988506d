#pragma once
// The ports of the actors as one io loop sees them: answers, published events and reads of the log come in on that
// loop, whatever thread they start from.

#include "actors/entities.hpp"
#include "actors/log_read.hpp"
#include "actors/publisher.hpp"
#include "gateway/bridge/io_loop.hpp"
#include "gateway/hub/hub.hpp"

#include <vector>

namespace parley::gateway {

/// Entities whose replies come back on the loop that asks. Used on that loop.
class loop_entities final : public entities {
public:
  loop_entities(io_loop& loop, entities& all)
    : loop_{loop}
    , all_{all} {}
  void ask(const stream_id& who, any_request r) override;

private:
  io_loop& loop_;
  entities& all_;
};

/// Hands what entities publish to every loop's hub. Thread-safe.
class fan_out final : public publisher {
public:
  /// Before anything is published.
  void add(io_loop& loop, hub& topics) { hubs_.push_back({&loop, &topics}); }
  void publish(std::span<const publication_ptr> published) override;

private:
  struct target {
    io_loop* loop;
    hub* topics;
  };
  std::vector<target> hubs_;
};

/// Reads of the log for one loop: refills of lagging connections, and who claimed an e-mail address.
class loop_log_reads final : public refill_source {
public:
  loop_log_reads(io_loop& loop, page_source& reader)
    : loop_{loop}
    , reader_{reader} {}
  void read(const stream_id& topic, version after, std::size_t limit, std::size_t bytes_max,
            std::function<void(result<std::vector<record>>)> done) override;
  /// The user of the first event of an e-mail address's stream; nullopt: nobody claimed it.
  void claimed_by(const stream_id& email, std::function<void(result<std::optional<user_id>>)> done);

private:
  io_loop& loop_;
  page_source& reader_;
};

} // namespace parley::gateway
