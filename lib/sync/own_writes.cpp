#include "sync/own_writes.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace crmsync::sync {

namespace {

/// For how long an echo is waited for.
constexpr std::chrono::minutes kept(10);
/// Of one mailbox. A first load may answer more; the others cost a question.
constexpr std::size_t most = 20'000;

std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::size_t shown_as(const Version& version, std::vector<std::string> categories)
{
    std::sort(categories.begin(), categories.end()); // no provider promises an order
    std::string text = version.value;
    for (const std::string& category : categories)
        text += '\n' + category;
    return std::max<std::size_t>(hash_of(text), 1);
}

} // namespace

void OwnWrites::expect(const Item& item, Timestamp now)
{
    if (!item.folder.has_value())
        return;
    if (items_.size() >= most)
        std::erase_if(items_, [now](const auto& one) { return now - one.second.at >= kept; });
    if (items_.size() < most)
        items_[hash_of(item.key.id)] = Left{hash_of(item.folder->value), 0, now};
}

void OwnWrites::left(const std::string& item_id, const Version& version,
                     std::vector<std::string> categories, Timestamp now)
{
    const auto at = items_.find(hash_of(item_id));
    if (at == items_.end())
        return;
    at->second.shown = shown_as(version, std::move(categories));
    at->second.at = now;
}

bool OwnWrites::is_echo(const Item& item, Timestamp now) const
{
    const auto at = items_.find(hash_of(item.key.id));
    if (at == items_.end() || !item.folder.has_value() || !item.version.has_value() ||
        !item.categories.said())
        return false;
    const Left& left = at->second;
    return now - left.at < kept && left.folder == hash_of(item.folder->value) &&
           left.shown == shown_as(*item.version, item.categories.value_or({}));
}

} // namespace crmsync::sync
