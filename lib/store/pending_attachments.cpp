#include "store/pending_attachments.hpp"

#include "store/attachment_columns.hpp"
#include "store/columns.hpp"
#include "store/contents.hpp"
#include "store/page_script.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace crmsync::store {

void add_attachment_looks(pg::Script& script, MailboxId mailbox, const Plan& plan,
                          const IdentifiedPage& page)
{
    std::vector<std::string> stored, joined;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i) {
        const TrackedItem& item = plan.tracked[i];
        const bool waits =
            std::any_of(item.attachments.begin(), item.attachments.end(),
                        [](const StoredAttachment& row) { return row.status == "pending"; });
        if (page.items[i].mine && waits)
            stored.push_back(item.item_id);
        else if (page.items[i].pending)
            joined.push_back(item.item_id);
    }
    constexpr std::int64_t soon = std::chrono::seconds(first_look_after).count();
    if (!stored.empty())
        script.add(sql::ask_to_look, params(mailbox, stored, soon));
    if (!joined.empty())
        script.add(sql::ask_to_look, params(mailbox, joined, std::int64_t(0)));
}

boost::asio::awaitable<std::vector<std::string>> PendingAttachments::settled(ActivityId activity)
{
    const pg::Result rows = co_await pool_.run(sql::settled_attachments, params(activity));
    std::vector<std::string> names;
    for (int row = 0; row < rows.rows(); ++row)
        names.push_back(rows.get<std::string>(row, 0));
    co_return names;
}

boost::asio::awaitable<void> PendingAttachments::settle(Fence fence, ActivityId activity,
                                                        std::vector<StoredAttachment> rows)
{
    std::vector<const StoredAttachment*> all;
    for (const StoredAttachment& row : rows)
        all.push_back(&row);
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::lock_blobs, params(digests_of(all)));
    const std::vector<pg::Result> locked = co_await advance(*connection, std::move(script));
    std::set<std::string> stored;
    for (int row = 0; row < locked.back().rows(); ++row)
        stored.insert(locked.back().get<pg::Bytes>(row, 0).value);

    const Contents missing = missing_contents(all, stored);
    co_await send_long_contents(*connection, missing);
    script = pg::Script();
    add_short_contents(script, missing);
    script.add(sql::lock_activities, params(std::vector<Uuid>{activity.value}));
    AttachmentColumns columns;
    for (const StoredAttachment& row : rows)
        columns.add(activity, row);
    columns.add_to(script, sql::settle_attachments);
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> PendingAttachments::give_up(Fence fence, ActivityId activity)
{
    const auto connection = co_await pool_.acquire();
    const std::vector<Uuid> activities(1, activity.value);
    pg::Script script = transaction(fence);
    script.add(sql::lock_activities, params(activities));
    script.add(sql::give_attachments_up, params(activities));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> PendingAttachments::give_old_up()
{
    co_await pool_.run(sql::give_old_attachments_up);
}

boost::asio::awaitable<std::vector<WaitingItem>>
PendingAttachments::waiting(MailboxId mailbox, std::vector<std::string> item_ids)
{
    const pg::Result rows = co_await pool_.run(sql::waiting_items, params(mailbox, item_ids));
    std::vector<WaitingItem> items;
    for (int row = 0; row < rows.rows(); ++row) {
        WaitingItem& item = items.emplace_back();
        item.item_id = rows.get<std::string>(row, 0);
        item.activity = optional_id<ActivityId>(rows, row, 1);
        item.since = rows.get<std::optional<Timestamp>>(row, 2);
        item.message_id = rows.get<std::optional<std::string>>(row, 3);
    }
    co_return items;
}

} // namespace crmsync::store
