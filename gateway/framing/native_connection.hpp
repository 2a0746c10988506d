#pragma once
// The native framing's side of one WebSocket: frames become messages for its session's link, answers and pushes become
// frames (schema/protocols.md). Lives on the connection's loop; owned by the line, and by the session's link while that
// lives.

#include "gateway/framing/intake.hpp"
#include "gateway/net/line.hpp"
#include "gateway/protocol/native_codec.hpp"

namespace parley::gateway {

/// What all native connections of one loop share; outlives them.
struct native_framing {
  session_opener& opener;
  const native_codec& with_aliases;
  const native_codec& without_aliases;
  const net_limits& limits;
  intake_totals& totals;
};

class native_connection final : public connection,
                                public line_user,
                                public std::enable_shared_from_this<native_connection> {
public:
  native_connection(const native_framing& of, hello greeting);

  // line_user
  void opened(std::shared_ptr<line> on) override;
  void received(std::string_view message, bool binary) override;
  [[nodiscard]] bool takes_more() const noexcept override { return link_ && intake_.has_credit(); }
  [[nodiscard]] std::size_t message_bytes_max() const noexcept override { return codec_.frame_bytes_max(); }
  [[nodiscard]] bool takes_ping() override;
  void drained() override;
  void pinged() override;
  void ponged() override;
  void closed(goodbye how, std::uint16_t code) override;
  void dropped() noexcept override;

  // connection
  void answer(std::optional<std::uint64_t> ack, const result<std::string>& body) override;
  void greet(std::string_view session, std::string_view resume, std::string_view body) override;
  void push(std::string_view name, std::string_view alias, std::string_view body) override;
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return line_->queued_bytes(); }
  [[nodiscard]] bool all_acknowledged() const noexcept override { return line_->all_acknowledged(); }
  [[nodiscard]] const codec& framing() const noexcept override { return codec_; }
  [[nodiscard]] connection_ref ref() const noexcept override { return line_->ref(); }
  void close(close_code code, std::string_view reason) override;

private:
  void refuse(std::optional<std::uint64_t> ack, const error& e);

  session_opener& opener_;
  const native_codec& codec_;
  hello greeting_; ///< until the session is opened
  intake intake_;
  std::shared_ptr<line> line_; ///< from `opened` on
  std::shared_ptr<session_link> link_;
};

} // namespace parley::gateway
