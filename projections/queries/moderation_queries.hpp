#pragma once
// The questions of moderation_reads.hpp over PostgreSQL. On its desk's thread only.

#include "projections/queries/question_desk.hpp"
#include "projections/reads/moderation_reads.hpp"

namespace parley {

class moderation_queries final : public moderation_reads {
public:
  /// `desk` outlives it.
  explicit moderation_queries(question_desk& desk)
    : desk_{desk} {}

  void lounge_members(const lounge_id& id, page_request p, position at_least,
                      answer_to<page<lounge_member_row>> done) override;
  void actions(const action_filter& which, page_request p, position at_least,
               answer_to<page<action_row>> done) override;
  void action(const action_id& id, position at_least, answer_to<std::optional<action_row>> done) override;
  void reports(const stream_id& place, page_request p, position at_least, answer_to<page<report_row>> done) override;
  void messages_named(const stream_id& place, const message_name& name, position at_least,
                      answer_to<std::vector<message_row>> done) override;

private:
  question_desk& desk_;
};

} // namespace parley
