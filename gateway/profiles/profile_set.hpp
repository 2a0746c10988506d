#pragma once
// The profiles a server knows: the shipped ones (schema/profiles, embedded at build time) and an operator's own. Filled
// by one thread at the start, then immutable and read by all; profiles stay where they are as long as the set lives.

#include "gateway/profiles/profile.hpp"
#include "gateway/profiles/profile_map.hpp"

#include <filesystem>
#include <memory>

namespace parley::gateway {

/// The shipped profiles' texts, in the order of their names; generated (tools/cmake/embed_texts.cmake).
[[nodiscard]] std::span<const std::string_view> shipped_profile_texts();

class profile_set {
public:
  static constexpr std::size_t profiles_max = 64;

  /// The shipped ones. They are held by tests, so this does not fail.
  [[nodiscard]] static profile_set shipped();
  /// The shipped ones and every *.json of `folder`; one of the same name takes a shipped one's place. Fails with
  /// errc::invalid and a message for the operator: a file with its line, or what is wrong with the folder.
  [[nodiscard]] static result<profile_set> with_folder(const std::filesystem::path& folder);

  /// Takes one in; of the same name the later counts. errc::invalid as parse_profile, and beyond profiles_max.
  [[nodiscard]] result<void> add(std::string_view text, std::string_view file);
  /// Rules for who does not ask (see profile_map.hpp). errc::invalid when one names a profile that is not there.
  [[nodiscard]] result<void> set_rules(std::vector<profile_rule> rules);

  /// Null: there is no such profile.
  [[nodiscard]] const profile* find(std::string_view name) const;
  /// The profile that was asked for, else the first rule's that applies, else that of the path it looks for Engine.IO
  /// at; null: none, our own vocabulary holds. errc::invalid for one that was asked for and is not there: it is better
  /// to say so than to talk past each other.
  [[nodiscard]] result<const profile*> choose(const profile_hints& of) const;
  /// In the order of their names.
  [[nodiscard]] std::vector<const profile*> all() const;

private:
  std::map<std::string, std::unique_ptr<const profile>, std::less<>> profiles_;
  std::vector<profile_rule> rules_;
};

/// A file's text. errc::invalid when it cannot be read or is larger than a profile may be.
[[nodiscard]] result<std::string> read_profile_file(const std::filesystem::path& file);

} // namespace parley::gateway
