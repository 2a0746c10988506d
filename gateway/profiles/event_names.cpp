#include "gateway/profiles/event_names.hpp"

#include <array>

namespace parley::gateway {
namespace {

constexpr std::array<std::string_view, 26> asked{"admit",         "answer",        "call-accepted", "call-ended",
                                                 "call-rejected", "call-user",     "chat:message",  "delete-message",
                                                 "deny",          "ice-candidate", "join-lounge",   "join-room",
                                                 "kick",          "leave-lounge",  "leave-room",    "location:update",
                                                 "message",       "moderate",      "offer",         "presence",
                                                 "reaction",      "read",          "send-message",  "send_message",
                                                 "status",        "typing"};

constexpr std::array<std::string_view, 44> told{"admitted",
                                                "answer-received",
                                                "availability:changed",
                                                "booking:new",
                                                "booking:status-changed",
                                                "call-accepted",
                                                "call-ended",
                                                "call-rejected",
                                                "calling",
                                                "chat:message",
                                                "connected",
                                                "denied",
                                                "exception",
                                                "ice-candidate",
                                                "ice-candidate-received",
                                                "incoming-call",
                                                "kicked",
                                                "knock",
                                                "knock-ended",
                                                "location:update",
                                                "lounge-changed",
                                                "lounge-joined",
                                                "lounge-left",
                                                "message",
                                                "message-deleted",
                                                "message-received",
                                                "moderation",
                                                "notification:new",
                                                "offer-received",
                                                "presence",
                                                "reaction",
                                                "read",
                                                "role-changed",
                                                "room-changed",
                                                "room-closed",
                                                "room-expired",
                                                "room-joined",
                                                "room-left",
                                                "status",
                                                "typing",
                                                "user-joined",
                                                "user-left",
                                                "user-list",
                                                "waiting"};

constexpr std::array<std::string_view, 6> reserved{"connect",       "connect_error", "disconnect",
                                                   "disconnecting", "newListener",   "removeListener"};

} // namespace

std::span<const std::string_view> asked_events() noexcept { return asked; }
std::span<const std::string_view> told_events() noexcept { return told; }
std::span<const std::string_view> reserved_events() noexcept { return reserved; }

} // namespace parley::gateway
