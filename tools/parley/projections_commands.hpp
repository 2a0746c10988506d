#pragma once
// `parley projections rebuild|status`: the read models in PostgreSQL, made anew from the log or looked at.

namespace CLI {
class App;
}

namespace parley::tool {
void add_projections_commands(CLI::App& app);
} // namespace parley::tool
