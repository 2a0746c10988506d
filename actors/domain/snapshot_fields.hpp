#pragma once
// A state as JSON and back. A state lists its fields once, in `template <class Fields> void describe(Fields&, State&)`;
// the writer and the reader below both walk that list, so they cannot disagree. For the deciders' .cpp files only.

#include "actors/domain/member.hpp"
#include "events/json_writer.hpp"

#include <deque>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

namespace parley::domain {

template <class Fields, class Member>
requires std::same_as<std::remove_const_t<Member>, member>
void describe(Fields& f, Member& m) {
  f("user", m.user), f("name", m.name), f("guest", m.guest), f("joinedAt", m.joined_at);
  f("joinedSeq", m.joined_seq);
}

class snapshot_writer {
public:
  explicit snapshot_writer(json_writer& out)
    : out_{out} {}
  template <class T>
  void operator()(std::string_view name, const T& v) {
    write(out_.key(name), v);
  }

private:
  static void write(json_writer& out, const std::string& v) { out.value(v); }
  static void write(json_writer& out, bool v) { out.value(v); }
  static void write(json_writer& out, std::uint32_t v) { out.value(v); }
  static void write(json_writer& out, std::uint64_t v) { out.value(v); }
  static void write(json_writer& out, std::int64_t v) { out.value(v); }
  static void write(json_writer& out, time_point v) { out.value(v.time_since_epoch().count()); }
  static void write(json_writer& out, const stream_id& v) { out.value(v.text); }
  template <class Tag>
  static void write(json_writer& out, const text_id<Tag>& v) {
    out.value(v.text);
  }
  /// What describes itself, as an object.
  template <class T>
  requires requires(snapshot_writer& fields, const T& v) { describe(fields, v); }
  static void write(json_writer& out, const T& v) {
    out.begin_object();
    snapshot_writer fields{out};
    describe(fields, v);
    out.end_object();
  }
  template <class T>
  static void write(json_writer& out, const std::optional<T>& v) {
    if (v)
      write(out, *v);
    else
      out.null();
  }
  template <class Id>
  static void write(json_writer& out, const std::set<Id>& v) {
    out.begin_array();
    for (const auto& each : v) write(out, each);
    out.end_array();
  }
  template <class T>
  static void write(json_writer& out, const std::deque<T>& v) {
    out.begin_array();
    for (const auto& each : v) {
      out.begin_object();
      snapshot_writer fields{out};
      describe(fields, each);
      out.end_object();
    }
    out.end_array();
  }
  /// As a list, each with its key: an object's keys would need escaping.
  template <class Tag, class T>
  static void write(json_writer& out, const std::map<text_id<Tag>, T>& v) {
    out.begin_array();
    for (const auto& [key, value] : v) {
      out.begin_object();
      snapshot_writer fields{out};
      fields("key", key);
      if constexpr (std::is_arithmetic_v<T>)
        fields("value", value);
      else
        describe(fields, value);
      out.end_object();
    }
    out.end_array();
  }
  json_writer& out_;
};

class snapshot_reader {
public:
  explicit snapshot_reader(const nlohmann::json& in)
    : in_{in}
    , ok_{in.is_object()} {}
  template <class T>
  void operator()(std::string_view name, T& v) {
    if (!ok_) return;
    const auto at = in_.find(name);
    ok_ = at != in_.end() && read(*at, v);
  }
  [[nodiscard]] bool complete() const { return ok_; }

private:
  using json = nlohmann::json;

  static bool read(const json& in, std::string& v) {
    if (!in.is_string()) return false;
    v = in.get_ref<const std::string&>();
    return true;
  }
  static bool read(const json& in, bool& v) {
    if (!in.is_boolean()) return false;
    v = in.get<bool>();
    return true;
  }
  template <std::unsigned_integral Integer>
  static bool read(const json& in, Integer& v) {
    if (!in.is_number_unsigned() || in.get<std::uint64_t>() > std::numeric_limits<Integer>::max()) return false;
    v = in.get<Integer>();
    return true;
  }
  /// A number beyond a signed 64-bit integer would wrap around when taken as one.
  static bool read(const json& in, std::int64_t& v) {
    if (!in.is_number_integer()) return false;
    if (in.is_number_unsigned() && in.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) return false;
    v = in.get<std::int64_t>();
    return true;
  }
  static bool read(const json& in, time_point& v) {
    std::int64_t ms = 0;
    if (!read(in, ms)) return false;
    v = time_point{std::chrono::milliseconds{ms}};
    return true;
  }
  static bool read(const json& in, stream_id& v) { return read(in, v.text); }
  template <class Tag>
  static bool read(const json& in, text_id<Tag>& v) {
    return read(in, v.text);
  }
  template <class T>
  requires requires(snapshot_reader& fields, T& v) { describe(fields, v); }
  static bool read(const json& in, T& v) {
    snapshot_reader fields{in};
    describe(fields, v);
    return fields.complete();
  }
  template <class T>
  static bool read(const json& in, std::optional<T>& v) {
    if (in.is_null())
      v.reset();
    else if (!read(in, v.emplace(T{})))
      return false;
    return true;
  }
  template <class Id>
  static bool read(const json& in, std::set<Id>& v) {
    if (!in.is_array()) return false;
    for (const auto& each : in) {
      Id one;
      if (!read(each, one) || !v.insert(std::move(one)).second) return false;
    }
    return true;
  }
  template <class T>
  static bool read(const json& in, std::deque<T>& v) {
    if (!in.is_array()) return false;
    for (const auto& each : in) {
      snapshot_reader fields{each};
      describe(fields, v.emplace_back());
      if (!fields.complete()) return false;
    }
    return true;
  }
  template <class Tag, class T>
  static bool read(const json& in, std::map<text_id<Tag>, T>& v) {
    if (!in.is_array()) return false;
    for (const auto& each : in) {
      snapshot_reader fields{each};
      text_id<Tag> key;
      T value;
      fields("key", key);
      if constexpr (std::is_arithmetic_v<T>)
        fields("value", value);
      else
        describe(fields, value);
      if (!fields.complete() || !v.emplace(std::move(key), std::move(value)).second) return false;
    }
    return true;
  }
  const json& in_;
  bool ok_;
};

template <class State>
[[nodiscard]] std::string write_snapshot(const State& s) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  snapshot_writer fields{out};
  describe(fields, s);
  out.end_object();
  return text;
}

/// errc::corrupt when `text` is not what `write_snapshot` wrote.
template <class State>
[[nodiscard]] result<State> read_snapshot(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  State s;
  snapshot_reader fields{parsed};
  describe(fields, s);
  if (!fields.complete()) return fail(errc::corrupt, "a snapshot is damaged");
  return s;
}

} // namespace parley::domain
