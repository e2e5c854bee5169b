#include "sync/read_labels.hpp"

#include "match/categories.hpp"

#include <algorithm>
#include <set>

namespace crmsync::sync {

namespace {

Sha256 hash_of(const Item& item, const std::string& label, const PrivateHash& hash,
               const match::Policy& policy)
{
    return hash.label(item.key.id, policy.label_of(label).value_or(""));
}

void compare(KnownItem& known, const Item& item, const PrivateHash& hash,
             const match::Policy& policy)
{
    std::set<Sha256> gone(known.label_hmacs.begin(), known.label_hmacs.end());
    const auto own = match::own_categories(item.categories.value_or({}), policy);
    for (const std::string& label : own.labels)
        if (gone.erase(hash_of(item, label, hash, policy)) > 0)
            known.labels_read.push_back(label);
    if (known.link && known.link->regarding_category)
        gone.erase(hash_of(item, *known.link->regarding_category, hash, policy));
    known.labels_gone = !gone.empty();
}

} // namespace

void find_read_labels(const std::vector<Item>& items, std::map<std::string, KnownItem>& known,
                      const PrivateHash& hash, const match::Policy& policy)
{
    for (const Item& item : items) {
        const auto at = known.find(item.key.id);
        if (at != known.end() && !at->second.label_hmacs.empty() && item.categories.said())
            compare(at->second, item, hash, policy);
    }
}

void plan_read_labels(Plan& plan, const Decided& decided, const PrivateHash& hash,
                      const match::Policy& policy)
{
    if (!decided.decision.labels_read)
        return;
    std::set<Sha256> read;
    for (const std::string& label : *decided.decision.labels_read)
        read.insert(hash_of(decided.item, label, hash, policy));
    const std::vector<Sha256>& known = decided.known.label_hmacs;
    if (read == std::set<Sha256>(known.begin(), known.end()))
        return;
    ReadLabels& row = plan.labels_read.emplace_back();
    row.item_hmac = hash.item(decided.item.key.id);
    row.label_hmacs.assign(read.begin(), read.end());
}

} // namespace crmsync::sync
