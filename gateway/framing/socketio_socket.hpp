#pragma once
// A client's place in one namespace: a connection, as the bridge and the hub see it, over a transport that it shares
// with the client's other namespaces. Lives on its loop; its session owns it, and its link while that lives.

#include "gateway/framing/socketio_session.hpp"

namespace parley::gateway::socketio {

class socket final : public connection, public std::enable_shared_from_this<socket> {
public:
  /// Null when there is no such namespace.
  [[nodiscard]] static std::shared_ptr<socket> make(std::shared_ptr<session> on, const profile* how, std::string nsp,
                                                    bool aliases);
  socket(std::shared_ptr<session> on, const profile* how, std::string nsp, const codec& polling,
         const codec& websocket);

  [[nodiscard]] const std::string& nsp() const noexcept { return nsp_; }
  /// Opens the session's side. False when none could be opened.
  [[nodiscard]] bool open(hello h);
  /// A message of the client, counted: it is answered once.
  void hear(client_message message);
  void drained();
  void pinged();
  void ponged();
  void end(goodbye how);
  void drop() noexcept { link_.reset(); }

  /// Says anything, with bytes in it: for who is no session of ours.
  void emit(const nlohmann::json& event_and_arguments);
  void acknowledge(std::uint64_t ack, const nlohmann::json& arguments);

  // connection
  void answer(std::optional<std::uint64_t> ack, const result<std::string>& body) override;
  void greet(std::string_view session, std::string_view resume, std::string_view body) override;
  void push(std::string_view name, std::string_view alias, std::string_view body) override;
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override;
  [[nodiscard]] bool all_acknowledged() const noexcept override;
  [[nodiscard]] const codec& framing() const noexcept override;
  [[nodiscard]] connection_ref ref() const noexcept override { return ref_; }
  void close(close_code code, std::string_view reason) override;

  /// Nothing is said there any more.
  [[nodiscard]] bool is_over() const noexcept { return over_ || session_->is_gone(); }

private:
  void say(packet_type type, std::string_view json);
  /// `ack`: the client's own number.
  void reply(std::optional<std::uint64_t> ack, const result<std::string>& body);
  void reply_as(const foreign_reply& r, std::optional<std::uint64_t> ack);

  /// What the client asked in its own words, and where the answer goes.
  struct question {
    std::string event;
    std::optional<std::uint64_t> ack;
  };

  const std::shared_ptr<session> session_;
  const profile* const how_; ///< null: our own vocabulary
  const std::string nsp_;
  const codec &polling_, &websocket_;
  const connection_ref ref_;
  std::shared_ptr<session_link> link_;
  std::map<std::uint64_t, question> questions_; ///< under way, by numbers of ours; only with a profile
  std::uint64_t last_question_ = 0;
  bool greeted_ = false, over_ = false;
};

/// What a client gets for an error as the answer to an event. Appends a JSON object.
void append_error(std::string& out, const error& e);

} // namespace parley::gateway::socketio
