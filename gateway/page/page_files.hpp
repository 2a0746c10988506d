#pragma once
// The page at `/`: its HTML, CSS, icon and ES modules as they lie in this folder, embedded at build time. There is no
// other build step: what is here is what a browser is given.

#include <span>
#include <string_view>

namespace parley::gateway {

struct page_file {
  std::string_view name; ///< as in this folder, `main.js`
  std::string_view text;
};

/// All of them; generated (tools/cmake/embed_texts.cmake).
[[nodiscard]] std::span<const page_file> page_files();

} // namespace parley::gateway
