#include "gateway/rest/routes/room_opening.hpp"

#include "gateway/rest/fields.hpp"

namespace parley::gateway {

using domain::room;

namespace {

constexpr std::size_t starts_at_bytes_max = 64;

std::optional<time_point> read_start(fields& f) {
  const auto text = f.optional_text("startsAt", starts_at_bytes_max);
  if (text.empty()) return std::nullopt;
  const auto time = parse_iso8601(text);
  if (!time) f.refuse(errc::invalid, "startsAt must be an ISO 8601 time");
  return time ? std::optional{*time} : std::nullopt;
}

} // namespace

result<room::open> read_opening(const nlohmann::json& body) {
  fields f{body};
  room::open o;
  o.title = f.optional_text("title", domain::title_bytes_max);
  if (const auto n = f.optional_integer("capacity", 1, domain::room_capacity_max))
    o.capacity = static_cast<std::uint32_t>(*n);
  if (const auto n =
          f.optional_integer("expiresInSeconds", domain::room_lifetime_min.count(), domain::room_lifetime_max.count()))
    o.lifetime = std::chrono::seconds{*n};
  if (auto history = f.optional_text("history", 16); !history.empty()) {
    if (history != "kept" && history != "none") f.refuse(errc::invalid, "history must be kept or none");
    o.history = std::move(history);
  }
  if (const auto guests = f.optional_flag("guests")) o.guests = *guests;
  if (auto admission = f.optional_text("admission", 16); !admission.empty()) {
    if (admission != "open" && admission != "ask") f.refuse(errc::invalid, "admission must be open or ask");
    o.admission = std::move(admission);
  }
  o.starts_at = read_start(f);
  if (f.refusal()) return tl::make_unexpected(*f.refusal());
  return o;
}

void change_room(const call_ptr& c, shape shaped) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::room_not_found, {}, 0});
  fields f{c->body};
  room::change change;
  const auto given = [&](const char* name) { return c->body.find(name) != c->body.end(); };
  if (given("title")) change.title = f.optional_text("title", domain::title_bytes_max);
  if (given("startsAt")) change.starts_at = read_start(f);
  if (f.refusal()) return c->refuse(*f.refusal());
  write<room>(c, make_stream(room::family, room_id_of(named).text), std::move(change), std::move(shaped));
}

void open_room(const call_ptr& c, room::open command, shape shaped) {
  if (!c->who) {
    if (command.admission == "ask")
      return c->refuse(
          {errc::unauthenticated, "sign in first: whoever opens a room that asks its host lets people in"});
    if (auto fine = c->check_key_of_nobody(); !fine) return c->refuse(fine.error());
    c->who = caller{{c->new_id("g_", c->request.address)}, {}, "Guest", true};
  }
  const auto from = c->seed("room", c->who->user.text);
  command.display_id = from ? derived_room_code(*from) : random_room_code(c->with.random);
  command.id = {command.display_id};
  const auto stream = make_stream(room::family, command.id.text);
  write<room>(c, stream, std::move(command), std::move(shaped));
}

void find_room(const call_ptr& c, bool open_only, std::function<void(const room_row&)> then) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::room_not_found, {}, 0});
  auto found = [c, open_only, then = std::move(then)](const std::optional<room_row>& row) {
    if (!row || (open_only && row->closed)) return c->refuse({errc::room_not_found, {}, 0});
    then(*row);
  };
  c->with.reads.room(room_id_of(named), c->at_least(), or_refuse<std::optional<room_row>>(c, std::move(found)));
}

void if_may_look(const call_ptr& c, const room_id& id, std::function<void()> then) {
  request<room> r{room::look{}, c->by(), {}, {}, {}};
  r.respond = reply{[c, then = std::move(then)](const result<answer>& may) {
    if (!may) return c->refuse(may.error());
    then();
  }};
  c->with.entities.ask(make_stream(room::family, id.text), std::move(r));
}

} // namespace parley::gateway
