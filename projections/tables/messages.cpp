#include "projections/tables/messages.hpp"

namespace parley {

void message_changes::fold(const record& r, const events::message_sent& e) {
  rows.push_back({r.stream, r.version, r.time, e});
}

} // namespace parley
