#pragma once
// The list of all settings: key, bounds, unit and meaning of each, and how one is read from text. Flags, variables and
// the TOML file are three ways to the same rows.

#include "gateway/app/settings.hpp"

#include <span>
#include <string_view>
#include <variant>

namespace parley::gateway {

/// How the text of a value is read; numbers without a unit are in the one that the row's default shows.
using setting_member = std::variant<std::string settings::*, bool settings::*, std::uint16_t settings::*,
                                    unsigned settings::*, std::size_t settings::*, seconds settings::*,
                                    milliseconds settings::*, rate settings::*, std::vector<std::string> settings::*>;

struct setting_row {
  std::string_view group; ///< heading in --help
  std::string_view key;   ///< dotted, as in the TOML file
  setting_member member;
  double min = 0, max = 0; ///< of the number; of a duration in seconds
  std::string_view help;
  bool secret = false; ///< not as a flag, where every user of the machine would read it

  [[nodiscard]] std::string flag() const;     ///< --limits-frame-bytes-max
  [[nodiscard]] std::string variable() const; ///< PARLEY_LIMITS_FRAME_BYTES_MAX
  /// The kind of value: `text`, `true|false`, `number`, `bytes`, `duration`, `rate`, `list`.
  [[nodiscard]] std::string_view kind() const;
  [[nodiscard]] std::string text_of(const settings& s) const;
  /// Reads `text` into `s`; else says what is wrong with it.
  [[nodiscard]] std::optional<std::string> assign(settings& s, std::string_view text) const;
};

[[nodiscard]] std::span<const setting_row> setting_rows();
/// nullptr when there is none of that key.
[[nodiscard]] const setting_row* find_setting(std::string_view key);
/// What no single row can see; else says which settings contradict each other.
[[nodiscard]] std::optional<std::string> check_together(const settings& s);

} // namespace parley::gateway
