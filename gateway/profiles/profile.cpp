#include "gateway/profiles/profile.hpp"

#include "events/json_writer.hpp"
#include "gateway/profiles/members.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

constexpr std::size_t depth_max = 32, title_bytes_max = 128, path_bytes_max = 128;

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= profile::name_bytes_max && std::all_of(text.begin(), text.end(), fits);
}

/// Of a namespace or an Engine.IO path.
bool is_path(std::string_view text) {
  const auto odd = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F || c == ',' || c == '?' ||
           c == '#';
  };
  return text.starts_with('/') && text.size() <= path_bytes_max && std::none_of(text.begin(), text.end(), odd);
}

} // namespace

struct profile_reader {
  profile made;

  using wrong = std::optional<file_fault>;

  wrong read(const located_json& from) {
    if (auto w = only_members(from, "a profile",
                              {"$schema", "profile", "title", "note", "namespaces", "paths", "templates", "in", "out",
                               "no_echo", "acks", "rest"}))
      return w;
    if (auto w = read_name(from)) return w;
    if (auto w = read_title(from)) return w;
    if (auto w = read_list(from, "namespaces", profile::namespaces_max, made.namespaces_)) return w;
    if (auto w = read_list(from, "paths", profile::paths_max, made.paths_)) return w;
    for (const auto& path : made.paths_)
      if (path.ends_with('/')) return file_fault{from.find("paths")->line, "a path stands without a slash at its end"};

    rule_reading reading{made.namespaces_};
    reading.templates.named = from.find("templates");
    if (auto w = check_named(reading.templates.named)) return w;
    if (const auto* in = from.find("in"))
      if (auto w = take(inbound_rules::compile(*in, reading), made.inbound_)) return w;
    if (auto w = take(outbound_rules::compile(from.find("out"), from.find("no_echo"), reading), made.outbound_))
      return w;
    if (const auto* acks = from.find("acks"))
      if (auto w = take(ack_rules::compile(*acks, reading), made.acks_)) return w;
    if (const auto* rest = from.find("rest"))
      if (auto w = take(rest_rules::compile(*rest, reading), made.rest_)) return w;
    return std::nullopt;
  }

private:
  template <class T>
  static wrong take(checked<T> compiled, T& into) {
    if (!compiled) return std::move(compiled.error());
    into = std::move(*compiled);
    return std::nullopt;
  }

  wrong read_name(const located_json& from) {
    const auto* name = from.find("profile");
    if (!name) return file_fault{from.line, "`profile` is missing: the name under which it is asked for"};
    if (!name->text() || !is_name(*name->text()))
      return file_fault{name->line, "a profile's name has 1 to " + std::to_string(profile::name_bytes_max) +
                                        " letters a-z, digits and `-`"};
    made.name_ = *name->text();
    return std::nullopt;
  }

  wrong read_title(const located_json& from) {
    const auto* title = from.find("title");
    if (!title) return std::nullopt;
    if (!title->text() || title->text()->size() > title_bytes_max)
      return file_fault{title->line, "`title` is a text of at most " + std::to_string(title_bytes_max) + " bytes"};
    made.title_ = *title->text();
    return std::nullopt;
  }

  /// Also those that nothing uses. What they may refer to is known where they are used.
  static wrong check_named(const located_json* named) {
    if (!named) return std::nullopt;
    if (!named->is_object()) return file_fault{named->line, "`templates` is an object from names to templates"};
    constexpr roots anything = root::body | root::argument | root::item | root::path | root::query | root::next;
    for (const auto& [name, from] : named->members) {
      template_reading alone{.named = named};
      if (auto tried = json_template::compile(from, anything, alone); !tried) return std::move(tried.error());
    }
    return std::nullopt;
  }

  static wrong read_list(const located_json& from, std::string_view member, std::size_t count_max,
                         std::vector<std::string>& into) {
    const auto* list = from.find(member);
    if (!list) return std::nullopt;
    if (!list->is_list() || list->items.empty() || list->items.size() > count_max)
      return file_fault{list->line,
                        "`" + std::string{member} + "` is a list of 1 to " + std::to_string(count_max) + " texts"};
    into.clear();
    for (const auto& item : list->items) {
      if (!item.text() || !is_path(*item.text()))
        return file_fault{item.line, "this begins with `/` and has no spaces, commas, `?` or `#`"};
      if (std::find(into.begin(), into.end(), *item.text()) != into.end())
        return file_fault{item.line, "`" + *item.text() + "` is here twice"};
      into.push_back(*item.text());
    }
    return std::nullopt;
  }
};

bool profile::serves(std::string_view space) const noexcept {
  return std::find(namespaces_.begin(), namespaces_.end(), space) != namespaces_.end();
}

result<void> profile::outbound(std::vector<foreign_event>& to, std::string_view push, std::string_view alias,
                               std::string_view body, std::string_view space) const {
  if (outbound_.maps(push)) return outbound_.apply(to, push, body, space);
  for (const auto name : {push, alias})
    if (!name.empty()) to.push_back({name, std::string{"["}.append(body).append("]")});
  return {};
}

std::optional<foreign_reply> profile::refusal(std::string_view asked, const error& e) const {
  return acks_.apply(ack_rules::of::refusal, asked, exception_body(e));
}

std::string exception_body(const error& e) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("status", "error").field("code", describe(e.code).code).field("message", text_of(e));
  if (e.retry_after_s > 0) json.field("retryAfter", e.retry_after_s);
  json.end_object();
  return out;
}

result<profile> parse_profile(std::string_view text, std::string_view file) {
  const auto refuse = [&](const file_fault& f) {
    return fail(errc::invalid, std::string{file} + ":" + std::to_string(f.line) + ": " + f.what);
  };
  if (text.size() > profile::file_bytes_max)
    return refuse({1, "a profile has at most " + std::to_string(profile::file_bytes_max) + " bytes"});
  const auto tree = read_located(text, depth_max);
  if (!tree) return refuse(tree.error());
  profile_reader reader;
  if (const auto wrong = reader.read(*tree)) return refuse(*wrong);
  return std::move(reader.made);
}

} // namespace parley::gateway
