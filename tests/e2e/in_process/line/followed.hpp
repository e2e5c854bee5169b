#pragma once

#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace crmsync::test {

inline constexpr const char* new_kim = "kim.winter@contoso.example";

/// Kim's mailbox with one tracked message, in step.
struct Followed {
    explicit Followed(std::chrono::seconds poll_interval = std::chrono::seconds(60))
    {
        stage.settings.sync.poll_interval = poll_interval;
        mailbox = stage.mailbox(kim);
        item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
        stage.start();
        stage.settle();
        REQUIRE(stage.categories(item) == std::vector<std::string>{"CRM Tracked"});
        activity = stage.one("SELECT id FROM crm.activity");
    }
    int alive()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }
    std::string state() { return stage.one("SELECT state FROM sync.mailbox ORDER BY id LIMIT 1"); }
    std::string failure()
    {
        return stage.one("SELECT split_part(last_failure, ':', 1) FROM sync.mailbox ORDER BY id");
    }
    int events(const std::string& name)
    {
        return stage.number("SELECT count(*) FROM sync.event WHERE name = '" + name + "'");
    }
    /// What was added is not enabled yet.
    MailboxId remove_and_add()
    {
        store::Mailboxes mailboxes(stage.pool());
        const auto removed = stage.go(mailboxes.remove(mailbox));
        REQUIRE(removed);
        CHECK(removed->links == 1);
        stage.settle();
        store::NewMailbox again;
        again.provider = "contoso";
        again.address = *parse_address(kim);
        const auto added = stage.go(mailboxes.add_with_user(again));
        REQUIRE(added);
        return added->mailbox.id;
    }

    Stage stage;
    MailboxId mailbox;
    sim::ItemRef item;
    std::string activity;
};

/// The same, read seldom, for what takes days.
struct Seldom : Followed {
    Seldom() : Followed(std::chrono::hours(1)) {}
};

/// The user gets another address. How far it was read is forgotten as well: links that were kept
/// go on telling changes.
inline void rename(Stage& stage, const std::string& address)
{
    stage.world().rename_user(*stage.world().find(kim), address);
    stage.script().expire_cursors(address);
}

inline std::string mark_of(Stage& stage, const std::string& address)
{
    const auto& extended = stage.world().find(address)->well_known("inbox")->extended;
    return extended.empty() ? "" : extended.begin()->second;
}

inline void set_mark(Stage& stage, const std::string& address, const std::string& mark)
{
    stage.world().find(address)->well_known("inbox")->extended.begin()->second = mark;
}

} // namespace crmsync::test
