#pragma once

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "model/plan.hpp"
#include "pg/pool.hpp"
#include "store/leases.hpp"
#include "store/mailboxes.hpp"
#include "store/page_store.hpp"
#include "store/records.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace crmsync::test {

/// 2026-03-02T09:00:00Z and some minutes.
inline Timestamp morning(int minutes = 0)
{
    return *parse_timestamp("2026-03-02T09:00:00Z") + std::chrono::minutes(minutes);
}

inline Sha256 digest(std::string_view text) { return sha256(text); }

/// A migrated database, a pool on it, and what most tests begin with.
struct Stored {
    TempDatabase database;
    boost::asio::io_context io;
    pg::Pool pool{io.get_executor(), options(), 10};
    store::Mailboxes mailboxes{pool};
    store::Records records{pool};
    store::Leases leases{pool};
    DaemonId daemon{make_uuid(morning())};

    pg::ConnectionOptions options() const
    {
        pg::ConnectionOptions all;
        all.url = database.url();
        return all;
    }

    template <class T>
    T run(boost::asio::awaitable<T> work)
    {
        return test::run(io, std::move(work));
    }

    /// A statement that is sent with its text.
    pg::Result sql(std::string_view text, pg::Params values = {})
    {
        return run(pool.run(pg::Statement{"", text}, std::move(values)));
    }
    std::int64_t number(std::string_view text) { return sql(text).get<std::int64_t>(0, 0); }
    std::string text(std::string_view query)
    {
        return sql(query).get<std::optional<std::string>>(0, 0).value_or("(null)");
    }

    RecordId user(const std::string& address)
    {
        return run(records.find_or_create_user(*parse_address(address))).id;
    }
    RecordId record(const std::string& type, const std::string& name)
    {
        store::RecordRow row;
        row.key = {type, name};
        row.name = name;
        const std::vector<store::RecordRow> rows(1, row);
        if (!run(records.import(rows)).refused.empty())
            throw std::logic_error("the test's record was refused: " + name);
        return run(records.find(name)).front().record.id;
    }

    Mailbox mailbox(const std::string& address, MailboxState state = MailboxState::enabled)
    {
        store::NewMailbox added;
        added.provider = "contoso";
        added.address = *parse_address(address);
        added.owner = user(address);
        const Mailbox mailbox = *run(mailboxes.add(added));
        if (state != MailboxState::added)
            run(mailboxes.set_state(mailbox.id, state));
        return *run(mailboxes.by_id(mailbox.id));
    }

    /// An enabled mailbox, claimed by this test's daemon.
    Fence leased(const std::string& address)
    {
        const Mailbox one = mailbox(address);
        run(leases.register_daemon(daemon, "test", std::chrono::seconds(30)));
        for (const Fence& fence : run(leases.claim(daemon, 100)))
            if (fence.mailbox == one.id)
                return fence;
        throw std::logic_error("the test's mailbox was not due");
    }

    store::Committed commit(Fence fence, Plan plan, std::optional<Progress> progress = std::nullopt)
    {
        auto connection = run(pool.acquire());
        return run(store::commit(*connection, fence, plan, std::move(progress)));
    }
};

/// A message tagged by hand, of which a test changes what matters to it.
inline TrackedItem tagged(std::string item_id, std::string message_id, RecordId owner,
                          std::string owner_address, Timestamp at = morning())
{
    TrackedItem item;
    item.item_id = std::move(item_id);
    item.proposed = ActivityId(make_uuid(morning()));
    item.identity.text = message_id;
    item.identity.from_hash = digest("ann@example.com");
    item.identity.sent_at = morning();
    item.subject = "Offer";
    item.body = "<p>Hello</p>";
    item.body_bytes = 12;
    item.occurred_at = morning();
    item.message_id = std::move(message_id);
    item.parties.push_back(
        {Role::from, "ann@example.com", "Ann", {}, PartyResolution::unresolved, false});
    item.parties.push_back({Role::to, owner_address, "", {}, PartyResolution::unresolved, false});
    item.owner.owner = owner;
    item.owner.by_person = true;
    item.owner.at = at;
    item.owner.address = std::move(owner_address);
    item.folder = FolderId("inbox");
    item.version = Version("v1");
    item.tracked_by = "user";
    item.rule = "hand_tag";
    item.tagged_at = at;
    return item;
}

inline Plan plan_of(TrackedItem item)
{
    Plan plan;
    plan.tracked.push_back(std::move(item));
    return plan;
}

template <class Action>
Failure failure_of(Action action)
{
    try {
        action();
    } catch (const Failure& failure) {
        return failure;
    }
    throw std::logic_error("a Failure was expected and did not come");
}

} // namespace crmsync::test
