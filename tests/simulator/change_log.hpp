#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace crmsync::sim {

/// What happened in one folder, in order. A change of an item adds an entry and makes its older one
/// stale; `alive` tells stale ones apart and compaction drops them, so that the living entries are
/// the folder's content. Where nothing happened since a position, a delta round costs one look at
/// the end.
class ChangeLog {
public:
    struct Entry {
        std::uint64_t change;
        std::uint64_t item;
        std::uint64_t arrived; ///< of a removal: when the stay began that ended here
        std::uint32_t placement;
        bool removed;
    };
    using Alive = std::function<bool(const Entry&)>;

    void add(const Entry& entry, const Alive& alive);
    /// The index of the first entry after `change`.
    std::size_t after(std::uint64_t change) const;
    const std::vector<Entry>& entries() const { return entries_; }

private:
    std::vector<Entry> entries_;
    std::size_t compact_at_ = 1024;
};

} // namespace crmsync::sim
