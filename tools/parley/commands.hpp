#pragma once
// The groups of subcommands of `parley`. A command that cannot do its work says `parley: …: what to do` on stderr and
// throws CLI::RuntimeError with the exit code; main catches it.

namespace CLI {
class App;
}

namespace parley::tool {
void add_admin_commands(CLI::App& app);
void add_jobs_command(CLI::App& app);
void add_log_commands(CLI::App& app);
void add_ledger_commands(CLI::App& app);
void add_profile_commands(CLI::App& app);
void add_projections_commands(CLI::App& app);
} // namespace parley::tool
