#include "gateway/bridge/loop_adapters.hpp"

namespace parley::gateway {

void loop_entities::ask(const stream_id& who, any_request r) {
  auto& respond = std::visit([](auto& one) -> reply& { return one.respond; }, r);
  auto asked = std::make_shared<reply>(std::move(respond));
  respond = reply{[&loop = loop_, asked](result<answer> outcome) {
    if (loop.is_current()) return (*asked)(std::move(outcome));
    loop.post([asked, outcome = std::move(outcome)]() mutable { (*asked)(std::move(outcome)); });
  }};
  all_.ask(who, std::move(r));
}

void fan_out::publish(std::span<const publication_ptr> published) {
  std::shared_ptr<std::vector<publication_ptr>> copy; // made once, when another loop wants it
  for (const auto& [loop, topics] : hubs_) {
    if (loop->is_current()) {
      topics->publish(published);
      continue;
    }
    if (!copy) copy = std::make_shared<std::vector<publication_ptr>>(published.begin(), published.end());
    loop->post([topics = topics, copy] { topics->publish(*copy); });
  }
}

void loop_log_reads::read(const stream_id& topic, version after, std::size_t limit, std::size_t bytes_max,
                          std::function<void(result<std::vector<record>>)> done) {
  // Posted also when the reader refuses on this very thread: the hub is promised that answers come later.
  reader_.read(topic, after, limit, bytes_max, [&loop = loop_, done = std::move(done)](auto records) {
    loop.post([done, records = std::move(records)]() mutable { done(std::move(records)); });
  });
}

void loop_log_reads::claimed_by(const stream_id& email, std::function<void(result<std::optional<user_id>>)> done) {
  constexpr std::size_t bytes_max = 4096;
  read(email, 0, 1, bytes_max, [done = std::move(done)](const result<std::vector<record>>& records) {
    if (!records) return done(tl::make_unexpected(records.error()));
    if (records->empty()) return done(std::optional<user_id>{});
    const auto content = content_of(records->front());
    if (!content) return done(tl::make_unexpected(content.error()));
    const auto* claims = std::get_if<events::email_event>(&*content);
    if (claims == nullptr) return done(fail(errc::corrupt, "an e-mail stream holds a foreign event"));
    done(std::optional<user_id>{std::get<events::email_claimed>(*claims).user});
  });
}

} // namespace parley::gateway
