#pragma once
// What somebody told the moderators (stream `reports/<userId>`, the reporter's).
//
// One stream a reporter: it is the single writer of how much one person may report, works for every kind of place
// alike, and the place's own stream, which all members follow, says nothing of who complained.

#include "events/field.hpp"
#include "events/ids.hpp"

#include <string>
#include <tuple>
#include <variant>

namespace parley::events {

struct report_filed {
  static constexpr std::string_view type = "report-filed";
  static constexpr int schema = 1;
  report_id report;
  user_id user;
  stream_id place;
  user_id target;          ///< whom it is about; of a message, its sender
  message_id message;      ///< empty: about the person
  version message_seq = 0; ///< where the message stands in the place's stream
  std::string reason;
  std::string sha256; ///< of the message's text, lower-case hex; empty: about the person
  static constexpr auto fields() {
    return std::tuple{stored("reportId", &report_filed::report),   stored("userId", &report_filed::user),
                      stored("place", &report_filed::place),       stored("targetId", &report_filed::target),
                      stored("messageId", &report_filed::message), stored("messageSeq", &report_filed::message_seq),
                      personal("reason", &report_filed::reason),   personal("sha256", &report_filed::sha256)};
  }
  friend bool operator==(const report_filed&, const report_filed&) = default;
};

using reports_event = std::variant<report_filed>;

} // namespace parley::events
