#pragma once
// A child process for tests that must end without clean-up: this test program started anew, running one hidden test
// case. A plain fork would not do, because RocksDB's threads do not come along.

#include <map>
#include <string>
#include <sys/types.h>

namespace parley::test {

/// Starts this program with only the hidden test case tagged `[.tag]`, and `settings` in its environment.
pid_t start_child(const std::string& tag, const std::map<std::string, std::string>& settings);
/// The exit code of the child; -1 when a signal ended it.
int wait_for_child(pid_t pid);
/// A setting given to this process; fails the test when it is missing.
std::string child_setting(const char* name);

} // namespace parley::test
