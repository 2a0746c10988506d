#include "tests/simulation/planted/bugs.hpp"

#include "actors/domain/lounges/lounge.hpp"
#include "actors/domain/rooms/room.hpp"
#include "tests/simulation/planted/forwarding.hpp"

namespace parley::simulation::planted {
namespace {

// Stands for a handler that emits to the room and then saves: members see what a failed write or a crash takes back.
class hasty_port final : public forwarding_port {
public:
  using forwarding_port::forwarding_port;
  void publish_to(publisher& out) { out_ = &out; }

  void submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) override {
    for (const auto& append : request.streams) publish(append, request.time);
    real_.submit(std::move(sink), ticket, std::move(request));
  }

private:
  void publish(const stream_append& append, time_point when) {
    const auto family = append.stream.family();
    if (family != domain::room::family && family != domain::lounge::family) return;
    std::vector<publication_ptr> early;
    auto seq = append.expected;
    for (const auto& e : append.events) {
      auto what = decode(family, e.type, e.schema, nlohmann::json::parse(e.data), nlohmann::json::parse(e.personal));
      early.push_back(
          std::make_shared<const publication>(publication{append.stream, ++seq, when, std::move(what).value()}));
    }
    out_->publish(early);
  }
  publisher* out_ = nullptr;
};

class publishing_early final : public tampering {
  log_port& port(log_port& real) override { return port_.emplace(real); }
  publisher& out(publisher& real) override {
    port_->publish_to(real);
    return real;
  }
  std::optional<hasty_port> port_;
};

// Stands for "from" taken for "after": who says that it has seq 7 begins with 9.
class one_too_late final : public forwarding_link {
public:
  using forwarding_link::forwarding_link;
  void receive(gateway::client_message message) override {
    if (!message.args.empty() && message.args.front().is_object()) {
      auto& given = message.args.front();
      if (const auto at = given.find("after"); at != given.end() && at->is_number_unsigned())
        *at = at->get<std::uint64_t>() + 1;
    }
    real_->receive(std::move(message));
  }
};

// Stands for a queue that is cleared when its reader is slow, and cleared once more when what the reader missed is on
// its way already: the first that is written after a connection has drained is lost.
class forgetful_line final : public forwarding_line {
public:
  using forwarding_line::forwarding_line;
  void lose_next() { loses_ = true; }
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override {
    if (!std::exchange(loses_, false)) real_->write(std::move(blob), offset, size);
  }

private:
  bool loses_ = false;
};

class gap_after_draining final : public forwarding_link {
public:
  gap_after_draining(std::shared_ptr<gateway::session_link> real, std::shared_ptr<forgetful_line> line)
    : forwarding_link{std::move(real)}
    , line_{std::move(line)} {}
  void drained() override {
    line_->lose_next();
    real_->drained();
  }

private:
  std::shared_ptr<forgetful_line> line_;
};

class clearing_twice final : public tampering {
  std::shared_ptr<gateway::connection> line(std::shared_ptr<gateway::connection> real) override {
    return opening_ = std::make_shared<forgetful_line>(std::move(real));
  }
  std::shared_ptr<gateway::session_link> link(std::shared_ptr<gateway::session_link> real) override {
    return std::make_shared<gap_after_draining>(std::move(real), std::exchange(opening_, nullptr));
  }
  std::shared_ptr<forgetful_line> opening_; ///< its link comes next
};

// Stands for a server that takes what it has written for what has arrived: what was on its way as the connection broke
// is never sent again.
class trusting_line final : public forwarding_line {
public:
  using forwarding_line::forwarding_line;
  bool all_acknowledged() const noexcept override { return true; }
};
class trusting final : public tampering {
  std::shared_ptr<gateway::connection> line(std::shared_ptr<gateway::connection> real) override {
    return std::make_shared<trusting_line>(std::move(real));
  }
};

// Stands for a room that takes its readers off its list as it ends, and then says to the list that it ended. The run of
// pushes that has the end is lost whole: whoever was in hears nothing after it that would show the gap.
class line_without_ends final : public forwarding_line {
public:
  using forwarding_line::forwarding_line;
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override {
    if (!tells_an_end(std::string_view{*blob}.substr(offset, size))) real_->write(std::move(blob), offset, size);
  }

private:
  static bool tells_an_end(std::string_view pushes) {
    return pushes.find(R"("event":"room-closed")") != pushes.npos ||
           pushes.find(R"("event":"room-expired")") != pushes.npos;
  }
};
class without_ends final : public tampering {
  std::shared_ptr<gateway::connection> line(std::shared_ptr<gateway::connection> real) override {
    return std::make_shared<line_without_ends>(std::move(real));
  }
};

} // namespace

bug publish_before_commit() { return std::make_unique<publishing_early>(); }
bug resume_off_by_one() { return std::make_unique<over_link<one_too_late>>(); }
bug refill_with_a_gap() { return std::make_unique<clearing_twice>(); }
bug take_what_was_sent_for_arrived() { return std::make_unique<trusting>(); }
bug forget_to_tell_the_end_of_a_room() { return std::make_unique<without_ends>(); }

} // namespace parley::simulation::planted
