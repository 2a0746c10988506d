#pragma once
// Failing disks for the tests of the RocksDB log: this program's own `write` and `fdatasync` stand before libc's, so
// RocksDB meets the errors of a real disk at the place where a real disk gives them.

namespace parley::test {

/// While alive, writes to files below `directory` fail with ENOSPC once `bytes` more have been taken; the write that
/// crosses the limit is torn.
class full_disk {
public:
  full_disk(const char* directory, long bytes);
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  ~full_disk();
};

/// While alive, syncs of RocksDB's write-ahead files below `directory` fail with EIO.
class failing_sync {
public:
  explicit failing_sync(const char* directory);
  failing_sync(const failing_sync&) = delete;
  failing_sync& operator=(const failing_sync&) = delete;
  ~failing_sync();
};

} // namespace parley::test
