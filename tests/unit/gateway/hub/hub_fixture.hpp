#pragma once
// What the hub's tests stand on: a connection whose client reads when told to, and a log whose answers come when told.

#include "events/json_writer.hpp"
#include "gateway/hub/hub.hpp"
#include "gateway/protocol/native_codec.hpp"

#include <deque>

namespace parley::gateway::testing {

inline const native_codec with_aliases{{.aliases = true}};
inline const native_codec without_aliases{{.aliases = false}};

struct seen {
  std::string event;
  nlohmann::json data;
  [[nodiscard]] version seq() const { return data.contains("seq") ? data["seq"].get<version>() : 0; }
};

class fake_connection final : public connection {
public:
  fake_connection(std::uint64_t id, const codec& framing)
    : id_{id}
    , framing_{framing} {}

  void answer(std::optional<std::uint64_t>, const result<std::string>&) override {}
  void greet(std::string_view, std::string_view, std::string_view) override {}
  void push(std::string_view, std::string_view, std::string_view) override {}
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override {
    ++writes;
    blobs.push_back(blob);
    queue_.append(*blob, offset, size);
    most_queued = std::max(most_queued, queue_.size());
  }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queue_.size(); }
  [[nodiscard]] bool all_acknowledged() const noexcept override { return acknowledged && queue_.empty(); }
  [[nodiscard]] const codec& framing() const noexcept override { return framing_; }
  [[nodiscard]] connection_ref ref() const noexcept override { return {0, id_}; }
  void close(close_code code, std::string_view) override { closed = code; }

  /// The client reads all that is queued. True when the connection must tell that it drained.
  bool read(std::size_t limit) {
    const bool was_full = queue_.size() > limit;
    std::string_view rest{queue_};
    while (!rest.empty()) {
      const auto frame = take_frame(rest);
      auto parsed = nlohmann::json::parse(frame);
      received.push_back({parsed["event"].get<std::string>(), parsed["data"]});
    }
    queue_.clear();
    return was_full;
  }
  /// The seqs of what was read, durable events only, each once however many names it came under.
  [[nodiscard]] std::vector<version> seqs() const {
    std::vector<version> all;
    for (const auto& s : received)
      if (s.seq() != 0) all.push_back(s.seq());
    return all;
  }
  [[nodiscard]] std::vector<std::string> events() const {
    std::vector<std::string> all;
    for (const auto& s : received) all.push_back(s.event);
    return all;
  }

  bool acknowledged = true;
  std::size_t writes = 0, most_queued = 0;
  std::vector<std::shared_ptr<const std::string>> blobs;
  std::vector<seen> received;
  std::optional<close_code> closed;

private:
  static std::string_view take_frame(std::string_view& rest) {
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(rest.at(i))); };
    std::size_t size = byte(1), header = 2;
    if (size == 126) {
      size = byte(2) << 8 | byte(3);
      header = 4;
    } else if (size == 127) {
      size = 0;
      for (std::size_t i = 2; i < 10; ++i) size = size << 8 | byte(i);
      header = 10;
    }
    if (byte(0) != 0x81) throw std::runtime_error{"not a whole text frame"};
    const auto payload = rest.substr(header, size);
    if (payload.size() != size) throw std::runtime_error{"a frame was cut"};
    rest.remove_prefix(header + size);
    return payload;
  }

  std::uint64_t id_;
  const codec& framing_;
  std::string queue_;
};

/// A log of message-sent events (every `hidden_each`-th an offer-relayed, which is not shown). What is asked waits
/// until `answer_next`.
class scripted_log final : public refill_source {
public:
  struct question {
    stream_id topic;
    version after;
    std::size_t limit, bytes_max;
    std::function<void(result<std::vector<record>>)> done;
  };

  void read(const stream_id& topic, version after, std::size_t limit, std::size_t bytes_max,
            std::function<void(result<std::vector<record>>)> done) override {
    questions.push_back({topic, after, limit, bytes_max, std::move(done)});
    most_questions = std::max(most_questions, questions.size());
  }

  /// Makes the next event of `topic` durable, and what would be published of it.
  publication_ptr append(const stream_id& topic, std::string text = "hi") {
    auto& stream = streams[topic];
    const version seq = stream.size() + 1;
    events::room_event e;
    if (hidden_each != 0 && seq % hidden_each == 0)
      e = events::offer_relayed{{"u"}, {"s"}, "", 1, "00"};
    else
      e = events::message_sent{{"m" + std::to_string(seq)}, {"u"}, {"s"}, "Ada", std::move(text), "", ""};
    stream.push_back(e);
    return std::make_shared<publication>(publication{topic, seq, time_point{}, event{e}});
  }

  bool answer_next(std::size_t which = 0) {
    if (questions.empty()) return false;
    auto q = std::move(questions.at(which));
    questions.erase(questions.begin() + static_cast<std::ptrdiff_t>(which));
    std::vector<record> page;
    const auto& stream = streams[q.topic];
    std::size_t bytes = 0;
    for (version v = q.after + 1; v <= stream.size() && page.size() < q.limit && bytes < q.bytes_max; ++v) {
      page.push_back(record_of(q.topic, v, stream[v - 1]));
      bytes += 200;
    }
    q.done(std::move(page));
    return true;
  }
  void fail_next(errc code) {
    auto q = std::move(questions.front());
    questions.pop_front();
    q.done(fail(code));
  }
  void answer_all() {
    while (answer_next()) {
    }
  }

  static record record_of(const stream_id& topic, version v, const events::room_event& e) {
    const auto encoded = encode(e);
    record r;
    r.stream = topic;
    r.version = v;
    r.type = encoded.type;
    r.schema = encoded.schema;
    r.data = nlohmann::json::parse(encoded.data);
    r.personal = nlohmann::json::parse(encoded.personal);
    return r;
  }

  std::map<stream_id, std::vector<events::room_event>> streams;
  std::deque<question> questions;
  std::size_t most_questions = 0;
  version hidden_each = 0;
};

inline publication_ptr typing_of(const stream_id& topic, std::string session) {
  domain::signal s = domain::typing_signal{{"u-" + session}, {session}, "Ada", true};
  return std::make_shared<publication>(publication{topic, 0, time_point{}, std::move(s)});
}

inline publication_ptr offer_to(const stream_id& topic, std::string from, std::string to) {
  domain::signal s =
      domain::relay_signal{domain::relay_kind::offer, {"u-" + from}, {std::move(from)}, {std::move(to)}, "{}"};
  return std::make_shared<publication>(publication{topic, 0, time_point{}, std::move(s)});
}

struct rig {
  explicit rig(hub::limits bounds = {})
    : limits{bounds} {}

  std::shared_ptr<fake_connection> connect(std::uint64_t id, const codec& framing = without_aliases) {
    auto c = std::make_shared<fake_connection>(id, framing);
    h.attach(c, session_id{"s" + std::to_string(id)}, user_id{"u" + std::to_string(id)});
    return c;
  }
  /// A connection that is live in `topic` from now on.
  std::shared_ptr<fake_connection> live(std::uint64_t id, const codec& framing = without_aliases) {
    auto c = connect(id, framing);
    h.subscribe(id, topic, log.streams[topic].size());
    log.answer_all();
    return c;
  }
  void publish(publication_ptr p) { h.publish({&p, 1}); }
  void say(std::string text = "hi") { publish(log.append(topic, std::move(text))); }
  void say_and_flush(std::string text = "hi") {
    say(std::move(text));
    h.end_turn();
  }
  void read(fake_connection& c) {
    if (c.read(limits.queue_bytes_max)) h.drained(c.ref().id);
  }

  hub::limits limits;
  scripted_log log;
  hub h{log, limits};
  stream_id topic{"room/r"};
};

} // namespace parley::gateway::testing
