#pragma once
// Rows about people as JSON objects. Pure.

#include "projections/reads/people_reads.hpp"

namespace parley::gateway {

[[nodiscard]] std::string direct_message_json(const message_row& row, const conversation_id& in,
                                              const user_id& receiver);
[[nodiscard]] std::string to_json(const conversation_row& row, const user_id& self);
[[nodiscard]] std::string to_json(const call_row& row, const user_id& self);
[[nodiscard]] std::string to_json(const notification_row& row);
[[nodiscard]] std::string to_json(const block_row& row);

} // namespace parley::gateway
