#include "e2e/in_process/day.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::test {

namespace {

std::string activity(std::string_view name, std::string_view condition)
{
    return fmt::format("SELECT count(*) FROM store.activity WHERE message_id = '{}@mail.example' "
                       "AND {}",
                       name, condition);
}

} // namespace

Day::Day(Stage& stage) : stage_(stage), sent_(stage.now() - std::chrono::hours(1))
{
    stage_.settings.attachments.max_body_bytes = 2000;
    stage_.settings.attachments.max_bytes = 400'000;
    kim_ = stage_.mailbox(kim);
    lee_ = stage_.mailbox(lee, Mode::contacts);
    stage_.import("account", "external_id,name,domain\nA1,Adventure Works,adventure.example\n"
                             "A2,Blue Yonder,blue.example\n");
    stage_.import("contact", "external_id,name,email,parent\nC1,Ann,ann@adventure.example,A1\n");
    stage_.script().create_folder(kim, "inbox", "Projects");
    first_mail();
    plan_actions();
    plan_more_actions();
    add(
        "the end of the day", [this] { return holds(activity("load129", "true")); }, [] {});
}

void Day::first_mail()
{
    items_["first"] = stage_.script().put(kim, "inbox",
                                          Letter("First")
                                              .id("first")
                                              .at(sent_)
                                              .tagged()
                                              .tagged("Red")
                                              .file("offer.pdf", std::string(3000, 'o'))
                                              .file("plan.pdf", std::string(300'000, 'p'))
                                              .file("film.mp4", std::string(500'000, 'f'))
                                              .file("tool.exe", "MZ"));
    items_["quiet"] = stage_.script().put(
        kim, "inbox", Letter("Quiet").id("quiet").at(sent_).from("bo@blue.example"));
}

bool Day::says(const std::string& item, std::string_view category)
{
    const auto categories = stage_.categories(of(item));
    return std::find(categories.begin(), categories.end(), category) != categories.end();
}

bool Day::holds(const std::string& query) { return stage_.number(query) > 0; }

void Day::tag(const std::string& item, std::string_view category)
{
    stage_.script().tag(of(item).mailbox, of(item).id, category);
}

void Day::untag(const std::string& item, std::string_view category)
{
    stage_.script().untag(of(item).mailbox, of(item).id, category);
}

void Day::wake()
{
    stage_.wake(kim_);
    stage_.wake(lee_);
}

bool Day::over()
{
    return !holds("SELECT count(*) FROM sync.write_back WHERE state IN ('waiting', 'sent', "
                  "'conflict')") &&
           !holds("SELECT count(*) FROM sync.untrack_stage") &&
           !holds("SELECT count(*) FROM sync.parked WHERE next_attempt_at IS NOT NULL");
}

void Day::add(std::string_view name, std::function<bool()> may_begin, std::function<void()> act)
{
    actions_.push_back(Action{name, std::move(may_begin), std::move(act)});
}

void Day::plan_actions()
{
    sim::Script& script = stage_.script();
    add(
        "a message for both, which the rule of one mailbox tracks",
        [this] { return says("first", "CRM Tracked"); },
        [this, &script] {
            const auto copies = script.deliver(Letter("Both").id("both").at(sent_).to(kim, lee));
            for (const sim::ItemRef& copy : copies)
                items_[copy.mailbox == script.mailbox(kim).id() ? "both" : "both at lee's"] = copy;
        });
    add(
        "the other mailbox's user tags it too, and files it",
        [this] {
            return says("both at lee's", "CRM Tracked") &&
                   holds("SELECT count(*) FROM sync.decision WHERE mailbox_id = " +
                         std::to_string(kim_.value) + " AND outcome = 'ignored' OFFSET 0");
        },
        [this, &script] {
            tag("both", "CRM Track");
            script.move(kim, of("both").id, "inbox/Projects");
        });
    add(
        "a label by hand, and an inbox rule on internal mail",
        [this] { return says("both", "CRM Tracked"); },
        [this, &script] {
            tag("first", "CRM: Adventure Works");
            items_["internal"] = script.put(
                kim, "inbox", Letter("Lunch").id("internal").from(lee).sent(sent_).tagged());
        });
    add(
        "an untrack, and a label that nobody knows",
        [this] {
            return holds(activity("first", "regarding_by_person")) &&
                   says("internal", "CRM Refused");
        },
        [this] {
            untag("first", "CRM Tracked");
            tag("quiet", "CRM: Nobody");
        });
    add(
        "the tag again; the copy at the other's is deleted",
        [this] {
            return holds(activity("first", "deleted_at IS NOT NULL")) &&
                   says("quiet", "CRM Review");
        },
        [this, &script] {
            tag("first", "CRM Track");
            script.remove(lee, of("both at lee's").id, true);
        });
    add(
        "the cursors are lost, and a write meets another one",
        [this] {
            return says("first", "CRM Tracked") && holds(activity("first", "deleted_at IS NULL")) &&
                   holds("SELECT count(*) FROM sync.link WHERE gone");
        },
        [this, &script] {
            script.expire_cursors(kim);
            script.expire_cursors(lee);
            stage_.graph().switches.conflict_next = 1;
            items_["reply"] =
                script.put(lee, "inbox",
                           Letter("Re: Both").id("reply").sent(sent_).to(lee).in_reply_to("both"));
            tag("quiet", "Green");
            tag("quiet", "CRM Track");
        });
    add(
        "a body that cannot be read at first, and too long; one that never can",
        [this] { return says("reply", "CRM Tracked") && says("quiet", "CRM Review"); },
        [this, &script] {
            items_["long"] = script.put(
                kim, "inbox",
                Letter("Long").id("long").at(sent_).body(std::string(5000, 'x'), false).tagged());
            sim::Fault fault;
            fault.path = of("long").id;
            fault.method = "GET";
            fault.count = 3;
            fault.status = 500;
            fault.code = "ErrorInternalServerError";
            script.fail(std::move(fault));
            items_["corrupt"] =
                script.put(kim, "inbox", Letter("Corrupt").id("corrupt").at(sent_).tagged());
            sim::Fault for_ever;
            for_ever.path = of("corrupt").id + "?$select=id,changeKey,body";
            for_ever.count = -1;
            for_ever.status = 500;
            for_ever.code = "ErrorItemCorrupt";
            script.fail(std::move(for_ever));
        });
}

void Day::plan_more_actions()
{
    sim::Script& script = stage_.script();
    const Letter shared = Letter("Shared").id("shared").at(sent_).from("bo@blue.example").tagged();
    add(
        "a tagged message that another one will have too",
        [this] { return says("long", "CRM Tracked") && says("corrupt", "CRM Failed"); },
        [this, &script, shared] {
            items_["shared"] = script.put(kim, "inbox", shared);
            items_["brief"] =
                script.put(kim, "inbox", Letter("Brief").id("brief").at(sent_).tagged());
        });
    add(
        "the other one's copy, and a folder with a tracked message is deleted",
        [this] { return says("shared", "CRM Tracked") && says("brief", "CRM Tracked"); },
        [this, &script, shared] {
            items_["shared at lee's"] = script.put(lee, "inbox", shared);
            script.delete_folder(kim, "inbox/Projects");
        });
    add(
        "the owner lets go, and a message is untracked to be purged",
        [this] { return says("shared at lee's", "CRM Tracked"); },
        [this] {
            untag("shared", "CRM Tracked");
            untag("brief", "CRM Tracked");
        });
    add(
        "the purge, and more mail than a page holds",
        [this] {
            return holds(activity("shared", "owner_address = 'lee@contoso.example'")) &&
                   holds(activity("brief", "deleted_at IS NOT NULL"));
        },
        [this, &script] {
            stage_.execute("UPDATE store.activity SET purge_after = sync.now() "
                           "WHERE message_id = 'brief@mail.example'");
            for (int i = 0; i < 130; ++i)
                script.put(kim, "inbox",
                           Letter("Load").id(fmt::format("load{}", i)).at(sent_).tagged());
            script.throttle_next(2, "5");
            sim::Fault cut;
            cut.kind = sim::Fault::Kind::cut;
            cut.path = "/$batch";
            cut.after = 4;
            cut.count = 2;
            cut.bytes = 700;
            script.fail(std::move(cut));
        });
    add(
        "nothing of what was purged is left",
        [this] {
            return holds("SELECT CASE WHEN count(*) = 130 THEN 1 ELSE 0 END FROM store.activity "
                         "WHERE subject = 'Load'") &&
                   !holds(activity("brief", "true"));
        },
        [] {});
}

} // namespace crmsync::test
