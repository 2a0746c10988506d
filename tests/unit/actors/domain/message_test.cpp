#include "actors/domain/message.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;

namespace {
domain::draft_message draft() { return {{"m1"}, "hello", {}, {}}; }
void refused(errc code, auto change) {
  auto d = draft();
  change(d);
  const auto r = domain::compose(d, "Ann", caller("ann", "s1"));
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().code == code);
  CHECK_FALSE(r.error().message.empty());
}
} // namespace

TEST_CASE("a message is of who is connected, under the name that the place knows them by") {
  const auto own = domain::compose(draft(), "Annie", caller("ann", "s1"));
  REQUIRE(own.has_value());
  CHECK(*own == events::message_sent{{"m1"}, {"ann"}, {"s1"}, "Annie", "hello", {}, {}});
}

TEST_CASE("a message at its bounds passes, with line breaks as they are") {
  auto d = draft();
  d.text = std::string(domain::message_bytes_max - 1, 'x') + '\n';
  d.id = {std::string(domain::message_id_bytes_max, 'x')};
  d.reply_to = R"({"id":"m0","text":"hi","sender":"bob"})";
  d.client_time = "12:00";
  const auto r = domain::compose(d, "Ann", caller("ann", "s1"));
  REQUIRE(r.has_value());
  CHECK(r->text == d.text);
  CHECK(r->reply_to == d.reply_to);
}

TEST_CASE("a message beyond its bounds, or that cannot be stored, is refused and says why") {
  refused(errc::invalid, [](auto& d) { d.id = {}; });
  refused(errc::invalid, [](auto& d) { d.id = {std::string(domain::message_id_bytes_max + 1, 'x')}; });
  refused(errc::invalid, [](auto& d) { d.text.clear(); });
  refused(errc::too_large, [](auto& d) { d.text = std::string(domain::message_bytes_max + 1, 'x'); });
  refused(errc::invalid, [](auto& d) { d.text = "\xc3("; });
  refused(errc::invalid, [](auto& d) { d.text = std::string("a\0b", 3); });
  refused(errc::too_large, [](auto& d) { d.reply_to = std::string(domain::reply_bytes_max + 1, ' '); });
  refused(errc::invalid, [](auto& d) { d.reply_to = "[]"; });
  refused(errc::invalid, [](auto& d) { d.reply_to = "{\"text\":"; });
  refused(errc::invalid, [](auto& d) { d.reply_to = R"({"text":"\u0000"})"; });
  refused(errc::invalid, [](auto& d) { d.client_time = std::string(domain::client_time_bytes_max + 1, '1'); });
}
