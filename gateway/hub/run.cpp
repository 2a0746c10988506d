#include "gateway/hub/run.hpp"

namespace parley::gateway {

const session_id* cause_of(const publication& p) {
  const auto of = [](const auto& what) -> const session_id* {
    if constexpr (requires {
                    { what.session } -> std::convertible_to<const session_id&>;
                  })
      return &what.session;
    else
      return nullptr;
  };
  if (const auto* signal = std::get_if<domain::signal>(&p.what)) return std::visit(of, *signal);
  return std::visit([&](const auto& family) { return std::visit(of, family); }, std::get<event>(p.what));
}

run::run(std::span<const publication_ptr> published, std::size_t bytes_max) {
  items_.reserve(published.size());
  if (!published.empty()) topic_ = &published.front()->topic;
  std::size_t bytes = 0;
  for (const auto& p : published) {
    items_.push_back({present(*p), p->seq, cause_of(*p)});
    const auto& last = items_.back();
    selective_ = selective_ || p->seq == 0 || (last.shown && !last.shown->only_for.empty());
    if (p->seq == 0) {
      ++signals_;
    } else {
      if (first_seq_ == 0) first_seq_ = p->seq;
      last_seq_ = p->seq;
      if (items_.back().shown) ++shown_;
    }
    if (const auto& shown = items_.back().shown) bytes += shown->body.size();
    if (bytes >= bytes_max) break;
  }
}

std::size_t run::shown_from(version seq) const noexcept {
  if (seq <= first_seq_) return shown_; // nearly everybody
  std::size_t shown = 0;
  for (const auto& i : items_) shown += i.seq >= seq && i.seq != 0 && i.shown ? 1u : 0u;
  return shown;
}

const encoded_run& run::in(const codec& framing, std::uint64_t& encoded) {
  for (const auto& done : encodings_)
    if (done.framing == &framing) return done;
  auto& e = encodings_.emplace_back();
  e.framing = &framing;
  e.offsets.reserve(items_.size() + 1);
  std::string blob;
  for (const auto& i : items_) {
    e.offsets.push_back(blob.size());
    if (!i.shown) continue;
    framing.append_push(blob, push_of(*i.shown, *topic_, i.seq));
    ++encoded;
  }
  e.offsets.push_back(blob.size());
  e.blob = std::make_shared<const std::string>(std::move(blob));
  return e;
}

} // namespace parley::gateway
