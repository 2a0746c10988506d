#include "gateway/app/settings.hpp"
#include "gateway/app/settings_table.hpp"

// One wrong line is an ordinary answer here, not an exception.
#define TOML_EXCEPTIONS 0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <sstream>
#include <toml++/toml.h>
#include <unistd.h>

namespace parley::gateway {

namespace {

using variables = std::map<std::string, std::string>;
using complaint = std::optional<std::string>;

/// A variable that is set and not empty.
const std::string* variable(const variables& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

std::string place(const std::string& file, const toml::source_region& at) {
  return fmt::format("{}:{}", file, at.begin.line);
}

/// A TOML value as the text a flag would have carried; empty when it has a shape that no setting has.
std::optional<std::string> text_of(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto number = node.value_exact<double>()) return fmt::format("{:.17g}", *number);
  if (const auto yes = node.value_exact<bool>()) return *yes ? "true" : "false";
  if (const auto* list = node.as_array()) {
    std::string joined;
    for (const auto& item : *list) {
      const auto text = item.value_exact<std::string>();
      if (!text) return std::nullopt;
      joined += (joined.empty() ? "" : ",") + *text;
    }
    return joined;
  }
  if (const auto* table = node.as_table()) {
    const auto per_second = (*table)["per_second"].value<double>();
    const auto burst = (*table)["burst"].value<double>();
    if (!per_second || !burst || table->size() != 2) return std::nullopt;
    return fmt::format("{:.17g}/{:.17g}", *per_second, *burst);
  }
  return std::nullopt;
}

/// `node` is not a string where the row wants one, or the other way round where text cannot stand for it.
bool fits(const setting_row& row, const toml::node& node) {
  const bool wants_text = std::holds_alternative<std::string settings::*>(row.member);
  const bool wants_list = std::holds_alternative<std::vector<std::string> settings::*>(row.member);
  const bool wants_rate = std::holds_alternative<rate settings::*>(row.member);
  if (node.is_array()) return wants_list;
  if (node.is_table()) return wants_rate;
  return !wants_text || node.is_string();
}

complaint apply_table(settings& s, const std::string& file, const std::string& prefix, const toml::table& table) {
  for (const auto& [name, node] : table) {
    const auto key = prefix + std::string{name.str()};
    if (const auto* row = find_setting(key)) {
      const auto text = fits(*row, node) ? text_of(node) : std::nullopt;
      if (!text) return fmt::format("{}: {} has a value of the wrong type", place(file, node.source()), key);
      if (auto wrong = row->assign(s, *text)) return fmt::format("{}: {} {}", place(file, node.source()), key, *wrong);
      continue;
    }
    const auto section = key + ".";
    const auto known =
        std::ranges::any_of(setting_rows(), [&](const auto& row) { return row.key.starts_with(section); });
    if (!known || !node.is_table()) return fmt::format("{}: unknown key {}", place(file, name.source()), key);
    if (auto wrong = apply_table(s, file, section, *node.as_table())) return wrong;
  }
  return std::nullopt;
}

complaint apply_file(settings& s, const std::string& file) {
  const auto parsed = toml::parse_file(file);
  if (!parsed) {
    const auto& failure = parsed.error();
    return fmt::format("{}: {}", failure.source().begin ? place(file, failure.source()) : file, failure.description());
  }
  return apply_table(s, file, "", parsed.table());
}

complaint apply_environment(settings& s, const variables& environment) {
  for (const auto& row : setting_rows()) {
    // The names the five systems use for these two count as well; the project's own name is the stronger one.
    const auto common = row.key == "database_url" ? "DATABASE_URL" : row.key == "jwt_secret" ? "JWT_SECRET" : "";
    for (const auto& name : {std::string{common}, row.variable()}) {
      const auto* value = variable(environment, name);
      if (!value) continue;
      if (auto wrong = row.assign(s, *value)) return fmt::format("{} {}", name, *wrong);
    }
  }
  return std::nullopt;
}

std::vector<std::string> warnings_about(const settings& s, const variables& environment) {
  std::vector<std::string> warnings;
  for (const auto& entry : environment) {
    const auto& name = entry.first;
    if (!name.starts_with("PARLEY_") || name == "PARLEY_CONFIG") continue;
    if (std::ranges::none_of(setting_rows(), [&](const auto& row) { return row.variable() == name; }))
      warnings.push_back(fmt::format("{} is no setting of parleyd; see --help", name));
  }
  if (!s.jwt_secret.empty() && s.jwt_secret.size() < 32)
    warnings.emplace_back("the JWT secret is shorter than the 32 bytes that HS256 asks for (RFC 7518 section 3.2)");
  return warnings;
}

/// The command line as CLI11 sees it: one option a row.
struct command_line {
  CLI::App app{
      "parleyd: Parley's server.\n"
      "Settings come from flags, PARLEY_* variables and a TOML file; a flag beats a variable, a variable the "
      "file.\n--limits-frame-bytes-max is the variable PARLEY_LIMITS_FRAME_BYTES_MAX, and in the file "
      "frame_bytes_max under [limits].\nThe key of the tokens is no flag: JWT_SECRET or jwt_secret in the file; "
      "else one is made in the data directory.\n"
      "TIME is a number with ms, s, m, h or d; BYTES one with B, KiB, MiB or GiB; N/BURST so many a second and "
      "so many at once, or off.",
      "parleyd"};
  std::string config;
  std::vector<std::pair<const setting_row*, std::string>> given;

  command_line() {
    app.set_version_flag("--version", "parleyd 0.1.0");
    app.get_formatter()->column_width(52);
    app.add_option("--config", config, "TOML file; also PARLEY_CONFIG")->type_name("FILE")->group("Where");
    const settings defaults;
    for (const auto& row : setting_rows()) {
      if (row.secret) continue;
      const auto by_default = row.text_of(defaults);
      app.add_option_function<std::string>(
             row.flag(), [this, &row](const std::string& text) { given.emplace_back(&row, text); },
             fmt::format("{} [{}]", row.help, by_default.empty() ? "none" : by_default))
          ->type_name(std::string{row.kind()})
          ->group(std::string{row.group});
    }
  }
};

parsed_settings refuse(const std::string& why) { return {std::nullopt, 2, "parleyd: " + why + "\n", {}}; }

} // namespace

parsed_settings parse_settings(std::span<const char* const> arguments, const variables& environment) {
  command_line line;
  try {
    line.app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, err;
    const auto code = line.app.exit(e, out, err);
    if (code == 0) return {std::nullopt, 0, out.str(), {}};
    return refuse(err.str());
  }

  settings s;
  const auto* config = variable(environment, "PARLEY_CONFIG");
  if (line.config.empty() && config) line.config = *config;
  if (!line.config.empty()) {
    if (auto wrong = apply_file(s, line.config)) return refuse(*wrong);
  }
  if (auto wrong = apply_environment(s, environment)) return refuse(*wrong);
  for (const auto& [row, text] : line.given) {
    if (auto wrong = row->assign(s, text)) return refuse(row->flag() + " " + *wrong);
  }
  if (auto wrong = check_together(s)) return refuse(*wrong);
  auto warnings = warnings_about(s, environment);
  return {std::move(s), 0, {}, std::move(warnings)};
}

std::map<std::string, std::string> process_environment() {
  variables found;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

} // namespace parley::gateway
