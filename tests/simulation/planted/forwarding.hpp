#pragma once
// Decorators that change nothing: each planted bug changes the one call that its mistake is in.

#include "tests/simulation/runs/tampering.hpp"

namespace parley::simulation::planted {

class forwarding_log : public event_log {
public:
  explicit forwarding_log(event_log& real)
    : real_{real} {}
  std::vector<result<commit>> append(std::span<const append_request> batch) override { return real_.append(batch); }
  result<void> recover() override { return real_.recover(); }
  bool writable() const noexcept override { return real_.writable(); }
  position head() const noexcept override { return real_.head(); }
  position wait_beyond(position after, std::chrono::milliseconds timeout) const override {
    return real_.wait_beyond(after, timeout);
  }
  void stop_waiting() noexcept override { real_.stop_waiting(); }
  result<std::vector<record>> read(position after, std::size_t limit, std::size_t bytes_max) const override {
    return real_.read(after, limit, bytes_max);
  }
  result<family_page> read_families(std::span<const std::string_view> families, position after, std::size_t limit,
                                    std::size_t looked_at_max) const override {
    return real_.read_families(families, after, limit, looked_at_max);
  }
  result<std::vector<record>> read_stream(const stream_id& stream, version after, std::size_t limit,
                                          std::size_t bytes_max) const override {
    return real_.read_stream(stream, after, limit, bytes_max);
  }
  result<version> stream_version(const stream_id& stream) const override { return real_.stream_version(stream); }
  result<std::optional<command_outcome>> find_outcome(std::string_view key) const override {
    return real_.find_outcome(key);
  }
  result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const override {
    return real_.find_snapshot(stream);
  }
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const override {
    return real_.due_timers(until, limit);
  }
  result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) const override {
    return real_.restart_timers(after, limit);
  }

protected:
  event_log& real_;
};

class forwarding_port : public log_port {
public:
  explicit forwarding_port(log_port& real)
    : real_{real} {}
  void submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) override {
    real_.submit(std::move(sink), ticket, std::move(request));
  }
  void load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
            bool with_snapshot) override {
    real_.load(std::move(sink), ticket, stream, after, with_snapshot);
  }
  void follow(caf::strong_actor_ptr sink, position after) override { real_.follow(std::move(sink), after); }
  result<std::optional<command_outcome>> find_outcome(std::string_view key) override { return real_.find_outcome(key); }
  result<std::optional<record>> first_of(const stream_id& stream) override { return real_.first_of(stream); }
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) override {
    return real_.due_timers(until, limit);
  }
  result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) override {
    return real_.restart_timers(after, limit);
  }
  std::optional<error> refuses_writes() const override { return real_.refuses_writes(); }

protected:
  log_port& real_;
};

class forwarding_read_store : public read_store {
public:
  explicit forwarding_read_store(read_store& real)
    : real_{real} {}
  result<void> open() override { return real_.open(); }
  result<position> begin() override { return real_.begin(); }
  result<void> apply(const change_set& changes) override { return real_.apply(changes); }
  result<void> commit(position to) override { return real_.commit(to); }
  void rollback() noexcept override { real_.rollback(); }
  void interrupt() noexcept override { real_.interrupt(); }

protected:
  read_store& real_;
};

class forwarding_link : public gateway::session_link {
public:
  explicit forwarding_link(std::shared_ptr<gateway::session_link> real)
    : real_{std::move(real)} {}
  void receive(gateway::client_message message) override { real_->receive(std::move(message)); }
  void drained() override { real_->drained(); }
  void pinged() override { real_->pinged(); }
  void ponged() override { real_->ponged(); }
  void closed(gateway::goodbye how) override { real_->closed(how); }

protected:
  std::shared_ptr<gateway::session_link> real_;
};

class forwarding_line : public gateway::connection {
public:
  explicit forwarding_line(std::shared_ptr<gateway::connection> real)
    : real_{std::move(real)} {}
  void answer(std::optional<std::uint64_t> ack, const result<std::string>& body) override { real_->answer(ack, body); }
  void push(std::string_view name, std::string_view alias, std::string_view body) override {
    real_->push(name, alias, body);
  }
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override {
    real_->write(std::move(blob), offset, size);
  }
  std::size_t queued_bytes() const noexcept override { return real_->queued_bytes(); }
  bool all_acknowledged() const noexcept override { return real_->all_acknowledged(); }
  void greet(std::string_view session, std::string_view resume, std::string_view body) override {
    real_->greet(session, resume, body);
  }
  const gateway::codec& framing() const noexcept override { return real_->framing(); }
  gateway::connection_ref ref() const noexcept override { return real_->ref(); }
  void close(gateway::close_code code, std::string_view reason) override { real_->close(code, reason); }

protected:
  std::shared_ptr<gateway::connection> real_;
};

class forwarding_batch : public store::batch {
public:
  explicit forwarding_batch(std::unique_ptr<store::batch> real)
    : real_{std::move(real)} {}
  void put(table t, std::string_view key, std::string_view value) override { real_->put(t, key, value); }
  void erase(table t, std::string_view key) override { real_->erase(t, key); }
  result<void> write() override { return real_->write(); }

protected:
  std::unique_ptr<store::batch> real_;
};

/// Its batches are what `wrap` makes of the real ones.
class store_with_batches final : public parley::store {
public:
  using wrapping = std::function<std::unique_ptr<batch>(std::unique_ptr<batch>)>;
  store_with_batches(std::unique_ptr<parley::store> real, wrapping wrap)
    : real_{std::move(real)}
    , wrap_{std::move(wrap)} {}
  std::unique_ptr<batch> new_batch() override { return wrap_(real_->new_batch()); }
  result<std::optional<std::string>> get(table t, std::string_view key) const override { return real_->get(t, key); }
  std::unique_ptr<cursor> scan(table t) const override { return real_->scan(t); }
  result<void> compact(table t) override { return real_->compact(t); }
  result<void> catch_up() override { return real_->catch_up(); }

private:
  std::unique_ptr<parley::store> real_;
  wrapping wrap_;
};

/// Its tables are what `wrap` makes of the real ones.
class storage_with_tables final : public log_storage {
public:
  using opened = result<std::unique_ptr<store>>;
  using opening = std::function<opened()>;
  using wrapping = std::function<opened(const opening& open)>;
  storage_with_tables(std::unique_ptr<log_storage> real, wrapping wrap)
    : real_{std::move(real)}
    , wrap_{std::move(wrap)} {}
  result<void> probe() override { return real_->probe(); }
  opened open_tables(store::access mode, const clock_source& clock) override {
    return wrap_([&] { return real_->open_tables(mode, clock); });
  }
  result<std::optional<position>> read_head() override { return real_->read_head(); }
  result<void> write_head(position head) override { return real_->write_head(head); }
  result<void> reset_head(position head) override { return real_->reset_head(head); }

private:
  std::unique_ptr<log_storage> real_;
  wrapping wrap_;
};

/// A tampering that puts a decorator of its own over one collaborator, a new one in each life of the server: what it
/// holds in memory a crash takes away.
template <class Log>
class over_log final : public tampering {
  event_log& log(event_log& real) override { return in_place_.emplace(real); }
  std::optional<Log> in_place_;
};
template <class Store>
class over_read_store final : public tampering {
  read_store& store(read_store& real) override { return in_place_.emplace(real); }
  std::optional<Store> in_place_;
};
template <class Link>
class over_link final : public tampering {
  std::shared_ptr<gateway::session_link> link(std::shared_ptr<gateway::session_link> real) override {
    return std::make_shared<Link>(std::move(real));
  }
};

} // namespace parley::simulation::planted
