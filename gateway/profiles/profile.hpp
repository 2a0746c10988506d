#pragma once
// A profile: somebody else's vocabulary mapped onto Parley's, both ways, as schema/profiles/README.md describes it. It
// renames and reshapes; who speaks, and what they may do, is decided behind it by the same rules as for everybody.
// Compiled once, then immutable: one instance serves all threads. It knows no sockets and no clock.

#include "gateway/profiles/ack_rules.hpp"
#include "gateway/profiles/inbound_rules.hpp"
#include "gateway/profiles/outbound_rules.hpp"
#include "gateway/profiles/rest_rules.hpp"

namespace parley::gateway {

class profile {
public:
  static constexpr std::size_t file_bytes_max = 256 * 1024, name_bytes_max = 32, namespaces_max = 16, paths_max = 8;

  /// 1 to 32 of a-z, 0-9 and `-`.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& title() const noexcept { return title_; }
  /// The Socket.IO namespaces that its clients may join; at least one.
  [[nodiscard]] const std::vector<std::string>& namespaces() const noexcept { return namespaces_; }
  [[nodiscard]] bool serves(std::string_view space) const noexcept;
  /// Where its clients look for Engine.IO besides the usual path; without a slash at the end.
  [[nodiscard]] const std::vector<std::string>& paths() const noexcept { return paths_; }

  /// What a client sent, in our words; ack and auth stay as they are, and what the profile does not name passes
  /// unchanged. nullopt: it means nothing here, and is answered at once with {}. Fails with errc::malformed for
  /// arguments that no rule of the event takes, errc::too_large for what grows beyond the bound.
  [[nodiscard]] result<std::optional<client_message>> inbound(client_message m, std::string_view space) const {
    return inbound_.apply(std::move(m), space);
  }

  /// Whether `outbound` makes anything else of a push than it is.
  [[nodiscard]] bool maps(std::string_view push) const noexcept { return outbound_.maps(push); }
  /// Whether the session that caused a push is sent it, too.
  [[nodiscard]] bool echoes(std::string_view push) const noexcept { return outbound_.echoes(push); }
  /// Appends what the members of one namespace are told of a push: nothing, one event or several. Without a rule these
  /// are its name and its alias (empty: none) with `body`, a JSON object text. Run it once for a message and a
  /// namespace, not once for each member. Names refer into the profile, or are the ones given. Fails with
  /// errc::too_large, and appends nothing, when the profile makes too much of it.
  [[nodiscard]] result<void> outbound(std::vector<foreign_event>& to, std::string_view push, std::string_view alias,
                                      std::string_view body, std::string_view space) const;

  /// How an answer (`body`: JSON object text) to their event `asked` looks; nullopt: as the framing has it.
  [[nodiscard]] std::optional<foreign_reply> answer(std::string_view asked, std::string_view body) const {
    return acks_.apply(ack_rules::of::answer, asked, body);
  }
  /// How a refusal looks. nullopt: as the framing has it; then one that nobody waits for is the push `exception`.
  [[nodiscard]] std::optional<foreign_reply> refusal(std::string_view asked, const error& e) const;

  /// Turns a foreign request into one of ours. Do so before anything looks at its path; then send what `at_once` or
  /// `methods` (see mapped_request) says, or let the API answer and give that to `map_response`. What the profile does
  /// not name stays as it is. Fails with errc::too_large for what grows beyond the bound.
  [[nodiscard]] result<mapped_request> map_request(http_request& request) const { return rest_.apply(request); }
  /// Turns the answer into one of theirs; headers stay. The profile must still be there.
  void map_response(const mapped_request& asked, http_response& response) const { rest_rules::apply(asked, response); }

  /// What there is in it, for people and checks.
  [[nodiscard]] std::vector<std::string_view> asked() const { return inbound_.names(); }
  [[nodiscard]] std::vector<std::string_view> told() const { return outbound_.names(); }
  [[nodiscard]] const std::vector<rest_rule>& routes() const noexcept { return rest_.all(); }

private:
  friend struct profile_reader;

  std::string name_, title_;
  std::vector<std::string> namespaces_{"/"}, paths_;
  inbound_rules inbound_;
  outbound_rules outbound_;
  ack_rules acks_;
  rest_rules rest_;
};

/// errc::invalid with `file:line: what is wrong and what was expected`; `file` is what the text is called.
[[nodiscard]] result<profile> parse_profile(std::string_view text, std::string_view file);

/// What clients are told of an error besides the framing: {status: "error", code, message, retryAfter?}.
[[nodiscard]] std::string exception_body(const error& e);

} // namespace parley::gateway
