#include "tests/simulation/machine/network.hpp"

#include "gateway/protocol/websocket_frame.hpp"

namespace parley::simulation {
namespace {

constexpr std::uint16_t no_close_frame = 1006;
constexpr std::size_t burst_queues = 8; ///< as websocket_session: times queue_bytes_max, then the connection is cut

/// The payload of the first whole frame of `bytes` (RFC 6455 section 5.2, unmasked), and the frame's size; none when it
/// is not whole.
std::optional<std::pair<std::string_view, std::size_t>> first_frame(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  std::size_t header = 2;
  std::uint64_t size = static_cast<unsigned char>(bytes[1]);
  const std::size_t further = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (further != 0) {
    if (bytes.size() < header + further) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < further; ++i) size = size << 8 | static_cast<unsigned char>(bytes[header + i]);
    header += further;
  }
  if (bytes.size() < header + size) return std::nullopt;
  return std::pair{bytes.substr(header, size), header + size};
}

} // namespace

// --- network --------------------------------------------------------------------------------------------------------

network::network(agenda& time, chance random, network_conditions conditions)
  : time_{time}
  , random_{random}
  , conditions_{conditions} {}

network::~network() = default;

void network::serve(host* server) {
  host_ = server;
  ++epoch_;
  if (server != nullptr) return;
  dirty_.clear();
  for (const auto& [id, w] : std::exchange(wires_, {})) {
    w->finished_ = true;
    w->link_ = nullptr;
    w->incoming_.clear();
    const auto when = w->arrival(w->last_down_);
    time_.at(when, [w = w] { w->hang_up(no_close_frame); });
  }
}

std::shared_ptr<wire> network::connect(peer& client, gateway::hello h) {
  const auto loop = host_ != nullptr ? random_.below(host_->loops()) : 0;
  const auto* framing = host_ != nullptr ? &host_->framing(h.aliases) : nullptr;
  const auto delay = random_.delay(conditions_.delay_min, conditions_.delay_max);
  auto made = std::make_shared<wire>(*this, client, ++last_id_, loop, framing);
  if (host_ == nullptr) {
    time_.after(delay, [made] { made->hang_up(no_close_frame); });
    return made;
  }
  time_.after(delay, [made, h = std::move(h), epoch = epoch_, this]() mutable {
    if (epoch_ != epoch) return made->hang_up(no_close_frame); // it went meanwhile
    made->open(std::move(h));
  });
  return made;
}

bool network::flush(std::size_t loop) {
  bool told = false;
  for (const auto& w : std::exchange(dirty_[loop], {})) told = w->flush() || told;
  return told;
}

// --- the client's end -----------------------------------------------------------------------------------------------

wire::wire(network& net, peer& client, std::uint64_t id, std::size_t loop, const gateway::native_codec* framing)
  : net_{net}
  , client_{&client}
  , id_{id}
  , loop_{loop}
  , framing_{framing} {}

moment wire::arrival(moment& last) {
  const auto delay = net_.random_.delay(net_.conditions_.delay_min, net_.conditions_.delay_max);
  last = std::max(last, net_.time_.now() + delay);
  return last;
}

void wire::send(std::string text) {
  if (broken_ || hung_up_) return;
  const auto when = arrival(last_up_);
  net_.time_.at(when, [self = shared_from_this(), text = std::move(text)]() mutable {
    if (self->finished_ || self->broken_) return;
    self->incoming_.push_back(std::move(text));
    self->take_messages();
  });
}

void wire::stall(bool on) {
  stalled_ = on;
  if (on) return;
  read();
  if (!finished_ && opened_) mark_dirty(); // the window has room again
}

void wire::say_goodbye() {
  if (hung_up_) return;
  const auto when = arrival(last_up_);
  net_.time_.at(when, [self = shared_from_this()] {
    if (!self->broken_) self->finish(gateway::goodbye::clean);
  });
  hang_up(1000);
}

void wire::cut(moment unnoticed) {
  broken_ = true;
  net_.time_.after(unnoticed, [self = shared_from_this()] { self->finish(gateway::goodbye::lost); });
  hang_up(no_close_frame);
}

void wire::hang_up(std::uint16_t code) {
  if (std::exchange(hung_up_, true)) return;
  stalled_ = false;
  broken_ = broken_ || code == no_close_frame;
  if (client_ == nullptr) return;
  read(); // what arrived before is there to be read
  if (client_ != nullptr) client_->hung_up(code);
}

void wire::arrive(std::string bytes) {
  if (hung_up_ || broken_) return;
  on_the_way_ -= bytes.size();
  arrived_ += bytes.size();
  last_progress_ = net_.time_.now();
  unread_ += bytes;
  if (!stalled_) read();
  if (!finished_) mark_dirty(); // the window has room again
}

void wire::read() {
  std::size_t done = 0;
  const auto bytes = std::exchange(unread_, {});
  while (client_ != nullptr && !stalled_) {
    const auto frame = first_frame(std::string_view{bytes}.substr(done));
    if (!frame) break;
    done += frame->second;
    client_->hear(frame->first);
  }
  unread_.insert(0, bytes, done, std::string::npos);
  if (!ping_ || stalled_ || arrived_ - unread_.size() < *ping_) return;
  const auto when = arrival(last_up_);
  net_.time_.at(when, [self = shared_from_this(), number = pings_] {
    if (self->broken_ || self->finished_ || self->pings_ != number || !self->ping_) return;
    self->ping_.reset();
    self->with_link([](auto& link) { link.ponged(); });
  });
}

// --- the server's end -----------------------------------------------------------------------------------------------

void wire::open(gateway::hello h) {
  if (broken_) return;
  opened_ = true;
  net_.wires_.emplace(id_, shared_from_this());
  net_.host_->on_loop(loop_, [&] { link_ = net_.host_->open(loop_, shared_from_this(), std::move(h)); });
  ping();
  take_messages();
}

void wire::with_link(const std::function<void(gateway::session_link&)>& task) {
  if (finished_ || !link_ || net_.host_ == nullptr) return;
  net_.host_->on_loop(loop_, [&, link = link_] { task(*link); });
}

void wire::take_messages() {
  if (taking_) return;
  taking_ = true;
  while (!finished_ && link_ && !closing_ && !incoming_.empty() && in_flight_ < net_.conditions_.in_flight_max &&
         queue_.size() <= net_.conditions_.queue_bytes_max) {
    const auto text = std::move(incoming_.front());
    incoming_.pop_front();
    auto message = framing_->parse(text);
    if (!message) {
      write_text([&](std::string& out) { framing_->write_exception(out, message.error()); });
      continue;
    }
    ++in_flight_;
    with_link([&](auto& link) { link.receive(std::move(*message)); });
  }
  taking_ = false;
}

void wire::finish(gateway::goodbye how) {
  if (finished_) return;
  const auto self = shared_from_this();
  if (!opened_) { // it never reached the server
    broken_ = finished_ = true;
    return;
  }
  with_link([&](auto& link) { link.closed(how); });
  finished_ = true;
  link_ = nullptr;
  net_.wires_.erase(id_);
}

template <class WriteText>
void wire::write_text(WriteText text_of) {
  if (finished_ || closing_) return;
  std::string text;
  text_of(text);
  const auto before = queue_.size();
  gateway::append_text_frame(queue_, text);
  written_ += queue_.size() - before;
  mark_dirty();
}

void wire::answer(std::optional<std::uint64_t> ack, const result<std::string>& body) {
  if (in_flight_ > 0) --in_flight_;
  if (!body || ack)
    write_text([&](std::string& out) {
      if (body)
        framing_->write_ack(out, *ack, *body);
      else if (ack)
        framing_->write_error(out, *ack, body.error());
      else
        framing_->write_exception(out, body.error());
    });
  if (!incoming_.empty()) net_.time_.after(moment{0}, [self = shared_from_this()] { self->take_messages(); });
}

void wire::push(std::string_view name, std::string_view alias, std::string_view body) {
  write_text([&](std::string& out) { framing_->write_push(out, name, body); });
  if (!alias.empty() && framing_->sends_aliases())
    write_text([&](std::string& out) { framing_->write_push(out, alias, body); });
}

void wire::write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) {
  if (finished_ || closing_) {
    cut_short_ = true;
    return;
  }
  queue_.append(*blob, offset, size);
  written_ += size;
  mark_dirty();
}

bool wire::all_acknowledged() const noexcept { return !broken_ && !cut_short_ && queue_.empty() && on_the_way_ == 0; }

void wire::close(gateway::close_code code, std::string_view) {
  if (finished_ || closing_) return;
  closing_ = static_cast<std::uint16_t>(code);
  mark_dirty();
}

void wire::mark_dirty() {
  net_.longest_queue_ = std::max(net_.longest_queue_, queue_.size());
  if (queue_.size() > net_.conditions_.queue_bytes_max) above_ = true;
  if (std::exchange(dirty_, true)) return;
  net_.dirty_[loop_].push_back(shared_from_this());
}

bool wire::flush() {
  dirty_ = false;
  if (finished_) return false;
  const auto window = net_.conditions_.window_bytes;
  const auto held = on_the_way_ + (stalled_ ? unread_.size() : 0);
  const auto taken = std::min(queue_.size(), window - std::min(window, held));
  if (taken != 0) {
    auto bytes = queue_.substr(0, taken);
    queue_.erase(0, taken);
    on_the_way_ += taken;
    const auto when = arrival(last_down_);
    net_.time_.at(when,
                  [self = shared_from_this(), bytes = std::move(bytes)]() mutable { self->arrive(std::move(bytes)); });
  }
  if (queue_.size() > burst_queues * net_.conditions_.queue_bytes_max) { // answers alone can do that
    finish(gateway::goodbye::lost);
    hang_up(no_close_frame);
    return true;
  }
  if (closing_ && queue_.empty()) {
    const auto code = *closing_;
    const auto when = arrival(last_down_);
    net_.time_.at(when, [self = shared_from_this(), code] {
      if (self->broken_) return;
      self->finish(code == 1000 ? gateway::goodbye::clean : gateway::goodbye::lost);
      self->hang_up(code);
    });
    closing_ = code;
    return false;
  }
  bool told = false;
  if (above_ && queue_.size() < net_.conditions_.queue_bytes_max / 2) {
    above_ = false;
    told = true;
    with_link([](auto& link) { link.drained(); });
  }
  if (!incoming_.empty()) take_messages();
  return told;
}

void wire::ping() {
  net_.time_.after(net_.conditions_.ping_interval, [self = shared_from_this()] {
    if (self->finished_ || self->closing_) return;
    if (self->ping_)
      self->look_after();
    else
      self->send_ping();
    self->ping();
  });
}

void wire::send_ping() {
  with_link([](auto& link) { link.pinged(); });
  ping_ = written_;
  ++pings_;
  last_progress_ = net_.time_.now();
  read(); // nothing may be on its way
}

/// A pong that does not come is forgiven as long as anything else arrives, as websocket_session does.
void wire::look_after() {
  if (net_.time_.now() - last_progress_ <= net_.conditions_.pong_timeout) return;
  finish(gateway::goodbye::lost);
  const auto when = arrival(last_down_);
  net_.time_.at(when, [self = shared_from_this()] { self->hang_up(no_close_frame); });
}

} // namespace parley::simulation
