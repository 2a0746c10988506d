#pragma once
// Rows of the read models as clients see them: JSON object text. Pure.

#include "gateway/rest/call.hpp"
#include "gateway/rest/ids_in_paths.hpp"
#include "gateway/rest/paging.hpp"

#include "events/json_writer.hpp"

namespace parley::gateway {

/// `own`: with the e-mail address, which only its owner sees.
[[nodiscard]] std::string to_json(const user_row& row, bool own);
[[nodiscard]] std::string to_json(const login_row& row, bool current);
/// `asks`: who is to be told whether they are its host.
[[nodiscard]] std::string to_json(const room_row& row, const std::optional<caller>& asks);
/// A room as a meeting: {id, roomId, title, startsAt, hostId, createdAt, …}.
[[nodiscard]] std::string meeting_json(const room_row& row, const std::optional<caller>& asks);
[[nodiscard]] std::string to_json(const lounge_row& row);
/// Somebody present, as in `room-joined`: `id` is the session's.
[[nodiscard]] std::string to_json(const member_row& row);
/// `place_key` is roomId or loungeId, `place` its id as clients see it; the shape of `message-received`.
[[nodiscard]] std::string to_json(const message_row& row, std::string_view place_key, std::string_view place);

/// A page as a bare array with its Link.
template <class Row, class ToJson>
void answer_page(const call_ptr& c, const page<Row>& p, ToJson each) {
  std::string out;
  json_writer json{out};
  json.begin_array();
  for (const auto& row : p.rows) json.raw(each(row));
  json.end_array();
  auto r = list(std::move(out));
  if (!p.next.empty()) r.headers.emplace_back("Link", next_link(c->request, p.next));
  r.headers.emplace_back("Cache-Control", "private, no-cache");
  c->answer(std::move(r));
}

/// `?order=desc` lists newest first; the default is `asc`. errc::invalid for anything else.
[[nodiscard]] result<bool> wants_newest_first(const http_request& request);

} // namespace parley::gateway
