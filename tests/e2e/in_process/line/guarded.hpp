#pragma once

#include "e2e/in_process/letters.hpp"
#include "store/held_untracks.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace crmsync::test {

/// Kim's mailbox with tracked messages in several folders, each with a category of her own.
struct Guarded {
    Stage stage;
    MailboxId mailbox = stage.mailbox(kim);
    using Items = std::vector<sim::ItemRef>;
    Items items;

    Items track(int count)
    {
        Items added;
        for (int i = 0; i < count; ++i) {
            const std::string name = "m" + std::to_string(items.size());
            const char* folder = i % 2 == 0 ? "inbox" : "archive";
            added.push_back(
                stage.script().put(kim, folder, Letter(name).id(name).tagged().tagged("Red")));
            items.push_back(added.back());
        }
        if (!stage.runs())
            stage.start();
        stage.settle();
        REQUIRE(tracked() == static_cast<int>(items.size()));
        return added;
    }
    void take_off(int first, int count)
    {
        for (int i = first; i < first + count; ++i)
            stage.script().untag(kim, items[static_cast<std::size_t>(i)].id, "CRM Tracked");
    }
    int tracked()
    {
        return stage.number("SELECT count(*) FROM store.activity AS a JOIN sync.link AS l ON "
                            "l.activity_id = a.id WHERE a.deleted_at IS NULL");
    }
    int held() { return stage.number("SELECT count(*) FROM sync.untrack_stage WHERE held"); }
    /// What `crmsync held confirm` and `held reject` do.
    void say(store::HeldWish wish)
    {
        REQUIRE(stage.say_about_held(mailbox, wish) > 0);
        stage.wake(mailbox);
        stage.settle();
    }
    int carrying(const std::vector<std::string>& names)
    {
        return static_cast<int>(std::count_if(items.begin(), items.end(), [&](const auto& item) {
            return stage.categories(item) == names;
        }));
    }
    void forget_category()
    {
        std::erase_if(stage.script().mailbox(kim).categories(),
                      [](const sim::Category& one) { return one.display_name == "CRM Tracked"; });
    }
    bool listed()
    {
        const auto& list = stage.script().mailbox(kim).categories();
        return std::any_of(list.begin(), list.end(), [](const sim::Category& one) {
            return one.display_name == "CRM Tracked";
        });
    }
};

} // namespace crmsync::test
