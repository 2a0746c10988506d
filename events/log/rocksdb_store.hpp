#pragma once
// The store of production: a RocksDB database in one directory. This header carries no RocksDB type, and
// rocksdb_store.cpp is the one source file that includes RocksDB.

#include "events/clock.hpp"
#include "events/log/store.hpp"

#include <filesystem>

namespace parley {

/// `clock` tells when an entry of `commands` has expired (its value starts with the time); it must outlive the store.
/// errc::corrupt when the files do not check, errc::precondition_failed when they are another version's, else
/// errc::log_unavailable.
[[nodiscard]] result<std::unique_ptr<store>> open_rocksdb_store(const std::filesystem::path& directory,
                                                                store::access mode, const clock_source& clock);

} // namespace parley
