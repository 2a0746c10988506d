#include "tests/support/postgres.hpp"

#include "projections/pg/connection.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace parley::test {
namespace {

namespace fs = std::filesystem;

const passwd* other_user() {
  if (::geteuid() != 0) return nullptr;
  const auto* user = ::getpwnam("postgres");
  if (!user) throw std::runtime_error{"PostgreSQL does not run as root, and there is no user postgres"};
  return user;
}

fs::path binaries() {
  fs::path newest;
  for (const auto& version : fs::directory_iterator{"/usr/lib/postgresql"})
    if (fs::exists(version.path() / "bin" / "initdb") && version.path() > newest) newest = version.path();
  if (newest.empty()) throw std::runtime_error{"no PostgreSQL below /usr/lib/postgresql"};
  return newest / "bin";
}

/// Starts a program as the server's user, its output in `log`; it dies with us.
pid_t launch(const std::vector<std::string>& command, const fs::path& log) {
  const auto* user = other_user();
  std::vector<char*> arguments;
  for (const auto& a : command) arguments.push_back(const_cast<char*>(a.c_str()));
  arguments.push_back(nullptr);
  const auto pid = ::fork();
  if (pid < 0) throw std::runtime_error{"fork failed"};
  if (pid > 0) return pid;
  if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  ::setpgid(0, 0); // a Ctrl-C for the tests must not reach it before they are done with it
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int in = ::open("/dev/null", O_RDONLY);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

void run_sql(const std::string& url, const std::string& sql) {
  pg::connect_options options;
  options.url = url;
  auto db = pg::connection::open(options);
  if (!db) throw std::runtime_error{db.error().message};
  if (auto done = db->run(sql); !done) throw std::runtime_error{done.error().message};
}

const postgres_server& shared_server() {
  static const auto server = [] {
    auto s = std::make_unique<postgres_server>();
    s->start();
    return s;
  }();
  return *server;
}

std::string with_database(const std::string& url, const std::string& name) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url + " dbname=" + name;
  const auto query = std::min(url.find('?'), url.size());
  const auto slash = std::min(url.find('/', scheme + 3), query);
  return url.substr(0, slash) + "/" + name + url.substr(query);
}

} // namespace

postgres_server::postgres_server() {
  std::string pattern = (fs::temp_directory_path() / "parley-test-pg-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error{"no temporary directory"};
  directory_ = pattern;
  if (const auto* user = other_user(); user && ::chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error{"cannot give away the temporary directory"};
  const auto pid = launch({(binaries() / "initdb").string(), "-D", (directory_ / "data").string(), "-A", "trust", "-U",
                           "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
                          directory_ / "initdb.log");
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error{"initdb failed, see " + (directory_ / "initdb.log").string()};
}

postgres_server::~postgres_server() {
  stop();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

std::string postgres_server::url(const std::string& database) const {
  return "host=" + directory_.string() + " user=postgres dbname=" + database;
}

void postgres_server::start() {
  pid_ = launch({(binaries() / "postgres").string(), "-D", (directory_ / "data").string(), "-k", directory_.string(),
                 "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60", "-c", "shared_buffers=64MB"},
                directory_ / "server.log");
  pg::connect_options options;
  options.url = url("postgres");
  for (int attempt = 0; attempt < 1500; ++attempt) {
    if (pg::connection::open(options)) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{20}); // PostgreSQL offers nothing to wait on
  }
  throw std::runtime_error{"PostgreSQL did not start, see " + (directory_ / "server.log").string()};
}

void postgres_server::stop() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGINT); // "fast": sessions are ended
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

test_database::test_database() {
  const char* given = std::getenv("PARLEY_TEST_DATABASE_URL");
  admin_url_ = given ? given : shared_server().url("postgres");
  make();
}

test_database::test_database(const postgres_server& server)
  : admin_url_{server.url("postgres")} {
  make();
}

void test_database::make() {
  static std::atomic<int> made{0};
  name_ = "parley_test_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
  run_sql(admin_url_, "CREATE DATABASE " + name_);
  url_ = with_database(admin_url_, name_);
}

test_database::~test_database() {
  try {
    run_sql(admin_url_, "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) { // its server was stopped by the test: the files go with it
  }
}

} // namespace parley::test
