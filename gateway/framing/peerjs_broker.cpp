#include "gateway/framing/peerjs_broker.hpp"

#include "gateway/protocol/peerjs_message.hpp"

#include <algorithm>
#include <set>

namespace parley::gateway::peerjs {
namespace {

constexpr std::string_view user_id_prefix = "u_";

} // namespace

broker::broker(io_loop& home, limits bounds)
  : home_{home}
  , limits_{bounds} {}

void broker::tell(const holder& to, std::string text) {
  to.loop->dispatch([who = to.who, text = std::move(text)] {
    if (const auto peer = who.lock()) peer->hear(text);
  });
}

bool broker::belongs_to_another(const claim& c) const {
  if (c.id.starts_with(user_id_prefix) && c.id != c.user.text) return true;
  const auto owned = owner_of_.find(c.id);
  return owned != owner_of_.end() && owned->second->second != c.user;
}

void broker::remember(const claim& c) {
  if (c.user.empty()) return;
  if (const auto known = owner_of_.find(c.id); known != owner_of_.end()) owners_.erase(known->second);
  owners_.emplace_front(c.id, c.user);
  owner_of_.insert_or_assign(c.id, owners_.begin());
  if (owners_.size() <= limits_.owners_max) return;
  owner_of_.erase(owners_.back().first);
  owners_.pop_back();
}

broker::verdict broker::open(const claim& c, io_loop& loop, std::weak_ptr<reachable> who) {
  const std::lock_guard lock{mutex_};
  if (belongs_to_another(c)) return verdict::taken;
  const auto found = holders_.find(c.id);
  bool same_client = false;
  if (found != holders_.end()) {
    const auto& now = found->second;
    // A guest's id goes to whoever knows its secret, a user's to that user, from any device.
    same_client = now.token == c.token && now.user == c.user;
    if (!same_client && (c.user.empty() || now.user != c.user)) return verdict::taken;
    now.loop->dispatch([old = now.who] {
      if (const auto peer = old.lock()) peer->replaced();
    });
  } else if (holders_.size() >= limits_.peers_max) {
    return verdict::full;
  }
  auto& held = holders_[c.id];
  const auto* key = who.lock().get();
  held = {&loop, std::move(who), key, c.token, c.user};
  remember(c);
  deliver_waiting(c.id, held);
  return same_client ? verdict::replaced : verdict::opened;
}

void broker::deliver_waiting(const std::string& id, const holder& to) {
  if (!waiting_for_.contains(id)) return;
  std::vector<std::string> texts;
  std::erase_if(waiting_, [&](waiting& w) {
    if (w.m.dst != id) return false;
    count_out(w.m);
    texts.push_back(std::move(w.m.text));
    return true;
  });
  // Behind what its opening says.
  to.loop->post([who = to.who, texts = std::move(texts)] {
    for (const auto& text : texts)
      if (const auto peer = who.lock()) peer->hear(text);
  });
}

void broker::count_out(const message_to& m) {
  waiting_bytes_ -= m.text.size();
  const auto at = waiting_for_.find(m.dst);
  if (--at->second == 0) waiting_for_.erase(at);
}

void broker::close(const std::string& id, const reachable* who) {
  const std::lock_guard lock{mutex_};
  if (const auto found = holders_.find(id); found != holders_.end() && found->second.key == who) holders_.erase(found);
}

void broker::pass(message_to m, bool queued) {
  const std::lock_guard lock{mutex_};
  if (const auto found = holders_.find(m.dst); found != holders_.end()) return tell(found->second, std::move(m.text));
  if (!queued) return;
  const auto before = waiting_for_.find(m.dst);
  if ((before != waiting_for_.end() && before->second >= limits_.waiting_max) ||
      waiting_bytes_ + m.text.size() > limits_.waiting_bytes_max) {
    if (const auto sender = holders_.find(m.src); sender != holders_.end()) tell(sender->second, expired(m.dst, m.src));
    return;
  }
  waiting_bytes_ += m.text.size();
  ++waiting_for_[m.dst];
  waiting_.push_back({std::move(m), std::chrono::steady_clock::now() + limits_.expiry});
  wake_later();
}

void broker::wake_later() {
  if (waiting_.empty() || std::exchange(waking_, true)) return;
  const auto wait =
      std::chrono::ceil<std::chrono::milliseconds>(waiting_.front().due - std::chrono::steady_clock::now());
  home_.post(
      [this, wait] { alarm_ = home_.after(std::max(wait, std::chrono::milliseconds{1}), [this] { expire(); }); });
}

void broker::expire() {
  const std::lock_guard lock{mutex_};
  waking_ = false;
  std::set<std::pair<std::string, std::string>> pairs; // sender, absent: told once each
  for (const auto now = std::chrono::steady_clock::now(); !waiting_.empty() && waiting_.front().due <= now;) {
    auto& m = waiting_.front().m;
    count_out(m);
    pairs.emplace(std::move(m.src), std::move(m.dst));
    waiting_.pop_front();
  }
  for (const auto& [sender, absent] : pairs)
    if (const auto found = holders_.find(sender); found != holders_.end()) tell(found->second, expired(absent, sender));
  wake_later();
}

std::vector<std::string> broker::peers() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::string> all;
  for (const auto& [id, held] : holders_) all.push_back(id);
  std::ranges::sort(all);
  return all;
}

} // namespace parley::gateway::peerjs
