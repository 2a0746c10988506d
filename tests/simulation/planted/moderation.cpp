#include "tests/simulation/planted/bugs.hpp"

#include "tests/simulation/planted/forgetful.hpp"

namespace parley::simulation::planted {
namespace {

constexpr std::string_view lounges = "lounge", over = "over ";

void forget_mutes(nlohmann::json& s) { s["mutes"] = s["bans"] = nlohmann::json::array(); }

// Stands for a timer that is set, and that nobody looks for: a mute has no end.
class no_ends final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const override {
    auto due = real_.due_timers(until, limit);
    if (due) std::erase_if(*due, [](const timer& t) { return t.what.starts_with(over); });
    return due;
  }
};

// Stands for a look whether somebody is muted that is made as a message comes in, and not as it is written: what was on
// its way when the mute came is written after it.
class messages_on_their_way final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    auto answers = real_.append(batch);
    for (std::size_t i = 0; i < batch.size(); ++i)
      for (const auto& s : batch[i].streams)
        if (answers[i] && s.stream.family() == lounges)
          for (const auto& e : s.events) see(batch[i], s.stream, e);
    return answers;
  }

private:
  void see(const append_request& request, const stream_id& lounge, const encoded_event& e) {
    const auto content =
        decode(lounges, e.type, e.schema, nlohmann::json::parse(e.data), nlohmann::json::parse(e.personal));
    const auto& what = std::get<events::lounge_event>(content.value());
    auto& present = present_[lounge.text];
    if (const auto* came = std::get_if<events::joined>(&what)) present[came->session] = *came;
    if (const auto* gone = std::get_if<events::left>(&what)) present.erase(gone->session);
    const auto* action = std::get_if<events::moderation_action>(&what);
    if (!action || action->action != "mute") return;
    for (const auto& [session, member] : present)
      if (member.user == action->target)
        return write(request, lounge,
                     {{"late-" + action->id.text}, member.user, session, member.name, "one more thing", {}, {}});
  }

  /// The event alone: it is no command's that could be repeated.
  void write(const append_request& request, const stream_id& lounge, events::message_sent message) {
    const auto last = real_.stream_version(lounge);
    if (!last) return; // the disk fails
    append_request late;
    late.time = request.time;
    late.actor = message.user.text;
    late.cause = request.cause;
    late.streams = {{lounge, *last, {encode(events::lounge_event{std::move(message)})}}};
    static_cast<void>(real_.append({&late, 1}));
  }

  std::map<std::string, std::map<session_id, events::joined>> present_;
};

} // namespace

bug forget_who_is_muted_in_snapshots() {
  return std::make_unique<over_log<forgetful_snapshots<lounges, forget_mutes>>>();
}
bug write_what_was_said_before_a_mute() { return std::make_unique<over_log<messages_on_their_way>>(); }
bug never_end_mutes() { return std::make_unique<over_log<no_ends>>(); }

} // namespace parley::simulation::planted
