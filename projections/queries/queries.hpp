#pragma once
// The questions of read_models.hpp over PostgreSQL.

#include "projections/queries/question_desk.hpp"

namespace parley {

class queries final : public read_models {
public:
  /// `desk` outlives it.
  explicit queries(question_desk& desk)
    : desk_{desk} {}

  void user(const user_id& id, position at_least, answer_to<std::optional<user_row>> done) override;
  void users(std::string_view search, page_request p, position at_least, answer_to<page<user_row>> done) override;
  void logins(const user_id& id, position at_least, answer_to<std::vector<login_row>> done) override;
  void room(const room_id& id, position at_least, answer_to<std::optional<room_row>> done) override;
  void meetings(const user_id& host, page_request p, position at_least, answer_to<page<room_row>> done) override;
  void lounge(const lounge_id& id, position at_least, answer_to<std::optional<lounge_row>> done) override;
  void lounges(page_request p, position at_least, answer_to<page<lounge_row>> done) override;
  void members(const stream_id& place, page_request p, position at_least, answer_to<page<member_row>> done) override;
  void messages(const stream_id& place, bool newest_first, page_request p, position at_least,
                answer_to<page<message_row>> done) override;

private:
  question_desk& desk_;
};

} // namespace parley
