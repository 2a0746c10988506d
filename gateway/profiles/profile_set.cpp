#include "gateway/profiles/profile_set.hpp"

#include "events/assertion.hpp"

#include <algorithm>
#include <fstream>

namespace parley::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view shipped_file = "schema/profiles";

/// In the order of their names, so that what counts last does not depend on the disk.
result<std::vector<fs::path>> json_files(const fs::path& folder) {
  std::error_code wrong;
  std::vector<fs::path> files;
  for (fs::directory_iterator at{folder, wrong}, end; !wrong && at != end; at.increment(wrong))
    if (at->path().extension() == ".json") files.push_back(at->path());
  if (wrong) return fail(errc::invalid, folder.string() + ": cannot read this folder of profiles: " + wrong.message());
  std::sort(files.begin(), files.end());
  return files;
}

} // namespace

result<std::string> read_profile_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text(profile::file_bytes_max + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  // A folder opens and then fails to be read.
  if (!in.is_open() || in.bad() || (in.fail() && !in.eof()))
    return fail(errc::invalid, file.string() + ": cannot read this file");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

profile_set profile_set::shipped() {
  profile_set made;
  for (const auto text : shipped_profile_texts()) {
    const auto added = made.add(text, shipped_file);
    PARLEY_ASSERT(added.has_value());
  }
  return made;
}

result<profile_set> profile_set::with_folder(const fs::path& folder) {
  auto made = shipped();
  const auto files = json_files(folder);
  if (!files) return tl::make_unexpected(files.error());
  for (const auto& file : *files) {
    const auto text = read_profile_file(file);
    if (!text) return tl::make_unexpected(text.error());
    if (auto added = made.add(*text, file.string()); !added) return tl::make_unexpected(std::move(added.error()));
  }
  return made;
}

result<void> profile_set::add(std::string_view text, std::string_view file) {
  auto parsed = parse_profile(text, file);
  if (!parsed) return tl::make_unexpected(std::move(parsed.error()));
  auto name = parsed->name();
  if (profiles_.size() == profiles_max && !profiles_.contains(name))
    return fail(errc::invalid,
                std::string{file} + ": there are more than " + std::to_string(profiles_max) + " profiles");
  profiles_.insert_or_assign(std::move(name), std::make_unique<const profile>(std::move(*parsed)));
  return {};
}

result<void> profile_set::set_rules(std::vector<profile_rule> rules) {
  for (const auto& rule : rules)
    if (!find(rule.profile))
      return fail(errc::invalid, "`" + rule.pattern + "=" + rule.profile + "`: there is no such profile");
  rules_ = std::move(rules);
  return {};
}

const profile* profile_set::find(std::string_view name) const {
  const auto at = profiles_.find(name);
  return at == profiles_.end() ? nullptr : at->second.get();
}

result<const profile*> profile_set::choose(const profile_hints& of) const {
  if (const auto name = of.asked(); !name.empty()) {
    if (const auto* asked = find(name)) return asked;
    return fail(errc::invalid, "there is no such profile");
  }
  for (const auto& rule : rules_)
    if (rule.applies(of)) return find(rule.profile);
  for (const auto& [name, each] : profiles_)
    for (const auto& path : each->paths())
      if (profile_rule{profile_rule::kind::path, path, name}.applies(of)) return each.get();
  return nullptr;
}

std::vector<const profile*> profile_set::all() const {
  std::vector<const profile*> list;
  list.reserve(profiles_.size());
  for (const auto& [name, each] : profiles_) list.push_back(each.get());
  return list;
}

} // namespace parley::gateway
