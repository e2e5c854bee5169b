#include "e2e/in_process/privacy_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::test {

void PrivacyWatch::decided(int daemon, const Item& item, const Decision& decision)
{
    // The mailbox is part of the simulator's ids, so that an id alone names an item of the world.
    decisions_[daemon][item.key.id] = decision.outcome == Outcome::tracked;
}

void PrivacyWatch::ended(int daemon) { decisions_.erase(daemon); }

bool PrivacyWatch::accepted(const std::string& item) const
{
    return std::any_of(decisions_.begin(), decisions_.end(), [&](const auto& of_daemon) {
        const auto found = of_daemon.second.find(item);
        return found != of_daemon.second.end() && found->second;
    });
}

void PrivacyWatch::look()
{
    const auto& entries = graph_.record.entries();
    for (; seen_ < entries.size(); ++seen_) {
        const sim::RecordEntry& entry = entries[seen_];
        const bool behind_the_header =
            entry.body || entry.attachments || entry.contents || entry.mime;
        const bool justified = behind_the_header && !entry.item.empty() && accepted(entry.item);
        if (justified)
            ++justified_;
        if (entry.preview || (behind_the_header && !justified))
            breaches_.push_back(fmt::format("{} {} {} (item {})", entry.operation, entry.method,
                                            entry.target, entry.item));
    }
}

} // namespace crmsync::test
