#include "events/upcasts.hpp"

namespace parley {
namespace {

using nlohmann::json;

/// `keepHistory` could only say yes or no; `history` names the policy, and leaves room for more of them.
bool room_opened_1_to_2(json& data, json&) {
  const auto keep = data.find("keepHistory");
  if (keep == data.end() || !keep->is_boolean()) return false;
  const bool kept = keep->get<bool>();
  data.erase(keep);
  data["history"] = kept ? "kept" : "none";
  return true;
}

/// Every room let in whoever came.
bool room_opened_2_to_3(json& data, json&) {
  data["admission"] = "open";
  return true;
}

struct step {
  std::string_view family, type;
  int from;
  bool (*apply)(json& data, json& personal);
};
constexpr step steps[] = {
    {"room", "room-opened", 1, room_opened_1_to_2},
    {"room", "room-opened", 2, room_opened_2_to_3},
};

} // namespace

bool upcast(std::string_view family, std::string_view type, int from, json& data, json& personal) {
  for (const auto& s : steps)
    if (s.family == family && s.type == type && s.from == from) return s.apply(data, personal);
  return false;
}

} // namespace parley
