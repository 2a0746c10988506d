#include "actors/log_read.hpp"

#include "actors/processes/process.hpp"

namespace parley {
namespace {

template <class Answer>
void send(const caf::strong_actor_ptr& sink, std::shared_ptr<Answer> answer) {
  caf::anon_send(caf::actor_cast<caf::actor>(sink), std::move(answer));
}

} // namespace

log_read::log_read(stream_id stream, version after, std::size_t limit, std::size_t bytes_max,
                   std::variant<entity, families, page_taker> asked_by)
  : stream_{std::move(stream)}
  , after_{after}
  , limit_{limit}
  , bytes_max_{bytes_max}
  , asked_by_{std::move(asked_by)} {}

log_read log_read::of_entity(caf::strong_actor_ptr sink, std::uint64_t ticket, stream_id stream, version after,
                             bool with_snapshot, std::size_t events) {
  return {std::move(stream), after, events, page_bytes, entity{std::move(sink), ticket, with_snapshot}};
}

log_read log_read::of_page(stream_id stream, version after, std::size_t limit, std::size_t bytes_max, page_taker done) {
  return {std::move(stream), after, limit, bytes_max, std::move(done)};
}

log_read log_read::of_families(caf::strong_actor_ptr sink, position after) {
  return {{}, after, followed_max, 0, families{std::move(sink)}};
}

result<std::optional<record>> first_record(const event_log& log, const stream_id& stream) {
  const auto there = log.stream_version(stream); // asks a filter first, as reading does not
  if (!there) return tl::make_unexpected(there.error());
  if (*there == 0) return std::nullopt;
  auto first = log.read_stream(stream, 0, 1, log_read::page_bytes);
  if (!first) return tl::make_unexpected(std::move(first.error()));
  if (first->empty()) return std::nullopt;
  return std::move(first->front());
}

void log_read::answer(const event_log& log) && {
  if (const auto* by = std::get_if<entity>(&asked_by_)) return send(by->sink, load(log, *by));
  if (const auto* by = std::get_if<families>(&asked_by_)) {
    auto found = std::make_shared<followed>();
    found->head = log.head();
    found->page = log.read_families(followed_families(), after_, limit_, looked_at_max);
    return send(by->sink, std::move(found));
  }
  std::get<page_taker>(asked_by_)(log.read_stream(stream_, after_, limit_, bytes_max_));
}

void log_read::refuse(error why) && {
  if (const auto* by = std::get_if<families>(&asked_by_))
    return send(by->sink, std::make_shared<followed>(followed{tl::make_unexpected(std::move(why)), 0}));
  const auto* by = std::get_if<entity>(&asked_by_);
  if (by == nullptr) return std::get<page_taker>(asked_by_)(tl::make_unexpected(std::move(why)));
  auto refused = std::make_shared<loaded>();
  refused->ticket = by->ticket;
  refused->page = tl::make_unexpected(std::move(why));
  send(by->sink, std::move(refused));
}

loaded_ptr log_read::load(const event_log& log, const entity& by) const {
  auto answer = std::make_shared<loaded>();
  answer->ticket = by.ticket;
  auto after = after_;
  if (by.with_snapshot) {
    answer->base = log.find_snapshot(stream_);
    if (answer->base && *answer->base) after = (*answer->base)->version;
  }
  answer->page = log.read_stream(stream_, after, limit_, bytes_max_);
  if (!answer->page) return answer;
  const auto reached = answer->page->empty() ? after : answer->page->back().version;
  const auto end = log.stream_version(stream_);
  if (!end)
    answer->page = tl::make_unexpected(end.error());
  else
    answer->last = reached >= *end;
  return answer;
}

} // namespace parley
