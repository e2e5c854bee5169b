#include "e2e/in_process/letters.hpp"
#include "simulator/message_properties.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

constexpr const char* ledger =
    "SELECT concat_ws('|', name, status, reason) FROM crm.attachment ORDER BY name COLLATE \"C\"";

sim::Attachment attachment(std::string name, std::string bytes,
                           sim::Attachment::Kind kind = sim::Attachment::Kind::file)
{
    sim::Attachment one;
    one.name = std::move(name);
    one.kind = kind;
    one.content_type = "application/octet-stream";
    if (kind == sim::Attachment::Kind::file)
        one.content = std::make_shared<const std::string>(std::move(bytes));
    return one;
}

/// What a scanner puts into the place of the attachments until it is done, as Graph lists it.
Letter& scanned(Letter& letter, sim::Attachment::Kind kind = sim::Attachment::Kind::file)
{
    sim::Attachment placeholder = attachment("Safe Attachments Scan In Progress", "", kind);
    placeholder.number = 1;
    if (kind == sim::Attachment::Kind::file)
        placeholder.content = std::make_shared<const std::string>("being scanned");
    letter.mail().attachments.push_back(std::move(placeholder));
    return letter;
}

/// The scanner is done: these take the place of all that is attached. Nobody tells us.
void replace_attachments(Stage& stage, const sim::ItemRef& ref,
                         std::vector<sim::Attachment> attachments, bool touches = false)
{
    sim::Mailbox& mailbox = stage.script().mailbox(ref.mailbox);
    sim::Item& item = stage.script().item(ref.mailbox, ref.id);
    for (sim::Attachment& one : attachments)
        one.number = mailbox.next_attachment();
    item.attachments = std::move(attachments);
    if (touches)
        mailbox.touch(item, sim::p_has_attachments | sim::p_attachments);
}

} // namespace

TEST_CASE("what a scanner held back is stored when it lets it through, and the body is not")
{
    const auto kind = GENERATE(sim::Attachment::Kind::file, sim::Attachment::Kind::item);
    const bool touches = GENERATE(false, true); // with a new version of the message, or without
    Stage stage;
    stage.mailbox(kim);
    Letter letter = Letter().id("m1").tagged();
    const sim::ItemRef item = stage.script().put(kim, "inbox", scanned(letter, kind));
    stage.start();
    stage.run_for(std::chrono::seconds(30));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.rows(ledger) == Stage::Rows{"Safe Attachments Scan In Progress|pending|scanner"});

    stage.execute("UPDATE store.activity SET subject = 'changed by a person'");
    const std::string body = stage.one("SELECT xmin FROM store.activity");
    replace_attachments(stage, item,
                        {attachment("offer.pdf", "the offer"), attachment("tool.exe", "MZ"),
                         attachment("plan.pdf", std::string(300'000, 'p'))},
                        touches);
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.rows(ledger) ==
          Stage::Rows{"offer.pdf|stored", "plan.pdf|stored", "tool.exe|skipped|type"});
    CHECK(stage.one("SELECT convert_from(content, 'UTF8') FROM store.blob_part AS p JOIN "
                    "store.attachment AS a USING (sha256) WHERE a.name = 'offer.pdf'") ==
          "the offer");
    CHECK(stage.one("SELECT xmin FROM store.activity") == body);
    CHECK(stage.one("SELECT subject FROM crm.activity") == "changed by a person");
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
}

TEST_CASE("a scanner that is never done is waited for a day, in growing pauses")
{
    Stage stage;
    stage.mailbox(kim);
    Letter letter = Letter().id("m1").tagged().file("note.txt", "let through at once");
    stage.script().put(kim, "inbox", scanned(letter));
    stage.start();
    stage.run_for(std::chrono::hours(3));
    CHECK(stage.rows(ledger) ==
          Stage::Rows{"Safe Attachments Scan In Progress|pending|scanner", "note.txt|stored"});
    stage.execute("UPDATE store.attachment SET pending_since = pending_since - interval '24 hours' "
                  "WHERE status = 'pending'");
    stage.execute("UPDATE sync.revisit SET due_at = sync.now() WHERE reason = 'attachments'");
    stage.settle();
    CHECK(stage.rows(ledger) ==
          Stage::Rows{"Safe Attachments Scan In Progress|skipped|scanner", "note.txt|stored"});
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
    const auto& entries = stage.graph().record.entries();
    const auto bodies = std::count_if(entries.begin(), entries.end(), [](const auto& entry) {
        return entry.operation == "message.get" && entry.body;
    });
    CHECK(bodies > 5);
    CHECK(bodies < 14);
    // What was let through at first was fetched once.
    CHECK(stage.requests({"attachment.value"}) == 1);
}

TEST_CASE("a message that is delivered again with what the scanner let through is looked at")
{
    Stage stage;
    stage.mailbox(kim);
    Letter first = Letter().id("m1").tagged();
    const sim::ItemRef item = stage.script().put(kim, "inbox", scanned(first));
    stage.start();
    stage.run_for(std::chrono::seconds(30));
    stage.script().remove(kim, item.id, true);
    stage.script().put(kim, "inbox", Letter().id("m1").tagged().file("offer.pdf", "the offer"));
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.rows(ledger) == Stage::Rows{"offer.pdf|stored"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
}

TEST_CASE("what a person took off is not looked at any more, scanner or not")
{
    Stage stage;
    stage.mailbox(kim);
    Letter letter = Letter().id("m1").tagged();
    const sim::ItemRef item = stage.script().put(kim, "inbox", scanned(letter));
    stage.start();
    stage.run_for(std::chrono::seconds(30));
    stage.script().untag(kim, item.id, "CRM Tracked");
    replace_attachments(stage, item, {attachment("offer.pdf", "the offer")});
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.requests({"attachment.value"}) == 0);
    CHECK(stage.number("SELECT count(*) FROM store.blob") == 0);
}

TEST_CASE("placeholders that no mailbox looks at any more are given up")
{
    Stage stage;
    const MailboxId mailbox = stage.mailbox(kim);
    stage.mailbox(lee);
    Letter letter = Letter().id("m1").tagged();
    stage.script().put(kim, "inbox", scanned(letter));
    stage.start();
    stage.run_for(std::chrono::seconds(30));
    stage.set_state(mailbox, MailboxState::disabled);
    stage.execute(
        "UPDATE store.attachment SET pending_since = pending_since - interval '49 hours'");
    stage.run_for(std::chrono::minutes(11));
    CHECK(stage.rows(ledger) == Stage::Rows{"Safe Attachments Scan In Progress|skipped|scanner"});
}

TEST_CASE("what is attached is listed with its reason, whatever it is and is called")
{
    Stage stage;
    stage.mailbox(kim);
    Letter letter = Letter().id("m1").tagged();
    const std::vector<std::string> programs{"a.exe ", "b.exe.", "c.EXE\u202e", "d.exe\u00a0",
                                            "e.exe::$DATA"};
    for (const std::string& name : programs)
        letter.file(name, "MZ");
    letter.file("malware alert text.txt", "removed").file("fine.pdf", "%PDF");
    letter.mail().attachments.push_back(attachment("Re: Offer", "", sim::Attachment::Kind::item));
    letter.mail().attachments.push_back(
        attachment("Budget.xlsx", "", sim::Attachment::Kind::reference));
    letter.mail().attachments.push_back(attachment("broken.pdf", "x"));
    letter.mail().attachments.back().broken = true;
    for (std::size_t i = 0; i < letter.mail().attachments.size(); ++i)
        letter.mail().attachments[i].number = static_cast<std::uint32_t>(i + 1);
    stage.script().put(kim, "inbox", letter);
    stage.start();
    stage.settle();
    CHECK(stage.rows("SELECT coalesce(reason, status) FROM store.attachment ORDER BY ordinal") ==
          Stage::Rows{"type", "type", "type", "type", "type", "malware", "stored", "item",
                      "reference", "unreadable"});
    CHECK(stage.requests({"attachment.value"}) == 2); // fine.pdf, broken.pdf
}

TEST_CASE("an attachment that is taken away while the message is read is read as it is then")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(
        kim, "inbox", Letter().id("m1").tagged().file("draft.pdf", std::string(300'000, 'd')));
    stage.privacy().races_expected = true;
    bool replaced = false;
    stage.on_step = [&](int, std::string_view step) {
        const auto& entries = stage.graph().record.entries();
        const bool body_read = std::any_of(entries.begin(), entries.end(),
                                           [](const auto& entry) { return entry.body; });
        if (step != "http.answer" || replaced || !body_read)
            return;
        replaced = true;
        replace_attachments(stage, item, {attachment("final.pdf", "final")}, true);
    };
    stage.start();
    stage.settle();
    REQUIRE(replaced);
    CHECK(stage.rows(ledger) == Stage::Rows{"final.pdf|stored"});
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE(
    "long contents go by way of files, each once, and keep to the limit whatever size is told")
{
    Stage stage;
    stage.settings.attachments.max_bytes = 8'000'000;
    stage.mailbox(kim);
    const std::string film(7'000'000, 'f');
    stage.script().put(kim, "inbox", Letter("One").id("m1").tagged().file("film.mp4", film));
    stage.script().put(kim, "inbox", Letter("Two").id("m2").tagged().file("copy.mp4", film));
    stage.script().put(
        kim, "inbox",
        Letter("Three").id("m3").tagged().file("long.mp4", std::string(8'010'000, 'l')));
    stage.start();
    stage.settle();
    CHECK(stage.rows(ledger) ==
          Stage::Rows{"copy.mp4|stored", "film.mp4|stored", "long.mp4|skipped|size"});
    CHECK(stage.number("SELECT count(*) FROM store.blob") == 1);
    CHECK(stage.one("SELECT string_agg(content, '' ORDER BY n) = "
                    "convert_to(repeat('f', 7000000), 'UTF8') FROM store.blob_part") == "t");
    CHECK(stage.one("SELECT sha256 = sha256(convert_to(repeat('f', 7000000), 'UTF8')) FROM "
                    "store.blob") == "t");
}

TEST_CASE("a disk without room for long contents holds up no message, and is told of")
{
    Stage stage;
    stage.settings.attachments.spool_directory = "/proc"; // nothing can be made there
    stage.mailbox(kim);
    const sim::ItemRef long_one = stage.script().put(
        kim, "inbox",
        Letter("One").id("m1").tagged().file("film.mp4", std::string(2'000'000, 'f')));
    const sim::ItemRef short_one =
        stage.script().put(kim, "inbox", Letter("Two").id("m2").tagged().file("a.pdf", "%PDF"));
    stage.start();
    stage.settle();
    CHECK(stage.categories(short_one) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT reason FROM sync.parked") ==
          Stage::Rows{"item.attachment_unavailable"});
    stage.run_for(std::chrono::hours(3));
    CHECK(stage.categories(long_one) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT concat_ws('|', name, status, reason) FROM crm.attachment WHERE name = "
                     "'film.mp4'") == Stage::Rows{"film.mp4|skipped|unreadable"});
}
