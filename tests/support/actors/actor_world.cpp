#include "tests/support/actors/actor_world.hpp"

namespace parley::test {
namespace {

std::vector<record> all_of(const event_log& log) {
  auto records = log.read(0, std::size_t(-1), std::size_t(-1));
  REQUIRE(records.has_value());
  return std::move(*records);
}

std::string text_at(const nlohmann::json& data, const char* name) {
  const auto at = data.find(name);
  return at != data.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

} // namespace

actor_world::actor_world(event_log& log)
  : actor_world{log, options{}} {}

actor_world::actor_world(event_log& log, options chosen)
  : stage_{chosen.seed}
  , clock_{stage_.scheduler(), chosen}
  , log_{log}
  , out_{log}
  , entities_{stage_.system(), chosen.entities_max}
  , runtime_{log_, out_, clock_, entities_, sessions_, timers_, follower_} {
  runtime_.snapshot_every = chosen.snapshot_every;
  runtime_.passivate_after = chosen.passivate_after;
  entities_.run_with(runtime_);
  timers_.start(stage_.system(), runtime_);
  timers_.begin();
  follower_.start(stage_.system(), runtime_);
  follower_.begin();
}

actor_world::~actor_world() {
  for (const auto& client : clients_) client->disconnect();
  timers_.stop();
  follower_.stop();
  entities_.stop();
  run();
}

// --- clients ---------------------------------------------------------------------------------------------------------

world_client_ptr actor_world::arrive(std::string session, std::string user, std::string login, bool resuming,
                                     std::map<stream_id, version> seen) {
  const principal who{{user}, {login}, user, login.empty()};
  auto client = std::make_shared<world_client>(*this, session_id{session}, who);
  client->own(client);
  clients_.push_back(client);
  auto arrived = std::make_shared<client_arrived>();
  arrived->client = client;
  arrived->session = client->session();
  arrived->who = who;
  arrived->resuming = resuming;
  arrived->seen = std::move(seen);
  entities_.tell(make_stream(domain::session::family, session), std::move(arrived));
  return client;
}

world_client_ptr actor_world::connect(std::string session, std::string user, std::string login) {
  return arrive(std::move(session), std::move(user), std::move(login), false, {});
}

world_client_ptr actor_world::resume(std::string session, std::string user, std::string login,
                                     std::map<stream_id, version> seen) {
  return arrive(std::move(session), std::move(user), std::move(login), true, std::move(seen));
}

void actor_world::drop(const world_client_ptr& client, std::map<stream_id, version> handed) {
  client->disconnect();
  auto gone = std::make_shared<client_gone>();
  gone->client = client;
  gone->handed = std::move(handed);
  entities_.tell(make_stream(domain::session::family, client->session().text), std::move(gone));
}

void actor_world::say_goodbye(const world_client_ptr& client) {
  client->disconnect();
  auto gone = std::make_shared<client_gone>();
  gone->client = client;
  gone->clean = true;
  entities_.tell(make_stream(domain::session::family, client->session().text), std::move(gone));
}

// --- commands from elsewhere -----------------------------------------------------------------------------------------

outcome_slot actor_world::sign_up(const std::string& user, const std::string& login) {
  domain::account::register_guest command;
  command.user = {user};
  command.name = user;
  command.login = {login};
  command.login_expires_at = now() + std::chrono::hours{24 * 365};
  return ask<domain::account>(make_stream(domain::account::family, user), command, caller(user));
}

outcome_slot actor_world::revoke(const std::string& user, const std::string& login) {
  return ask<domain::account>(make_stream(domain::account::family, user),
                              domain::account::revoke_login{{login}, "logout"}, caller(user));
}

outcome_slot actor_world::rename(const std::string& user, const std::string& name) {
  return ask<domain::account>(make_stream(domain::account::family, user), domain::account::rename{name}, caller(user));
}

outcome_slot actor_world::create_lounge(const stream_id& place, const std::string& owner) {
  return ask<domain::lounge>(place, domain::lounge::create{{std::string{place.key()}}, "Lounge", ""}, caller(owner));
}

// --- time and steps --------------------------------------------------------------------------------------------------

void actor_world::run() { stage_.run(); }

void actor_world::settle() {
  do run();
  while (log_.commit() || log_.answer_read());
}

void actor_world::pass(std::chrono::milliseconds time) {
  settle();
  std::chrono::nanoseconds left = time;
  while (left.count() > 0) {
    const auto next = std::min(left, stage_.scheduler().next_delay().value_or(left));
    stage_.scheduler().pass(next);
    left -= next;
    log_.mend();
    settle();
  }
}

bool actor_world::one_of_all(seeded& random) {
  const auto choice = random.below(8);
  if (choice == 0 && log_.commit(1 + random.below(4))) return true;
  if (choice == 1 && log_.answer_read()) return true;
  return stage_.scheduler().step() || log_.answer_read() || log_.commit(1 + random.below(4));
}

std::vector<publication_ptr> actor_world::published(const stream_id& topic) const {
  std::vector<publication_ptr> found;
  for (const auto& p : out_.all)
    if (p->topic == topic) found.push_back(p);
  return found;
}

void actor_world::witness::publish(std::span<const publication_ptr> published) {
  for (const auto& p : published) {
    INFO("published before it is durable: " << p->topic.text << ' ' << p->seq);
    CHECK(p->seq <= log_.stream_version(p->topic).value());
    all.push_back(p);
  }
}

// --- what the log holds ----------------------------------------------------------------------------------------------

std::vector<std::string> story_of(const event_log& log, const stream_id& stream) {
  std::vector<std::string> story;
  for (const auto& r : all_of(log)) {
    if (r.stream != stream) continue;
    auto line = r.type;
    if (const auto session = text_at(r.data, "sessionId"); !session.empty()) line += ' ' + session;
    if (const auto place = text_at(r.data, "place"); !place.empty()) line += ' ' + place;
    if (const auto reason = text_at(r.data, "reason"); !reason.empty()) line += ' ' + reason;
    story.push_back(std::move(line));
  }
  return story;
}

std::vector<std::string> members_of(const event_log& log, const stream_id& place) {
  std::set<std::string> members;
  for (const auto& r : all_of(log)) {
    if (r.stream != place) continue;
    if (r.type == "joined") members.insert(text_at(r.data, "sessionId"));
    if (r.type == "left") members.erase(text_at(r.data, "sessionId"));
  }
  return {members.begin(), members.end()};
}

std::string wrong_with_membership(const event_log& log) {
  std::set<std::pair<stream_id, std::string>> in;
  for (const auto& r : all_of(log)) {
    const std::pair who{r.stream, text_at(r.data, "sessionId")};
    const auto where = " at position " + std::to_string(r.position) + ": " + who.second + " in " + r.stream.text;
    if (r.type == "joined" && !in.insert(who).second) return "joined twice" + where;
    if (r.type == "left" && in.erase(who) == 0) return "left without having joined" + where;
  }
  return {};
}

} // namespace parley::test
