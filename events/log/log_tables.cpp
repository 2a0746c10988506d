#include "events/log/log_tables.hpp"

#include "events/log/keys.hpp"
#include "events/log/page.hpp"

#include <limits>

namespace parley::log_tables {
namespace {

auto damaged(position p, const std::string& why) {
  return fail(errc::corrupt, "position " + std::to_string(p) + ": " + why);
}

/// The record's bytes as kept, below their digest.
result<std::string> bytes_at(const store& s, position p) {
  auto value = s.get(table::log, keys::number(p));
  if (!value) return tl::make_unexpected(std::move(value.error()));
  if (!*value) return damaged(p, "the record is missing");
  if (const auto bytes = keys::take_record(**value); !bytes) return damaged(p, bytes.error().message);
  (*value)->erase(0, keys::digest_bytes);
  return std::move(**value);
}

} // namespace

result<position> head(const store& s) {
  const auto format = s.get(table::meta, keys::format);
  if (!format) return tl::make_unexpected(format.error());
  if (*format) {
    const auto number = keys::number_at(**format);
    if (!number) return fail(errc::corrupt, "the log's format is damaged");
    if (*number != keys::format_version)
      return fail(errc::precondition_failed, "the log has format " + std::to_string(*number) +
                                                 ", which this Parley does not know; run the version that wrote it");
  }
  const auto value = s.get(table::meta, keys::head);
  if (!value) return tl::make_unexpected(value.error());
  if (!*value) return position{0};
  const auto at = keys::number_at(**value);
  if (!at) return fail(errc::corrupt, "the log's head is damaged");
  return *at;
}

result<void> visit(const store& s, position after, position head, const record_visitor& visitor) {
  if (after >= head) return {};
  auto at = s.scan(table::log);
  auto expected = after + 1;
  for (at->seek(keys::number(expected)); expected <= head; at->next(), ++expected) {
    if (!at->valid() || keys::number_at(at->key()) != expected) {
      if (auto ok = at->check(); !ok) return ok;
      return damaged(expected, "the record is missing");
    }
    const auto bytes = keys::take_record(at->value());
    if (!bytes) return damaged(expected, bytes.error().message);
    if (!visitor(expected, *bytes)) break;
  }
  return {};
}

result<std::vector<record>> read(const store& s, position after, position head, std::size_t limit,
                                 std::size_t bytes_max) {
  page found{limit, bytes_max};
  std::optional<error> unreadable;
  const auto visited = visit(s, after, head, [&](position p, std::string_view bytes) {
    if (!found.takes(bytes.size())) return false;
    auto r = parse_record(bytes);
    if (!r) {
      unreadable = damaged(p, r.error().message).value();
      return false;
    }
    found.add(std::move(*r), bytes.size());
    return !found.full();
  });
  if (!visited) return tl::make_unexpected(visited.error());
  if (unreadable) return tl::make_unexpected(std::move(*unreadable));
  return std::move(found).take();
}

result<family_page> read_families(const store& s, std::span<const std::string_view> families, position after,
                                  position head, std::size_t limit, std::size_t looked_at_max) {
  family_page found;
  found.reached = after;
  std::optional<error> unreadable;
  const auto visited = visit(s, after, head, [&](position p, std::string_view bytes) {
    if (record_is_of(bytes, families)) {
      auto r = parse_record(bytes);
      if (!r) {
        unreadable = damaged(p, r.error().message).value();
        return false;
      }
      found.records.push_back(std::move(*r));
    }
    found.reached = p;
    return found.records.size() < limit && p - after < looked_at_max;
  });
  if (!visited) return tl::make_unexpected(visited.error());
  if (unreadable) return tl::make_unexpected(std::move(*unreadable));
  return found;
}

result<std::vector<record>> read_stream(const store& s, const stream_id& stream, version after, position head,
                                        std::size_t limit, std::size_t bytes_max) {
  page found{limit, bytes_max};
  if (after == std::numeric_limits<version>::max()) return std::move(found).take();
  auto at = s.scan(table::streams);
  for (at->seek(keys::stream(stream, after + 1)); at->valid() && !found.full(); at->next()) {
    const auto key = keys::take_stream(at->key());
    if (!key || key->stream != stream.text) break;
    const auto p = keys::number_at(at->value());
    if (!p || key->version != after + found.size() + 1)
      return fail(errc::corrupt, "the index of " + stream.text + " is damaged");
    if (*p > head) break;
    const auto bytes = bytes_at(s, *p);
    if (!bytes) return tl::make_unexpected(bytes.error());
    if (!found.takes(bytes->size())) break;
    auto r = parse_record(*bytes);
    if (!r) return damaged(*p, r.error().message);
    if (r->stream != stream || r->version != key->version)
      return damaged(*p, "the index of " + stream.text + " names another stream's record");
    found.add(std::move(*r), bytes->size());
  }
  if (auto ok = at->check(); !ok) return tl::make_unexpected(std::move(ok.error()));
  return std::move(found).take();
}

result<version> stream_version(const store& s, const stream_id& stream, position head) {
  // The first version decides whether the stream exists at all, and a Bloom filter answers for most that do not.
  const auto first = s.get(table::streams, keys::stream(stream, 1));
  if (!first) return tl::make_unexpected(first.error());
  if (!*first) return version{0};
  auto at = s.scan(table::streams);
  for (at->seek_back(keys::stream(stream, std::numeric_limits<version>::max())); at->valid(); at->previous()) {
    const auto key = keys::take_stream(at->key());
    if (!key || key->stream != stream.text) break;
    const auto p = keys::number_at(at->value());
    if (!p) return fail(errc::corrupt, "the index of " + stream.text + " is damaged");
    if (*p <= head) return key->version;
  }
  if (auto ok = at->check(); !ok) return tl::make_unexpected(std::move(ok.error()));
  return version{0};
}

result<std::vector<timer>> due_timers(const store& s, time_point until, std::size_t limit) {
  std::vector<timer> due;
  auto at = s.scan(table::timers);
  for (at->seek(std::string(1, keys::due_timer)); at->valid() && due.size() < limit; at->next()) {
    if (at->key().empty() || at->key()[0] != keys::due_timer) break;
    auto t = keys::take_timer(at->key());
    if (!t) return tl::make_unexpected(std::move(t.error()));
    if (t->due > until) break;
    due.push_back(std::move(*t));
  }
  if (auto ok = at->check(); !ok) return tl::make_unexpected(std::move(ok.error()));
  return due;
}

result<std::vector<timer>> restart_timers(const store& s, const stream_id& after, std::size_t limit) {
  std::vector<timer> found;
  auto at = s.scan(table::timers);
  // The byte after NUL: behind everything of the stream `after`, before any longer id.
  auto start = std::string(1, keys::restart_timer);
  if (!after.empty()) start.append(after.text).push_back('\1');
  for (at->seek(start); at->valid(); at->next()) {
    auto t = keys::take_timer(at->key());
    if (!t) return tl::make_unexpected(std::move(t.error()));
    if (found.size() >= limit) {
      // The next page starts behind this page's last stream, so a stream is not cut in two unless it fills the page.
      if (found.front().stream != t->stream)
        std::erase_if(found, [&](const timer& f) { return f.stream == t->stream; });
      break;
    }
    found.push_back(std::move(*t));
  }
  if (auto ok = at->check(); !ok) return tl::make_unexpected(std::move(ok.error()));
  return found;
}

result<std::optional<snapshot>> find_snapshot(const store& s, const stream_id& stream) {
  const auto value = s.get(table::snapshots, stream.text);
  if (!value) return tl::make_unexpected(value.error());
  if (!*value) return std::optional<snapshot>{};
  auto found = keys::take_snapshot(stream, **value);
  if (!found) return tl::make_unexpected(std::move(found.error()));
  return std::optional{std::move(*found)};
}

result<void> visit_timers(const store& s, const std::function<bool(const timer&)>& visitor) {
  auto at = s.scan(table::timers);
  for (at->seek({}); at->valid(); at->next()) {
    const auto t = keys::take_timer(at->key());
    if (!t) return tl::make_unexpected(t.error());
    if (!visitor(*t)) return {};
  }
  return at->check();
}

result<record> check_record(const store& s, position p, std::string_view bytes) {
  auto r = parse_record(bytes);
  if (!r) return damaged(p, r.error().message);
  if (r->position != p) return damaged(p, "the record says it stands at " + std::to_string(r->position));
  const auto indexed = s.get(table::streams, keys::stream(r->stream, r->version));
  if (!indexed) return tl::make_unexpected(indexed.error());
  if (!*indexed || keys::number_at(**indexed) != p)
    return damaged(p, "the index of " + r->stream.text + " does not name this record as version " +
                          std::to_string(r->version));
  return r;
}

result<void> check_tail(const store& s, position head, std::size_t records) {
  auto last = s.scan(table::log);
  last->seek_to_last();
  if (auto ok = last->check(); !ok) return ok;
  const auto last_position = last->valid() ? keys::number_at(last->key()).value_or(0) : 0;
  if (last_position != head)
    return fail(errc::corrupt, "the log's head is " + std::to_string(head) + " but its last record stands at " +
                                   std::to_string(last_position));

  std::unordered_map<stream_id, version> ends;
  std::optional<error> found;
  const auto visited = visit(s, head > records ? head - records : 0, head, [&](position p, std::string_view bytes) {
    auto r = check_record(s, p, bytes);
    if (!r)
      found = std::move(r.error());
    else if (const auto [end, fresh] = ends.try_emplace(r->stream, r->version); !fresh && ++end->second != r->version)
      found = damaged(p, r->stream.text + " skips a version").value();
    return !found;
  });
  if (!visited) return visited;
  if (found) return tl::make_unexpected(std::move(*found));
  for (const auto& [stream, end] : ends) {
    const auto beyond = s.get(table::streams, keys::stream(stream, end + 1));
    if (!beyond) return tl::make_unexpected(beyond.error());
    if (*beyond) return fail(errc::corrupt, "the index of " + stream.text + " goes on beyond the log's end");
  }
  return {};
}

} // namespace parley::log_tables
