#pragma once
// The composition root: chooses every implementation, wires them in one straight line, and takes them down in the
// opposite order. Nothing else in the tree makes a log, a thread or a socket of its own accord.

#include "events/errors.hpp"
#include "gateway/app/settings.hpp"

#include <memory>
#include <string>

namespace parley::gateway {

class server {
public:
  /// Opens the log, connects the parts and listens. Errors say what to do. Blocks for as long as the log takes to open.
  [[nodiscard]] static result<std::unique_ptr<server>> start(const settings& s);
  /// Stops, if that was not done.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// Stops accepting, tells clients to come back, lets them go (at most `shutdown_timeout`), commits what waits, syncs
  /// and closes. Blocks until done.
  void stop();

private:
  struct parts;
  explicit server(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
};

} // namespace parley::gateway
