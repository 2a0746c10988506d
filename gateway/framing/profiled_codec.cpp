#include "gateway/framing/profiled_codec.hpp"

namespace parley::gateway {

void profiled_codec::append_push(std::string& out, const push& p) const {
  if (!how_.maps(p.name)) return plain_.append_push(out, p);
  std::vector<foreign_event> events;
  // What a profile makes too much of is told to nobody: its clients would not know our words for it.
  if (!how_.outbound(events, p.name, p.alias, p.body, space_)) return;
  for (const auto& e : events) plain_.append_foreign(out, e.name, e.args, p);
}

} // namespace parley::gateway
