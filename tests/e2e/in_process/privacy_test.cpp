#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// A decision and how many requests there had been when it was made.
struct Made {
    std::size_t at;
    std::string item;
    std::string version;
    bool tracks;
};

bool is_behind_the_header(const sim::RecordEntry& entry)
{
    return entry.body || entry.preview || entry.attachments || entry.contents || entry.mime;
}

/// A day of every kind of message, in a mailbox that follows contacts and in one where people tag.
class MixedDay {
public:
    MixedDay()
    {
        stage.privacy().races_expected = true;
        stage.on_decision = [this](int, const Item& item, const Decision& decision) {
            trace.push_back({stage.graph().record.entries().size(), item.key.id,
                             item.version.has_value() ? item.version->value : "",
                             decision.outcome == Outcome::tracked});
            if (item.key.id == overtaken_ && decision.outcome == Outcome::tracked) {
                overtaken_.clear(); // its version is another one before the body is asked for
                stage.script().tag(kim, item.key.id, "Overtaking");
            }
        };
        stage.import("account", "external_id,name,domain\nA1,Adventure Works,adventure.example\n");
        stage.import("contact", "external_id,name,email,parent\nC1,Ann,ann@adventure.example,A1\n");
        stage.mailbox(kim, Mode::contacts);
        stage.mailbox(lee, Mode::manual);
        stage.start();
        stage.settle();
    }

    sim::ItemRef put(const std::string& mailbox, Letter letter, bool stays_closed)
    {
        letter.mail().message_id = fmt::format("<m{}@mail.example>", ++number_);
        const sim::ItemRef item = stage.script().put(mailbox, "inbox", letter);
        (stays_closed ? closed : open)[item.id] = letter.mail().subject;
        return item;
    }
    sim::ItemRef opened(Letter letter) { return put(kim, std::move(letter), false); }
    sim::ItemRef kept_closed(Letter letter) { return put(kim, std::move(letter), true); }
    Letter of_class(std::string name)
    {
        Letter letter("Class");
        letter.mail().message_class = std::move(name);
        return letter;
    }

    /// Of each rule that keeps a message closed one that would be tracked without it.
    void what_stays_closed()
    {
        kept_closed(Letter("Stranger").from("bo@blue.example"));
        kept_closed(Letter("Newsletter").header("Precedence", "bulk"));
        kept_closed(Letter("Away").header("Auto-Submitted", "auto-replied"));
        kept_closed(Letter("Machine").from("no-reply@adventure.example"));
        kept_closed(Letter("Lunch").from(lee).to(kim).tagged());
        for (const int sensitivity : {1, 2, 3})
            kept_closed(Letter("Private").sensitivity(sensitivity));
        kept_closed(Letter("Private, a rule's").sensitivity(2).tagged());
        kept_closed(of_class("IPM.Schedule.Meeting.Request").tagged());
        kept_closed(of_class("IPM.Note.SMIME"));
        kept_closed(of_class("IPM.Note.rpmsg.Microsoft.IRM").tagged());
        kept_closed(of_class("REPORT.IPM.Note.NDR"));
        put(lee, Letter("Not tagged").to(lee), true);
        put(lee, Letter("In another category").to(lee).tagged("Red"), true);
    }

    void asked_for_by_hand_in_vain()
    {
        for (Letter letter : {Letter("Private").sensitivity(2).from("bo@blue.example"),
                              of_class("IPM.Note.SMIME"), of_class("IPM.Schedule.Meeting.Request")})
            refused_by_hand_.push_back(kept_closed(std::move(letter)));
        stage.settle();
        for (const sim::ItemRef& item : refused_by_hand_)
            stage.script().tag(kim, item.id, "CRM Track");
    }

    void what_is_tracked()
    {
        tracked_ = opened(Letter("Offer").file("offer.pdf", "pdf").tagged("Red"));
        const sim::ItemRef by_hand = put(lee, Letter("Tagged").to(lee), false);
        const sim::ItemRef own = put(lee, Letter("Labelled").to(lee), false);
        stage.settle();
        stage.script().tag(lee, by_hand.id, "CRM Track");
        stage.script().tag(lee, own.id, "CRM: Adventure Works");
        stage.settle();
        REQUIRE(stage.categories(tracked_) == Names{"Red", "CRM Tracked"});
        REQUIRE(stage.rows("SELECT subject FROM crm.activity ORDER BY 1") ==
                Stage::Rows{"Labelled", "Offer", "Tagged"});
    }

    void edits_and_an_untrack()
    {
        stage.script().tag(kim, tracked_.id, "Green");
        stage.script().mark_read(kim, tracked_.id);
        stage.settle();
        stage.script().move(kim, tracked_.id, "archive");
        stage.settle();
        stage.script().untag(kim, tracked_.id, "CRM Tracked");
        stage.settle();
        stage.script().tag(kim, tracked_.id, "Blue");
        stage.settle();
    }

    void a_provider_in_trouble()
    {
        stage.graph().switches.unauthorised_next = 1;
        stage.script().throttle_next(1, "3");
        sim::Fault cut;
        cut.kind = sim::Fault::Kind::cut;
        cut.path = "/$batch";
        cut.bytes = 200;
        stage.script().fail(std::move(cut));
        opened(Letter("In trouble"));
        stage.script().expire_cursors(kim);
        stage.settle();
    }

    void a_race()
    {
        overtaken_ = opened(Letter("Overtaken")).id;
        stage.settle();
        REQUIRE(overtaken_.empty());
    }

    Stage stage;
    std::vector<Made> trace;
    /// Subjects of items by what is to become of them.
    std::map<std::string, std::string> closed, open;

private:
    int number_ = 0;
    std::string overtaken_;
    sim::ItemRef tracked_;
    std::vector<sim::ItemRef> refused_by_hand_;
};

bool decided_before(const std::vector<Made>& trace, const sim::RecordEntry& entry, std::size_t at)
{
    return std::any_of(trace.begin(), trace.end(), [&](const Made& one) {
        return one.at <= at && one.tracks && one.item == entry.item &&
               (one.version == entry.version || entry.version.empty());
    });
}

/// A watch over a record that the test writes.
struct Forgery {
    sim::Record record;
    PrivacyWatch watch{record};

    void decide(const std::string& version, Outcome outcome, bool looks_at_headers = false)
    {
        Item item;
        item.key.id = "item";
        item.version = Version(version);
        Decision decision;
        decision.outcome = outcome;
        decision.needs_header_look = looks_at_headers;
        watch.decided(1, item, decision);
    }
    sim::RecordEntry asked(const std::string& operation, const std::string& version)
    {
        sim::RecordEntry entry;
        entry.operation = operation;
        entry.item = "item";
        entry.version = version;
        entry.status = 200;
        entry.body = operation == "message.get";
        entry.contents = operation == "attachment.value";
        return entry;
    }
    std::size_t breaches_after(sim::RecordEntry entry)
    {
        record.add(std::move(entry));
        watch.look();
        return watch.breaches().size();
    }
};

} // namespace

TEST_CASE("no body, preview, attachment or MIME text of an item without a positive decision for "
          "that version is ever asked for")
{
    MixedDay day;
    day.what_stays_closed();
    day.asked_for_by_hand_in_vain();
    day.stage.settle();
    day.what_is_tracked();
    day.edits_and_an_untrack();
    day.a_provider_in_trouble();
    day.a_race();
    day.stage.run_for(std::chrono::minutes(10));

    std::set<std::string> seen;
    int justified = 0, overtaken = 0;
    const auto& entries = day.stage.graph().record.entries();
    for (std::size_t at = 0; at < entries.size(); ++at) {
        const sim::RecordEntry& entry = entries[at];
        if (!is_behind_the_header(entry))
            continue;
        INFO(entry.operation << " " << entry.target << ", version " << entry.version);
        seen.insert(entry.item);
        CHECK_FALSE(entry.preview);
        CHECK_FALSE(entry.mime);
        const bool decided = decided_before(day.trace, entry, at);
        // Changed on the way between decision and request: a body's request cannot name a version.
        const bool changed = !decided && entry.operation == "message.get" && !entry.contents;
        CHECK((decided || changed));
        justified += decided ? 1 : 0;
        overtaken += changed ? 1 : 0;
    }
    CHECK(justified >= 5);
    CHECK(overtaken == 1);
    for (const auto& [item, subject] : day.closed) {
        INFO(subject);
        CHECK_FALSE(seen.contains(item));
    }
    for (const auto& [item, subject] : day.open) {
        INFO(subject);
        CHECK(seen.contains(item));
    }
    CHECK(day.stage.privacy().raced() == 1);
    CHECK(day.stage.privacy().justified() == justified);
}

TEST_CASE("the watch sees a body that nobody decided to track")
{
    Forgery forged;
    CHECK(forged.breaches_after(forged.asked("message.get", "v1")) == 1);
    forged.decide("v1", Outcome::ignored);
    CHECK(forged.breaches_after(forged.asked("message.get", "v1")) == 2);
    forged.decide("v1", Outcome::tracked);
    CHECK(forged.breaches_after(forged.asked("message.get", "v1")) == 2);
    CHECK(forged.watch.justified() == 1);
    forged.decide("v2", Outcome::ignored);
    CHECK(forged.breaches_after(forged.asked("message.get", "v1")) == 3);
    forged.decide("v2", Outcome::tracked);
    forged.watch.ended(1);
    CHECK(forged.breaches_after(forged.asked("message.get", "v2")) == 4);
}

TEST_CASE("the watch counts a body that outran its decision, and sees what is asked for after it")
{
    Forgery forged;
    forged.decide("v1", Outcome::tracked);
    CHECK(forged.breaches_after(forged.asked("message.get", "v2")) == 0);
    CHECK(forged.watch.raced() == 1);
    CHECK(forged.breaches_after(forged.asked("attachment.value", "v2")) == 1);
    CHECK(forged.breaches_after(forged.asked("message.get", "v2")) == 2);
    forged.decide("v2", Outcome::tracked);
    CHECK(forged.breaches_after(forged.asked("attachment.value", "v2")) == 2);
}

TEST_CASE("the watch sees previews, needless transport headers and talkative writes")
{
    Forgery forged;
    forged.decide("v1", Outcome::tracked);
    sim::RecordEntry preview = forged.asked("message.get", "v1");
    preview.preview = true;
    CHECK(forged.breaches_after(preview) == 1);
    sim::RecordEntry headers = forged.asked("message.get", "v1");
    headers.body = false;
    headers.internet_headers = true;
    CHECK(forged.breaches_after(headers) == 2);
    forged.decide("v1", Outcome::ignored, true);
    CHECK(forged.breaches_after(headers) == 2);
    sim::RecordEntry write = forged.asked("message.patch", "v1");
    CHECK(forged.breaches_after(write) == 3);
    write.prefer = "return=minimal";
    CHECK(forged.breaches_after(write) == 3);
}
