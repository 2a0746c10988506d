#include "gateway/rest/room_opening.hpp"

#include "gateway/rest/fields.hpp"

namespace parley::gateway {

using domain::room;

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
  if (f.refusal()) return tl::make_unexpected(*f.refusal());
  return o;
}

void open_room(const call_ptr& c, room::open command, shape shaped) {
  if (!c->who) {
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

} // namespace parley::gateway
