#include "tests/support/log/child.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace parley::test {

pid_t start_child(const std::string& tag, const std::map<std::string, std::string>& settings) {
  // All that allocates happens before the fork: between fork and exec only async-signal-safe calls are sound.
  std::vector<std::string> texts;
  for (const auto& [name, value] : settings) texts.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (auto& text : texts) environment.push_back(text.data());
  for (auto** inherited = environ; *inherited != nullptr; ++inherited) environment.push_back(*inherited);
  environment.push_back(nullptr);
  std::string filter = "[." + tag + "]", name = "child";
  char* const arguments[] = {name.data(), filter.data(), nullptr};

  const auto pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    ::execve("/proc/self/exe", arguments, environment.data());
    ::_exit(127);
  }
  return pid;
}

int wait_for_child(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string child_setting(const char* name) {
  const auto* value = std::getenv(name);
  INFO("this hidden test case is started by another one, which sets " << name);
  REQUIRE(value != nullptr);
  return value;
}

} // namespace parley::test
