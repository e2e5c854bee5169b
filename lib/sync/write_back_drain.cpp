#include "sync/write_back_drain.hpp"

#include "base/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "match/categories.hpp"
#include "store/write_backs.hpp"
#include "sync/page_handler.hpp"
#include "sync/sync_metrics.hpp"

#include <algorithm>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

constexpr int most_attempts = 8;

store::OwedKey key_of(const store::OwedWrite& owed)
{
    return store::OwedKey{owed.item_id, owed.generation};
}

/// What of ours an item says once `categories` is what it carries.
StateCategory state_shown(const std::vector<std::string>& categories, const match::Policy& policy)
{
    const match::OwnCategories own = match::own_categories(categories, policy);
    if (own.tracked)
        return StateCategory::tracked;
    if (own.review)
        return StateCategory::review;
    if (own.refused)
        return StateCategory::refused;
    if (own.failed)
        return StateCategory::failed;
    return StateCategory::none;
}

/// One round over at most a hundred due writes.
class Batch {
public:
    Batch(const TurnContext& context, std::vector<store::OwedWrite> due)
        : context_(context), store_(context.pool), due_(std::move(due))
    {}

    asio::awaitable<DrainReport> run()
    {
        co_await read_unread();
        prepare();
        context_.end_if_stopping();
        if (!writes_.empty())
            co_await write();
        if (!done_.empty())
            co_await store_.done(context_.fence, std::move(done_));
        if (!gone_.empty())
            co_await store_.gone(context_.fence, std::move(gone_));
        if (!conflicts_.empty())
            co_await settle_conflicts();
        if (!unneeded_.empty())
            co_await decide_unwritten();
        if (!later_.empty())
            co_await store_.retry_later(context_.fence, std::move(later_));
        if (!given_up_.empty())
            co_await store_.give_up(context_.fence, std::move(given_up_));
        co_return report_;
    }

private:
    /// Rows that were made without a look at the item: another mailbox's untrack owes them.
    asio::awaitable<void> read_unread()
    {
        std::vector<ItemKey> keys;
        std::vector<store::OwedWrite*> unread;
        for (store::OwedWrite& owed : due_)
            if (!owed.categories) {
                keys.push_back(ItemKey{context_.mailbox.id, owed.item_id});
                unread.push_back(&owed);
            }
        if (keys.empty())
            co_return;
        const std::vector<std::optional<Item>> looks =
            co_await context_.connector.look_up(std::move(keys));
        for (std::size_t i = 0; i < looks.size(); ++i) {
            if (!looks[i]) {
                gone_.push_back(unread[i]->item_id);
                continue;
            }
            unread[i]->categories = looks[i]->categories.value_or({});
            unread[i]->version = looks[i]->version.value_or(Version());
        }
    }

    void prepare()
    {
        for (store::OwedWrite& owed : due_) {
            if (!owed.categories)
                continue;
            std::vector<std::string> wanted =
                match::apply(owed.desired, *owed.categories, context_.rules->policy);
            if (wanted == *owed.categories) {
                ++report_.unneeded;
                unneeded_.push_back(ItemKey{context_.mailbox.id, owed.item_id});
                settle(owed, std::move(wanted), owed.version);
                continue;
            }
            CategoryWrite write;
            write.key = ItemKey{context_.mailbox.id, owed.item_id};
            write.expected = owed.version;
            write.categories = std::move(wanted);
            writes_.push_back(std::move(write));
            written_.push_back(&owed);
        }
    }

    asio::awaitable<void> write()
    {
        std::vector<WriteAnswer> answers;
        std::optional<Failure> failure;
        try {
            answers = co_await context_.connector.write_categories(writes_);
        } catch (const Failure& f) {
            failure = f;
        }
        if (failure) {
            // What of it arrived is not known.
            std::vector<store::OwedKey> keys;
            for (const store::OwedWrite* owed : written_)
                keys.push_back(key_of(*owed));
            if (failure->reaction() != Reaction::give_back)
                co_await store_.sent(context_.fence, std::move(keys));
            throw *failure;
        }
        for (std::size_t i = 0; i < answers.size(); ++i) {
            store::OwedWrite& owed = *written_[i];
            if (const auto* written = std::get_if<Written>(&answers[i])) {
                ++report_.written;
                settle(owed, std::move(writes_[i].categories), written->version);
            } else if (std::holds_alternative<Gone>(answers[i])) {
                gone_.push_back(owed.item_id);
            } else if (const auto* refused = std::get_if<WriteRefused>(&answers[i])) {
                refuse(owed, *refused);
            } else {
                conflicts_.push_back(&owed);
            }
        }
        report_.gone = static_cast<int>(gone_.size());
        report_.conflicts = static_cast<int>(conflicts_.size());
    }

    void refuse(const store::OwedWrite& owed, const WriteRefused& refused)
    {
        ++report_.failed;
        store::OwedRetry retry;
        retry.key = key_of(owed);
        retry.failure = refused.failure;
        if (refused.transient && owed.attempts + 1 < most_attempts) {
            retry.at = context_.clock.now() + backoff(owed.attempts + 1, 0.5, std::nullopt);
            later_.push_back(std::move(retry));
        } else {
            given_up_.push_back(std::move(retry));
        }
    }

    void settle(const store::OwedWrite& owed, std::vector<std::string> categories,
                std::optional<Version> version)
    {
        store::DoneWrite done;
        done.key = key_of(owed);
        done.state = state_shown(categories, context_.rules->policy);
        done.categories = std::move(categories);
        done.version = std::move(version);
        done_.push_back(std::move(done));
    }

    /// Items that said already what was owed: nothing is written, so no echo will come. What a
    /// person changed on them while the write was owed was put off to that echo, and is read now
    /// instead.
    asio::awaitable<void> decide_unwritten()
    {
        std::vector<std::optional<Item>> looks =
            co_await context_.connector.look_up(std::move(unneeded_));
        std::vector<Change> changes;
        for (std::optional<Item>& look : looks) {
            if (!look)
                continue;
            Change change;
            change.key = look->key;
            change.item = std::move(look);
            changes.push_back(std::move(change));
        }
        PageHandler handler(context_);
        co_await handler.handle(std::move(changes), PageSource(), std::nullopt);
    }

    /// Somebody changed the item after it was read. The fresh item is decided again, since a person
    /// may have withdrawn the wish or named another record; what is then still owed starts from the
    /// list as it is now. A conflict that comes back on an unchanged version (G-133) waits longer
    /// each time.
    asio::awaitable<void> settle_conflicts()
    {
        std::vector<ItemKey> keys;
        for (const store::OwedWrite* owed : conflicts_)
            keys.push_back(ItemKey{context_.mailbox.id, owed->item_id});
        std::vector<std::optional<Item>> looks =
            co_await context_.connector.look_up(std::move(keys));

        std::vector<store::RereadItem> reread;
        std::vector<std::string> gone;
        std::vector<Change> changes;
        for (std::size_t i = 0; i < looks.size(); ++i) {
            const store::OwedWrite& owed = *conflicts_[i];
            if (!looks[i]) {
                gone.push_back(owed.item_id);
                continue;
            }
            store::OwedRetry retry;
            retry.key = key_of(owed);
            retry.failure = "write.conflict";
            if (owed.attempts + 1 >= most_attempts) {
                given_up_.push_back(std::move(retry));
                ++report_.failed;
                continue;
            }
            store::RereadItem item;
            item.key = key_of(owed);
            item.categories = looks[i]->categories.value_or({});
            item.version = looks[i]->version.value_or(Version());
            if (item.version == owed.version) {
                retry.at = context_.clock.now() + backoff(owed.attempts + 1, 0.5, std::nullopt);
                later_.push_back(std::move(retry));
            }
            reread.push_back(std::move(item));
            Change change;
            change.key = looks[i]->key;
            change.item = std::move(looks[i]);
            changes.push_back(std::move(change));
        }
        co_await store_.conflict(context_.fence, std::move(reread));
        if (!gone.empty())
            co_await store_.gone(context_.fence, std::move(gone));
        PageHandler handler(context_);
        co_await handler.handle(std::move(changes), PageSource(), std::nullopt);
    }

    const TurnContext& context_;
    store::WriteBacks store_;
    std::vector<store::OwedWrite> due_;
    std::vector<CategoryWrite> writes_;
    std::vector<store::OwedWrite*> written_;
    std::vector<store::OwedWrite*> conflicts_;
    std::vector<store::DoneWrite> done_;
    std::vector<std::string> gone_;
    std::vector<ItemKey> unneeded_;
    std::vector<store::OwedRetry> later_;
    std::vector<store::OwedRetry> given_up_;
    DrainReport report_;
};

} // namespace

asio::awaitable<DrainReport> drain_write_backs(const TurnContext& context)
{
    constexpr int most_batches = 10'000; // a bound, not a limit: a million items
    constexpr int at_once = 100; // a transaction before and one after, whatever their number
    DrainReport total;
    store::WriteBacks store(context.pool);
    for (int i = 0; i < most_batches; ++i) {
        std::vector<store::OwedWrite> due = co_await store.due(context.mailbox.id, at_once);
        if (due.empty())
            break;
        Batch batch(context, std::move(due));
        const DrainReport one = co_await batch.run();
        total.written += one.written;
        total.unneeded += one.unneeded;
        total.conflicts += one.conflicts;
        total.gone += one.gone;
        total.failed += one.failed;
    }
    const auto count = [&](const char* result, int amount) {
        if (amount > 0)
            context.metrics.add(metric_writes_done, amount, {{"result", result}});
    };
    count("written", total.written);
    count("unneeded", total.unneeded);
    count("conflict", total.conflicts);
    count("gone", total.gone);
    count("failed", total.failed);
    co_return total;
}

} // namespace crmsync::sync
