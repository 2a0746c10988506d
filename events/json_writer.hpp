#pragma once
// Appends JSON to a string without building a document: the deterministic encoding of records and frames
// (schema/log-format.md). Keys come out in the order written, no white space, `"`, `\` and controls escaped, all other
// UTF-8 as it is. The caller guarantees valid UTF-8. One thread.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley {

/// Appends `text` as a quoted JSON string.
void append_quoted(std::string& out, std::string_view text);

/// True when `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

class json_writer {
public:
  explicit json_writer(std::string& out)
    : out_{out} {}

  json_writer& begin_object() {
    separate();
    out_.push_back('{');
    fresh_ = true;
    return *this;
  }
  json_writer& end_object() {
    out_.push_back('}');
    fresh_ = false;
    return *this;
  }
  json_writer& begin_array() {
    separate();
    out_.push_back('[');
    fresh_ = true;
    return *this;
  }
  json_writer& end_array() {
    out_.push_back(']');
    fresh_ = false;
    return *this;
  }

  /// `name` must need no escaping: our own field names.
  json_writer& key(std::string_view name) {
    separate();
    out_.push_back('"');
    out_.append(name).append("\":");
    fresh_ = true;
    return *this;
  }
  json_writer& value(std::string_view text) {
    separate();
    append_quoted(out_, text);
    return *this;
  }
  json_writer& value(const char* text) { return value(std::string_view{text}); }
  json_writer& value(const std::string& text) { return value(std::string_view{text}); }
  template <std::same_as<bool> Bool>
  json_writer& value(Bool b) {
    separate();
    out_.append(b ? "true" : "false");
    return *this;
  }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) json_writer& value(Integer n) {
    separate();
    append_number(n);
    return *this;
  }
  json_writer& null() {
    separate();
    out_.append("null");
    return *this;
  }
  /// Appends `json`, which must be one complete JSON value already.
  json_writer& raw(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
  }

  template <class Value>
  json_writer& field(std::string_view name, const Value& v) {
    return key(name).value(v);
  }

private:
  void separate() {
    if (!fresh_) out_.push_back(',');
    fresh_ = false;
  }
  void append_number(std::int64_t n);
  void append_number(std::uint64_t n);
  template <std::integral Integer>
  void append_number(Integer n) {
    if constexpr (std::signed_integral<Integer>)
      append_number(static_cast<std::int64_t>(n));
    else
      append_number(static_cast<std::uint64_t>(n));
  }

  std::string& out_;
  bool fresh_ = true;
};

} // namespace parley
