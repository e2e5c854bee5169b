#include "simulator/change_log.hpp"

#include <algorithm>

namespace crmsync::sim {

void ChangeLog::add(const Entry& entry, const Alive& alive)
{
    entries_.push_back(entry);
    if (entries_.size() < compact_at_)
        return;
    std::erase_if(entries_, [&](const Entry& e) { return !e.removed && !alive(e); });
    compact_at_ = std::max<std::size_t>(1024, entries_.size() * 2);
}

std::size_t ChangeLog::after(std::uint64_t change) const
{
    if (entries_.empty() || entries_.back().change <= change)
        return entries_.size();
    const auto first =
        std::upper_bound(entries_.begin(), entries_.end(), change,
                         [](std::uint64_t at, const Entry& entry) { return at < entry.change; });
    return static_cast<std::size_t>(first - entries_.begin());
}

} // namespace crmsync::sim
