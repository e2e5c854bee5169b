#include "sync/write_back_drain.hpp"

#include "base/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "match/categories.hpp"
#include "store/write_backs.hpp"
#include "sync/looked_up.hpp"
#include "sync/shown_answer.hpp"
#include "sync/sync_metrics.hpp"

#include <exception>
#include <map>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// An item that cannot be written to for a day is still owed its answer.
constexpr BackoffLimits longer_each_time{std::chrono::seconds(1), std::chrono::hours(4)};

/// How often an item that somebody goes on changing is read and tried again at once.
constexpr int hasty_attempts = 3;

/// How often a write is tried that is denied while others are not: for some two hours, which is
/// what a permission that was granted takes to show everywhere.
constexpr int denied_attempts = 14;

store::OwedKey key_of(const store::OwedWrite& owed)
{
    return store::OwedKey{owed.item_id, owed.generation};
}

/// Whether the item is to be looked at before it is written.
bool is_unread(const store::OwedWrite& owed)
{
    return !owed.categories || owed.version.value.empty();
}

bool has_version(const std::optional<Version>& version)
{
    return version && !version->value.empty();
}

Change change_of(Item item)
{
    Change change;
    change.key = item.key;
    change.item = std::move(item);
    return change;
}

constexpr int at_once = 100; // a transaction before and one after, whatever their number

/// One round over at most a hundred due writes.
class Batch {
public:
    Batch(const TurnContext& context, std::vector<store::OwedWrite> due)
        : context_(context), store_(context.pool), due_(std::move(due))
    {}

    asio::awaitable<void> run()
    {
        co_await decide_unread();
        prepare();
        context_.end_if_stopping();
        if (!writes_.empty())
            co_await write();
        co_await store_.done(context_.fence, std::move(done_));
        co_await store_.gone(context_.fence, std::move(gone_));
        co_await store_.give_up(context_.fence, std::move(given_up_));
        co_await store_.retry_later(context_.fence, std::move(later_));
        co_await store_.sent(context_.fence, std::move(unheard_));
        if (deferred_ || failure_)
            co_await keep_conflicts();
        if (deferred_)
            co_await leave_alone();
        if (failure_)
            throw *failure_;
        if (!conflicts_.empty())
            co_await settle_conflicts();
        if (!unneeded_.empty())
            co_await decide_unwritten();
    }
    const DrainReport& report() const { return report_; }

private:
    /// Rows that were made without a look at the item, or by one that did not show everything. What
    /// a person changed since, nobody has seen: the item is decided before it is written, and what
    /// is then still owed starts from this look.
    asio::awaitable<void> decide_unread()
    {
        std::vector<ItemKey> keys;
        for (const store::OwedWrite& owed : due_)
            if (is_unread(owed))
                keys.push_back(ItemKey{context_.mailbox.id, owed.item_id});
        if (keys.empty())
            co_return;
        const std::vector<std::optional<Item>> looks = co_await context_.connector.look_up(keys);
        std::map<std::string, std::optional<Item>> by_id;
        std::vector<Change> changes;
        for (std::size_t i = 0; i < looks.size(); ++i) {
            by_id.insert_or_assign(keys[i].id, looks[i]);
            if (looks[i] && shows_all(*looks[i]))
                changes.push_back(change_of(*looks[i]));
        }
        co_await handle_looked_up(context_, std::move(changes));
        due_ = co_await store_.due(context_.mailbox.id, at_once);
        take_looks(by_id);
    }

    /// What became due only now, and is unread, has its turn in the next batch.
    void take_looks(const std::map<std::string, std::optional<Item>>& looks)
    {
        std::erase_if(due_, [&](const store::OwedWrite& owed) {
            return is_unread(owed) && !looks.contains(owed.item_id);
        });
        for (store::OwedWrite& owed : due_) {
            if (!is_unread(owed))
                continue;
            const std::optional<Item>& look = looks.at(owed.item_id);
            owed.categories.reset();
            if (!look) {
                gone_.push_back(owed.item_id);
            } else if (!shows_all(*look)) {
                put_off(owed, "write.unseen");
            } else {
                owed.categories = carried(*look);
                owed.version = *look->version;
            }
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
        const std::vector<WriteAnswer> answers =
            co_await context_.connector.write_categories(writes_);
        std::vector<std::pair<const store::OwedWrite*, Failure>> denied_ones;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            store::OwedWrite& owed = *written_[i];
            if (const auto* written = std::get_if<Written>(&answers[i])) {
                ++report_.written;
                settle(owed, std::move(writes_[i].categories), written->version);
            } else if (std::holds_alternative<Gone>(answers[i])) {
                gone_.push_back(owed.item_id);
            } else if (const auto* refused = std::get_if<WriteRefused>(&answers[i])) {
                refuse(owed, *refused);
            } else if (const auto* deferred = std::get_if<Deferred>(&answers[i])) {
                deferred_ = *deferred;
            } else if (const auto* denied = std::get_if<Denied>(&answers[i])) {
                denied_ones.emplace_back(&owed, denied->failure);
            } else if (const auto* unheard = std::get_if<Unheard>(&answers[i])) {
                unheard_.push_back(key_of(owed));
                failure_ = unheard->failure;
            } else {
                conflicts_.push_back(&owed);
            }
        }
        for (const auto& [owed, failure] : denied_ones)
            deny(*owed, failure);
        report_.gone = static_cast<int>(gone_.size());
        report_.conflicts = static_cast<int>(conflicts_.size());
    }

    Timestamp next_attempt(const store::OwedWrite& owed) const
    {
        return context_.clock.now() +
               backoff(owed.attempts + 1, 0.5, std::nullopt, longer_each_time);
    }

    /// Only what no retry can help is given up; what passes is tried again, later each time.
    void refuse(const store::OwedWrite& owed, const WriteRefused& refused)
    {
        if (refused.transient) {
            put_off(owed, refused.failure);
            return;
        }
        ++report_.failed;
        store::OwedRetry retry;
        retry.key = key_of(owed);
        retry.failure = refused.failure;
        given_up_.push_back(std::move(retry));
    }

    /// Where others may be written, now or when it was denied before, it is the item's own trouble.
    void deny(const store::OwedWrite& owed, const Failure& failure)
    {
        if (report_.written == 0 && owed.failure != failure.name()) {
            failure_ = failure;
            return;
        }
        WriteRefused refused;
        refused.failure = failure.name();
        refused.transient = owed.attempts + 1 < denied_attempts;
        refuse(owed, refused);
    }

    void put_off(const store::OwedWrite& owed, std::string failure)
    {
        ++report_.failed;
        store::OwedRetry retry;
        retry.key = key_of(owed);
        retry.failure = std::move(failure);
        retry.at = next_attempt(owed);
        later_.push_back(std::move(retry));
    }

    void settle(const store::OwedWrite& owed, std::vector<std::string> categories,
                std::optional<Version> version)
    {
        store::DoneWrite done;
        done.key = key_of(owed);
        const StateCategory shown = state_shown(categories, context_.rules->policy);
        if (!owed.desired.rename || shown != StateCategory::none)
            done.state = shown;
        else
            done.state.reset();
        if (context_.memory && has_version(version) &&
            says_only(owed.desired, categories, context_.rules->policy))
            context_.memory->own.left(owed.item_id, *version, categories, context_.clock.now());
        if (may_be_kept(categories))
            done.categories = std::move(categories);
        done.version = has_version(version) ? std::move(version) : std::nullopt;
        done_.push_back(std::move(done));
    }

    /// They were heard, and there is no time to look at them now: that comes before the next
    /// attempt.
    asio::awaitable<void> keep_conflicts()
    {
        std::vector<store::RereadItem> unread;
        for (const store::OwedWrite* owed : conflicts_) {
            store::RereadItem& item = unread.emplace_back();
            item.key = key_of(*owed);
            item.at = context_.clock.now();
        }
        co_await store_.conflict(context_.fence, std::move(unread));
    }

    /// The provider takes no writes for this mailbox now. That is no attempt of any item.
    asio::awaitable<void> leave_alone()
    {
        std::optional<std::chrono::milliseconds> advice = deferred_->advice;
        if (deferred_->reading_goes_on) {
            const Timestamp at = context_.clock.now() + advice.value_or(longer_each_time.longest);
            co_await store_.put_off(context_.fence, at, deferred_->failure);
            advice.reset(); // the writes wait, the mailbox does not
        }
        throw Failure(Reaction::wait, deferred_->failure, deferred_->message, advice);
    }

    /// Items that said already what was owed: nothing is written, so no echo will come. What a
    /// person changed on them while the write was owed was put off to that echo, and is read now
    /// instead.
    asio::awaitable<void> decide_unwritten()
    {
        std::vector<std::optional<Item>> looks =
            co_await context_.connector.look_up(std::move(unneeded_));
        std::vector<Change> changes;
        for (std::optional<Item>& look : looks)
            if (look)
                changes.push_back(change_of(std::move(*look)));
        co_await handle_looked_up(context_, std::move(changes));
    }

    /// Somebody changed the item after it was read. The fresh item is decided again, since a person
    /// may have withdrawn the wish or named another record; what is then still owed starts from the
    /// list as it is now. A conflict that comes back on an unchanged version (G-133), or again and
    /// again, waits longer each time.
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
            store::RereadItem item;
            item.key = key_of(owed);
            item.at = context_.clock.now();
            const bool seen = shows_all(*looks[i]);
            const bool changed = seen && *looks[i]->version != owed.version;
            if (seen) {
                item.categories = looks[i]->categories.value_or({});
                if (!looks[i]->uncleaned_categories)
                    item.version = *looks[i]->version;
            }
            if (!changed || owed.attempts >= hasty_attempts)
                item.at = next_attempt(owed);
            if (changed)
                changes.push_back(change_of(std::move(*looks[i])));
            reread.push_back(std::move(item));
        }
        // In this order: what is new is what the earlier decision did not see.
        co_await handle_looked_up(context_, std::move(changes));
        co_await store_.conflict(context_.fence, std::move(reread));
        co_await store_.gone(context_.fence, std::move(gone));
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
    std::vector<store::OwedKey> unheard_;
    std::optional<Deferred> deferred_;
    std::optional<Failure> failure_; ///< of the mailbox; what was heard is kept before
    DrainReport report_;
};

void count(const TurnContext& context, const DrainReport& report)
{
    const auto add = [&](const char* result, int amount) {
        if (amount > 0)
            context.metrics.add(metric_writes_done, amount, {{"result", result}});
    };
    add("written", report.written);
    add("unneeded", report.unneeded);
    add("conflict", report.conflicts);
    add("gone", report.gone);
    add("failed", report.failed);
}

} // namespace

DrainReport& DrainReport::operator+=(const DrainReport& other)
{
    written += other.written;
    unneeded += other.unneeded;
    conflicts += other.conflicts;
    gone += other.gone;
    failed += other.failed;
    return *this;
}

asio::awaitable<void> drain_write_backs(const TurnContext& context, DrainReport& report)
{
    constexpr int most_batches = 10'000; // a bound, not a limit: a million items
    const Timestamp until = context.clock.now() + work_at_a_time;
    store::WriteBacks store(context.pool);
    for (int i = 0; i < most_batches && (i == 0 || context.clock.now() < until); ++i) {
        std::vector<store::OwedWrite> due = co_await store.due(context.mailbox.id, at_once);
        if (due.empty())
            break;
        Batch batch(context, std::move(due));
        std::exception_ptr failure;
        try {
            co_await batch.run();
        } catch (...) {
            failure = std::current_exception();
        }
        count(context, batch.report());
        report += batch.report();
        if (failure)
            std::rethrow_exception(failure);
    }
}

} // namespace crmsync::sync
