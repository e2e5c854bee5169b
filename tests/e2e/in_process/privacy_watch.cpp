#include "e2e/in_process/privacy_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::test {

namespace {

bool is_behind_the_header(const sim::RecordEntry& entry)
{
    return entry.body || entry.preview || entry.attachments || entry.contents || entry.mime;
}

/// A write is answered with the whole message, body and all, unless that is declined.
bool shows_what_it_writes(const sim::RecordEntry& entry)
{
    return entry.operation == "message.patch" &&
           entry.prefer.find("return=minimal") == std::string::npos;
}

} // namespace

void PrivacyWatch::decided(int daemon, const Item& item, const Decision& decision)
{
    Known& known = known_[item.key.id][daemon];
    known.version = item.version.has_value() ? item.version->value : std::string();
    known.tracks = decision.outcome == Outcome::tracked;
    known.looks_at_headers = decision.needs_header_look;
    if (known.tracks)
        known.tracked.insert(known.version);
    if (known.raced == known.version)
        known.raced.clear();
}

void PrivacyWatch::ended(int daemon)
{
    for (auto& [item, daemons] : known_)
        daemons.erase(daemon);
}

void PrivacyWatch::look()
{
    const auto& entries = record_.entries();
    for (; seen_ < entries.size(); ++seen_)
        look_at(entries[seen_]);
}

void PrivacyWatch::look_at(const sim::RecordEntry& entry)
{
    // An id that the mailbox at this address does not hold, since it is another one by now.
    if (entry.item.empty() && entry.status == 404)
        return;
    if (entry.preview)
        breach(entry, "asks for a preview");
    else if (is_behind_the_header(entry))
        switch (cause_of(entry)) {
        case Cause::decision:
            ++justified_;
            break;
        case Cause::race:
            ++raced_;
            break;
        case Cause::none:
            breach(entry, "asks for what nobody decided to track");
        }
    // What carries a category of ours is listed with them: its sender may have set it (Keywords).
    const bool seeks_tagged = entry.target.find("categories%2Fany") != std::string::npos;
    if (entry.internet_headers && !seeks_tagged && !may_see_headers(entry.item))
        breach(entry, "asks for transport headers that no decision needs");
    if (shows_what_it_writes(entry))
        breach(entry, "lets a write show the whole message");
}

PrivacyWatch::Cause PrivacyWatch::cause_of(const sim::RecordEntry& entry)
{
    const auto found = known_.find(entry.item);
    if (entry.item.empty() || found == known_.end())
        return Cause::none;
    // Of an item that is gone there is no version, and nothing to see.
    const bool gone = entry.version.empty();
    Known* outrun = nullptr;
    for (auto& [daemon, known] : found->second) {
        if (!known.tracks)
            continue;
        if (gone || known.tracked.contains(entry.version))
            return Cause::decision;
        if (known.raced != entry.version)
            outrun = &known;
    }
    // An attachment cannot be asked for at a version; one that is gone shows nothing.
    const bool shows_nothing = entry.contents && entry.status == 404;
    if (!outrun || (!shows_nothing && (entry.operation != "message.get" || entry.contents)))
        return Cause::none;
    if (entry.status == 200) // else it was shown nothing, and asks again as it did before
        outrun->raced = entry.version;
    return Cause::race;
}

bool PrivacyWatch::may_see_headers(const std::string& item) const
{
    const auto found = known_.find(item);
    return found != known_.end() &&
           std::any_of(found->second.begin(), found->second.end(),
                       [](const auto& one) { return one.second.looks_at_headers; });
}

void PrivacyWatch::breach(const sim::RecordEntry& entry, std::string_view what)
{
    breaches_.push_back(fmt::format("{} {} {}: {} (item {}, version {}, status {})",
                                    entry.operation, entry.method, entry.target, what, entry.item,
                                    entry.version, entry.status));
}

} // namespace crmsync::test
