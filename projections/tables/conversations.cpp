#include "projections/tables/conversations.hpp"

namespace parley {
namespace {

struct folder {
  conversation_changes& changes;
  const record& r;
  conversation_id id{std::string{r.stream.key()}};

  void operator()(const events::conversation_opened& e) const { changes.rows[id].made = {e, r.time}; }
  void operator()(const events::direct_message_sent&) const {
    auto& row = changes.rows[id];
    row.last_position = r.position;
    row.last_seq = r.version;
  }
  void operator()(const events::read_marked& e) const { changes.marks[{id, e.user}] = e.seq; }
  void operator()(const events::blocked& e) const { changes.blocks[{id, e.by}] = r.time; }
  void operator()(const events::unblocked& e) const { changes.blocks[{id, e.by}] = std::nullopt; }
  void operator()(const events::call_started& e) const {
    auto& call = changes.calls[e.call];
    call.conversation = id;
    call.started = {e, r.time, r.position};
  }
  void operator()(const events::call_ringing&) const {}
  void operator()(const events::call_accepted& e) const { changes.calls[e.call].accepted_at = r.time; }
  void operator()(const events::call_ended& e) const {
    auto& call = changes.calls[e.call];
    call.ended_at = r.time;
    call.reason = e.reason;
  }
};

} // namespace

void conversation_changes::fold(const record& r, const events::conversation_event& e) {
  const folder f{*this, r};
  rows[f.id].version = r.version;
  std::visit(f, e);
}

} // namespace parley
