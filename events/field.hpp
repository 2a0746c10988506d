#pragma once
// An event lists its fields once; encoding, decoding and the catalogue are made from that list. A field is `stored`, or
// `personal`: it belongs to a person and is kept apart from the start, so that it can be sealed under that person's
// key.

#include <string_view>

namespace parley {

template <class Event, class Value>
struct event_field {
  std::string_view name;
  Value Event::*member;
  bool is_personal;
};

template <class Event, class Value>
constexpr event_field<Event, Value> stored(std::string_view name, Value Event::*member) {
  return {name, member, false};
}
template <class Event, class Value>
constexpr event_field<Event, Value> personal(std::string_view name, Value Event::*member) {
  return {name, member, true};
}

} // namespace parley
