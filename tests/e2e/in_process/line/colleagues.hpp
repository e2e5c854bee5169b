#pragma once

#include "e2e/in_process/letters.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace crmsync::test {

inline constexpr const char* max = "max@contoso.example";

/// Kim's and lee's mailboxes, both in mode manual, read to their end.
struct Colleagues {
    explicit Colleagues(Mode mode = Mode::manual)
    {
        kims = stage.mailbox(kim);
        lees = stage.mailbox(lee, mode);
        stage.start();
        stage.settle();
    }
    /// The same message in both; kim's first.
    std::vector<sim::ItemRef> for_both(const Letter& letter)
    {
        return {stage.script().put(kim, "inbox", letter), stage.script().put(lee, "inbox", letter)};
    }
    std::vector<sim::ItemRef> for_both() { return for_both(Letter("Offer").id("m1").to(kim, lee)); }
    /// Stored by kim; lee's copy was ignored before.
    std::vector<sim::ItemRef> tracked_by_kim(const Letter& letter)
    {
        const auto copies = for_both(letter);
        stage.settle();
        stage.script().tag(kim, copies[0].id, "CRM Track");
        stage.settle();
        return copies;
    }
    std::vector<sim::ItemRef> tracked_by_kim()
    {
        return tracked_by_kim(Letter("Offer").id("m1").to(kim, lee));
    }
    /// "tracked_by rule" of the links of a mailbox.
    Stage::Rows links(MailboxId mailbox)
    {
        return stage.rows("SELECT tracked_by || ' ' || rule FROM sync.link WHERE mailbox_id = " +
                          std::to_string(mailbox.value) + " ORDER BY 1");
    }
    std::ptrdiff_t bodies_asked_of(const sim::ItemRef& item)
    {
        const auto& entries = stage.graph().record.entries();
        return std::count_if(entries.begin(), entries.end(), [&](const sim::RecordEntry& entry) {
            return entry.body && entry.item == item.id;
        });
    }
    int living()
    {
        return stage.number("SELECT count(*) FROM store.activity WHERE deleted_at IS NULL");
    }
    std::string owner()
    {
        return stage.one("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r "
                         "ON r.id = a.owner_id");
    }

    Stage stage;
    MailboxId kims, lees;
};

inline const Stage::Rows shared{"shared shared"};

} // namespace crmsync::test
