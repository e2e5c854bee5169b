#include "base/temporary_file.hpp"

#include "base/failure.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace crmsync {

namespace {

constexpr int owner_only = 0600;

Failure unwritable(const std::string& directory, int error)
{
    return Failure(Reaction::retry, "file.unwritable",
                   fmt::format("no temporary file can be written in {}: {}; make room there or "
                               "name another directory in the configuration",
                               directory, std::generic_category().message(error)));
}

/// A name for a moment, where the file system has no files without one (older overlays, NFS).
int open_and_unlink(const std::string& directory)
{
    std::string name = directory + "/crmsync.XXXXXX";
    const int descriptor = mkostemp(name.data(), O_CLOEXEC);
    if (descriptor >= 0)
        unlink(name.c_str());
    return descriptor;
}

} // namespace

TemporaryFile::TemporaryFile(std::string directory) : directory_(std::move(directory))
{
    descriptor_ = open(directory_.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, owner_only);
    if (descriptor_ < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
        descriptor_ = open_and_unlink(directory_);
    if (descriptor_ < 0)
        throw unwritable(directory_, errno);
}

TemporaryFile::~TemporaryFile() { close(descriptor_); }

void TemporaryFile::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = pwrite(descriptor_, bytes.data(), bytes.size(), size_);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            throw unwritable(directory_, written < 0 ? errno : ENOSPC);
        size_ += written;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string TemporaryFile::read(std::int64_t from, std::size_t most) const
{
    std::string bytes(most, '\0');
    std::size_t filled = 0;
    while (filled < most) {
        const ssize_t got = pread(descriptor_, bytes.data() + filled, most - filled,
                                  from + static_cast<std::int64_t>(filled));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw Failure(Reaction::retry, "file.unreadable",
                          fmt::format("a temporary file in {} cannot be read back: {}", directory_,
                                      std::generic_category().message(errno)));
        if (got == 0)
            break;
        filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
}

} // namespace crmsync
