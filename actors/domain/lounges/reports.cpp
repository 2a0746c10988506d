#include "actors/domain/lounges/reports.hpp"

#include "actors/domain/message.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

#include <algorithm>

namespace parley::domain {

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, reports::filed>
void describe(Fields& f, State& s) { f("subject", s.subject), f("report", s.report), f("at", s.at); }
template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, reports::state>
void describe(Fields& f, State& s) { f("user", s.user), f("recent", s.recent), f("seq", s.seq); }

namespace {

constexpr std::chrono::hours day{24};

std::string subject_of(const stream_id& place, version message_seq, const user_id& target) {
  return place.text + '\n' + (message_seq != 0 ? '#' + std::to_string(message_seq) : target.text);
}

const reports::filed* find(const reports::state& s, const reports::file& c) {
  const auto at = std::ranges::find(s.recent, subject_of(c.place, c.message_seq, c.target), &reports::filed::subject);
  return at == s.recent.end() ? nullptr : &*at;
}

result<void> check_limit(const reports::state& s, const context& by) {
  if (s.recent.size() < reports_a_day_max) return {};
  const auto waited = by.now - s.recent[s.recent.size() - reports_a_day_max].at;
  if (waited >= day) return {};
  const auto left = std::chrono::ceil<std::chrono::seconds>(std::min<std::chrono::milliseconds>(day - waited, day));
  return fail(errc::rate_limited, "at most " + std::to_string(reports_a_day_max) + " reports a day",
              static_cast<int>(left.count()));
}

} // namespace

result<decision<reports::event>> reports::decide(const state& s, const command& any, const context& by) {
  const auto& c = std::get<file>(any);
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (c.target == by.user) return fail(errc::invalid, "nobody reports themselves");
  if (!is_identifier(c.id.text, message_id_bytes_max) || !is_identifier(c.target.text, message_id_bytes_max))
    return fail(errc::invalid, "targetId is no user's id");
  auto reason = clean_line(c.reason, report_reason_bytes_max, "reason");
  if (!reason) return tl::make_unexpected(std::move(reason.error()));
  if (reason->empty()) return fail(errc::invalid, "reason is empty");
  decision<event> d;
  if (find(s, c)) return d;
  if (auto may = check_limit(s, by); !may) return tl::make_unexpected(std::move(may.error()));
  d.events.push_back(
      events::report_filed{c.id, by.user, c.place, c.target, c.message, c.message_seq, std::move(*reason), c.sha256});
  return d;
}

void reports::evolve(state& s, const event& any, time_point when) {
  const auto& e = std::get<events::report_filed>(any);
  ++s.seq;
  s.user = e.user;
  if (s.recent.size() >= remembered_reports_max) s.recent.pop_front();
  s.recent.push_back({subject_of(e.place, e.message_seq, e.target), e.report, when});
}

std::string reports::reply(const state& after, const command& any, const context&, version) {
  const auto& c = std::get<file>(any);
  std::string text;
  json_writer out{text};
  out.begin_object();
  if (const auto* known = find(after, c)) out.field("id", known->report.text).field("createdAt", to_iso8601(known->at));
  out.field("targetId", c.target.text);
  if (c.message_seq != 0) out.field("messageId", c.message.text).field("messageSeq", c.message_seq);
  out.end_object();
  return text;
}

std::string reports::snapshot(const state& s) { return write_snapshot(s); }
result<reports::state> reports::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
