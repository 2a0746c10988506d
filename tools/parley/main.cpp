// parley: the operator's and auditor's tool. One file a group of subcommands.
//
// Ends with 0 when all is well, 1 when the command found or met a fault, 2 when it was not called as it must be.

#include "tools/parley/commands.hpp"

#include <CLI/CLI.hpp>
#include <sys/resource.h>

namespace {

/// A view of a log holds all its files open; the usual limit of 1024 would end at some 60 GB.
void allow_many_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"The operator's and auditor's tool of Parley. Faults end with code 1, wrong usage with 2."};
  app.name("parley");
  app.require_subcommand(1);
  parley::tool::add_admin_commands(app);
  parley::tool::add_jobs_command(app);
  parley::tool::add_log_commands(app);
  parley::tool::add_ledger_commands(app);
  parley::tool::add_profile_commands(app);
#ifdef PARLEY_HAS_PROJECTIONS_COMMANDS
  parley::tool::add_projections_commands(app);
#endif
  allow_many_files();
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::RuntimeError& fault) {
    return fault.get_exit_code(); // thrown by `finish_with`, which has said why
  } catch (const CLI::Success& asked) {
    return app.exit(asked); // --help
  } catch (const CLI::ParseError& wrong) {
    app.exit(wrong);
    return 2;
  }
}
