#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crmsync {

/// A file without a name, for what is too large to hold in memory. Nobody else can open it, and
/// however the process ends, it is gone: the kernel frees it with the descriptor.
class TemporaryFile {
public:
    /// Throws Failure("file.unwritable", retry), which names the directory.
    explicit TemporaryFile(std::string directory);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    /// At the end. Throws as the constructor where the disk is full.
    void append(std::string_view bytes);
    /// At most that many, fewer only at the end.
    std::string read(std::int64_t from, std::size_t most) const;
    std::int64_t size() const { return size_; }

private:
    std::string directory_;
    int descriptor_ = -1;
    std::int64_t size_ = 0;
};

} // namespace crmsync
