#include "match/stop.hpp"

#include "match/categories.hpp"

namespace crmsync::match {

namespace {

/// Nothing: the item's categories were not said. What the sender's Keywords brought is no word of
/// the user's.
std::optional<bool> says_stop(const Item& item, const KnownItem& known, const Policy& policy)
{
    if (!item.categories.said())
        return std::nullopt;
    Wish senders;
    const std::vector<std::string> carried = item.categories.value_or(std::vector<std::string>{});
    senders.senders = senders_own(item, carried, known, policy);
    return own_categories(without_senders(carried, senders), policy).stop;
}

} // namespace

std::optional<bool> read_stop(const Item& item, const KnownItem& known, const Policy& policy)
{
    const std::optional<bool> says = says_stop(item, known, policy);
    if (!says || *says == known.says_stop)
        return std::nullopt;
    // It may be the sender's, which the write that waits takes off. The user's is there afterwards.
    if (*says && known.owed)
        return std::nullopt;
    return says;
}

bool stop_is_unproven(const Item& item, const KnownItem& known, const Policy& policy)
{
    const bool seen = known.link || known.outcome || known.intent;
    return !seen && !item.message().automatic.said() &&
           read_stop(item, known, policy).value_or(false);
}

bool is_stopped(const Case& c)
{
    return c.known.stopped || says_stop(c.item, c.known, c.policy).value_or(c.known.says_stop);
}

} // namespace crmsync::match
