#pragma once
// A real PostgreSQL for tests. With PARLEY_TEST_DATABASE_URL set, databases are made on that server; else each test
// program starts a private one on first use: initdb into a temporary directory, a Unix socket only, as the user
// `postgres` when we are root, ended with the program.

#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>

namespace parley::test {

class postgres_server {
public:
  postgres_server();
  /// Ends the server and deletes its files.
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  /// Returns when it takes connections.
  void start();
  /// Cuts every connection and returns when the server is gone.
  void stop();
  [[nodiscard]] std::string url(const std::string& database) const;

private:
  std::filesystem::path directory_;
  pid_t pid_ = 0;
};

/// An empty database of its own, dropped at the end.
class test_database {
public:
  /// On the program's shared server.
  test_database();
  explicit test_database(const postgres_server& server);
  ~test_database();
  test_database(const test_database&) = delete;
  test_database& operator=(const test_database&) = delete;

  [[nodiscard]] const std::string& url() const noexcept { return url_; }

private:
  void make();

  std::string admin_url_, name_, url_;
};

} // namespace parley::test
