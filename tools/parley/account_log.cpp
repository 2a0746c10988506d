#include "tools/parley/account_log.hpp"

#include "events/assertion.hpp"
#include "events/codec.hpp"

namespace parley::tool {
namespace {

using domain::account;

constexpr std::size_t page_events = 512, page_bytes = 1024 * 1024;

struct image {
  account::state state;
  parley::version version = 0;
};

/// Without its snapshot, which is only a shortcut.
result<image> recover(const event_log& log, const stream_id& stream) {
  image now;
  for (;;) {
    const auto page = log.read_stream(stream, now.version, page_events, page_bytes);
    if (!page) return tl::make_unexpected(page.error());
    if (page->empty()) return now;
    for (const auto& r : *page) {
      const auto content = content_of(r);
      if (!content) return tl::make_unexpected(content.error());
      const auto* e = std::get_if<account::event>(&*content);
      if (!e) return fail(errc::corrupt, "a foreign event stands in " + stream.text);
      account::evolve(now.state, *e, r.time);
      now.version = r.version;
    }
  }
}

} // namespace

result<answer> account_log::run(const stream_id& stream, const request<account>& r) {
  auto now = recover(log_, stream);
  if (!now) return tl::make_unexpected(now.error());
  const auto decided = account::decide(now->state, r.command, r.by);
  if (!decided) return tl::make_unexpected(decided.error());
  // What accounts are told here neither claims anything nor sets a timer.
  PARLEY_ASSERT(decided->claims.empty() && decided->timers.empty() && !decided->refused_with);
  answer a;
  if (!decided->events.empty()) {
    stream_append append{stream, now->version, {}};
    for (const auto& e : decided->events) append.events.push_back(encode(e));
    append_request request;
    request.streams.push_back(std::move(append));
    request.time = r.by.now;
    request.actor = r.by.user.text;
    request.cause = r.by.cause;
    const auto written = log_.append({&request, 1});
    if (!written.front()) return tl::make_unexpected(written.front().error());
    a.at = written.front()->last;
    for (const auto& e : decided->events) {
      account::evolve(now->state, e, r.by.now);
      ++now->version;
    }
  }
  a.version = now->version;
  a.body = account::reply(now->state, r.command, r.by, now->version);
  return a;
}

result<std::optional<user_id>> account_log::claimed_by(const stream_id& email) const {
  const auto page = log_.read_stream(email, 0, 1, page_bytes);
  if (!page) return tl::make_unexpected(page.error());
  if (page->empty()) return std::nullopt;
  const auto content = content_of(page->front());
  if (!content) return tl::make_unexpected(content.error());
  const auto* claim = std::get_if<events::email_event>(&*content);
  if (!claim) return fail(errc::corrupt, "a foreign event stands in " + email.text);
  return std::get<events::email_claimed>(*claim).user;
}

} // namespace parley::tool
