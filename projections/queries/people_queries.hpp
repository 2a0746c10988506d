#pragma once
// The questions of people_reads.hpp over PostgreSQL.

#include "projections/queries/question_desk.hpp"
#include "projections/reads/people_reads.hpp"

namespace parley {

class people_queries final : public people_reads {
public:
  /// `desk` outlives it.
  explicit people_queries(question_desk& desk)
    : desk_{desk} {}

  void conversations(const user_id& of, page_request p, position at_least,
                     answer_to<page<conversation_row>> done) override;
  void calls(const user_id& of, page_request p, position at_least, answer_to<page<call_row>> done) override;
  void notifications(const user_id& of, bool unread_only, page_request p, position at_least,
                     answer_to<page<notification_row>> done) override;
  void notification(const user_id& of, const notification_id& id, position at_least,
                    answer_to<std::optional<notification_row>> done) override;
  void blocks(const user_id& by, page_request p, position at_least, answer_to<page<block_row>> done) override;
  void presence(const user_id& of, const conversation_id& between, position at_least,
                answer_to<std::optional<presence_row>> done) override;

private:
  question_desk& desk_;
};

} // namespace parley
