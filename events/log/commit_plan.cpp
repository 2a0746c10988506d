#include "events/log/commit_plan.hpp"

namespace parley {
namespace {

/// Why `request` cannot be written whatever the log holds.
result<void> check_shape(const append_request& request) {
  const auto unfit = [](const stream_id& s) {
    return s.empty() || s.text.size() > stream_id_bytes_max || s.text.find('\0') != s.text.npos;
  };
  for (const auto& append : request.streams) {
    if (unfit(append.stream)) return fail(errc::invalid, "a stream's id must have 1 to 256 bytes and no NUL");
    for (const auto& e : append.events)
      if (e.data.size() + e.personal.size() > record_content_bytes_max)
        return fail(errc::too_large, "an event's content may have at most 4 MiB");
  }
  for (const auto& change : request.timers)
    if (unfit(change.timer.stream) || change.timer.what.find('\0') != std::string::npos)
      return fail(errc::invalid, "a timer must name a stream, and what without NUL");
  if (request.snapshot && unfit(request.snapshot->stream)) return fail(errc::invalid, "a snapshot must name a stream");
  if (request.outcome && (request.outcome->key.empty() || request.outcome->key.size() > outcome_key_bytes_max ||
                          request.outcome->fingerprint.size() > outcome_key_bytes_max))
    return fail(errc::invalid, "an idempotency key must have 1 to 512 bytes");
  return {};
}

class planner {
public:
  planner(commit_plan& plan, const version_lookup& durable_version, commit_sink& sink)
    : plan_{plan}
    , durable_version_{durable_version}
    , sink_{sink} {}

  result<commit> add(const append_request& request) {
    if (auto fits = check_shape(request); !fits) return tl::make_unexpected(std::move(fits.error()));
    if (auto holds = check_versions(request); !holds) return tl::make_unexpected(std::move(holds.error()));
    const auto before = plan_.head;
    for (const auto& append : request.streams) write(append, request);
    write_rest(request);
    return plan_.head == before ? commit{before, before} : commit{before + 1, plan_.head};
  }

private:
  result<version> version_of(const stream_id& stream) const {
    if (const auto known = plan_.versions.find(stream); known != plan_.versions.end()) return known->second;
    return durable_version_(stream);
  }

  result<void> check_versions(const append_request& request) const {
    for (std::size_t i = 0; i < request.streams.size(); ++i) {
      const auto& append = request.streams[i];
      auto at = version_of(append.stream);
      if (!at) return tl::make_unexpected(std::move(at.error()));
      for (std::size_t earlier = 0; earlier < i; ++earlier)
        if (request.streams[earlier].stream == append.stream) *at += request.streams[earlier].events.size();
      if (*at != append.expected)
        return fail(errc::version_conflict, append.stream.text + " is at version " + std::to_string(*at) + ", not " +
                                                std::to_string(append.expected));
    }
    return {};
  }

  void write(const stream_append& append, const append_request& request) {
    auto v = append.expected;
    for (const auto& content : append.events) {
      stored_.assign(32, '\0');
      append_record(stored_, append.stream, ++v, ++plan_.head, content, request.time, request.actor, request.cause);
      const auto sha = sha256(std::string_view{stored_}.substr(32));
      std::copy(sha.begin(), sha.end(), stored_.begin());
      sink_.put_record(plan_.head, append.stream, v, stored_);
      plan_.writes = true;
    }
    if (!append.events.empty()) plan_.versions[append.stream] = v;
  }

  void write_rest(const append_request& request) {
    if (request.outcome) {
      auto outcome = *request.outcome;
      outcome.position = plan_.head;
      sink_.put_outcome(outcome);
    }
    for (const auto& change : request.timers) sink_.put_timer(change);
    if (request.snapshot) sink_.put_snapshot(*request.snapshot);
    plan_.writes = plan_.writes || request.outcome || !request.timers.empty() || request.snapshot;
  }

  commit_plan& plan_;
  const version_lookup& durable_version_;
  commit_sink& sink_;
  std::string stored_;
};

} // namespace

commit_plan plan_commit(std::span<const append_request> batch, position head, const version_lookup& durable_version,
                        commit_sink& sink) {
  commit_plan plan;
  plan.head = head;
  plan.answers.reserve(batch.size());
  planner p{plan, durable_version, sink};
  for (const auto& request : batch) plan.answers.push_back(p.add(request));
  return plan;
}

} // namespace parley
