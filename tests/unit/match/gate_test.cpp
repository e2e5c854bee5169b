#include "match/gate.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using match::Asker;

namespace {

std::string gate_of(const Item& item, Asker asker, const match::Policy& policy = contoso_policy())
{
    const auto closed = match::gate(item, asker, customers(), policy, here());
    return closed ? std::string(to_string(closed->gate)) : "open";
}

struct Row {
    const char* situation;
    Item item;
    const char* to_a_rule;
    const char* to_a_person;
};

void check(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        INFO(row.situation);
        CHECK(gate_of(row.item, Asker::rule) == row.to_a_rule);
        CHECK(gate_of(row.item, Asker::person) == row.to_a_person);
    }
}

MessageBuilder of_class(const char* name) { return message().message_class(name); }

} // namespace

TEST_CASE("encrypted and rights-protected messages are closed to everybody")
{
    const char* const closed = "gate_rights_protected";
    check({
        {"a note", of_class("IPM.Note"), "open", "open"},
        {"a custom form", of_class("IPM.Note.Custom"), "open", "open"},
        {"encrypted", of_class("IPM.Note.SMIME"), closed, closed},
        {"encrypted, in another case", of_class("ipm.note.smime"), closed, closed},
        {"clear-signed", of_class("IPM.Note.SMIME.MultipartSigned"), "open", "open"},
        {"rights-protected voice mail", of_class("IPM.Note.rpmsg.Microsoft.Voicemail.UM"), closed,
         closed},
        {"old encryption", of_class("IPM.Note.Secure"), closed, closed},
        {"a name that only begins alike", of_class("IPM.Note.SMIMEnot"), "open", "open"},
    });
}

TEST_CASE("meeting messages are not tracked as mail")
{
    check({
        {"a request", of_class("IPM.Schedule.Meeting.Request"), "gate_meeting", "gate_meeting"},
        {"an acceptance", of_class("IPM.Schedule.Meeting.Resp.Pos"), "gate_meeting",
         "gate_meeting"},
        {"a cancellation", of_class("ipm.schedule.meeting.canceled"), "gate_meeting",
         "gate_meeting"},
        {"a note about a meeting", of_class("IPM.Note").subject("Meeting"), "open", "open"},
    });
}

TEST_CASE("mail whose headers say that it is protected is closed to everybody, whatever its class")
{
    Item item = message();
    AutomaticMail headers;
    headers.is_protected = true;
    item.message().automatic = headers;
    CHECK(gate_of(item, Asker::rule) == "gate_rights_protected");
    CHECK(gate_of(item, Asker::person) == "gate_rights_protected");
}

TEST_CASE("private mail is closed, but to the person who sent it")
{
    const char* const closed = "gate_sensitivity";
    check({
        {"personal", message().sensitivity(Sensitivity::personal), closed, closed},
        {"private", message().sensitivity(Sensitivity::private_), closed, closed},
        {"confidential", message().sensitivity(Sensitivity::confidential), closed, closed},
        {"sent by the mailbox's user",
         message()
             .from("Kim@contoso.example")
             .to("ann@adventure.example")
             .sensitivity(Sensitivity::private_),
         closed, "open"},
        {"unknown, headers unread", message().sensitivity_unknown().headers_unread(), "open",
         "open"},
        {"unknown after the look", message().sensitivity_unknown(), closed, "open"},
    });
    Item null_sensitivity = message();
    null_sensitivity.sensitivity = Said<Sensitivity>::empty();
    CHECK(gate_of(null_sensitivity, Asker::rule) == closed);
}

TEST_CASE("the person who sent it is known by every address of theirs")
{
    const Item sent = message()
                          .from("kim.old@contoso.example")
                          .to("ann@adventure.example")
                          .sensitivity(Sensitivity::private_);
    const auto is_open = [&](const Candidates& candidates) {
        return !match::gate(sent, Asker::person, candidates, contoso_policy(), here());
    };
    CHECK(is_open(customers().alias("kim.old@contoso.example", 90)));
    CHECK(is_open(customers().mailbox("kim.old@contoso.example", 90))); // another mailbox of hers
    CHECK_FALSE(is_open(customers().alias("kim.old@contoso.example", 91)));
    CHECK_FALSE(is_open(customers()));
}

TEST_CASE("mail among own people is closed to rules")
{
    const char* const closed = "gate_internal_only";
    check({
        {"two colleagues", message().from("lee@contoso.example"), closed, "open"},
        {"a colleague by Exchange's own name",
         message().from("/O=EXCHANGELABS/OU=GROUP/CN=RECIPIENTS/CN=LEE"), closed, "open"},
        {"somebody outside in bcc", message().from("lee@contoso.example").bcc("x@y.example"),
         "open", "open"},
        {"a subdomain is somebody else's", message().from("lee@mail.contoso.example"), "open",
         "open"},
        {"a domain that only ends alike", message().from("lee@notcontoso.example"), "open", "open"},
        {"somebody outside, with the dot of a fully qualified domain",
         message().from("lee@contoso.example").cc("x@Y.example."), "open", "open"},
        {"a colleague with that dot", message().from("lee@contoso.example."), closed, "open"},
        {"nobody with an address", message().from("Lee").to("undisclosed recipients"), closed,
         "open"},
    });
    Settings settings = contoso();
    settings.privacy.internal_only = "track";
    CHECK(gate_of(message().from("lee@contoso.example"), Asker::rule,
                  match::make_policy(settings)) == "open");
}

TEST_CASE("mail from programs is closed to rules")
{
    const char* const closed = "gate_automatic";
    const auto from = [](const char* address) { return message().from(address); };
    check({
        {"a header says so", message().automatic("Auto-Submitted"), closed, "open"},
        {"no-reply", from("no-reply@shop.example"), closed, "open"},
        {"noreply with a tag", from("NoReply+123@shop.example"), closed, "open"},
        {"among other words", from("billing.do-not_reply@shop.example"), closed, "open"},
        {"mailer daemon", from("MAILER-DAEMON@shop.example"), closed, "open"},
        {"postmaster", from("postmaster@shop.example"), closed, "open"},
        {"a person who is called nearly so", from("nino.reply@shop.example"), "open", "open"},
        {"a person at a department", from("reply@shop.example"), "open", "open"},
        {"a delivery report", of_class("REPORT.IPM.Note.NDR"), closed, "open"},
        {"an out-of-office answer", of_class("IPM.Note.Rules.OofTemplate.Microsoft"), closed,
         "open"},
        {"no sender at all", message().no_from().cc("x@y.example"), closed, "open"},
        {"an empty sender", from("<>").cc("x@y.example"), closed, "open"},
        {"the sender instead of from", message().no_from().sender("ann@adventure.example"), "open",
         "open"},
    });
}

TEST_CASE("the first gate that is closed is the one that is named")
{
    const Item all_of_them = message()
                                 .from("noreply@contoso.example")
                                 .message_class("IPM.Note.SMIME")
                                 .sensitivity(Sensitivity::personal)
                                 .automatic("Precedence");
    CHECK(gate_of(all_of_them, Asker::rule) == "gate_rights_protected");
    Item readable = all_of_them;
    readable.message().message_class = std::string("IPM.Note");
    CHECK(gate_of(readable, Asker::rule) == "gate_sensitivity");
    readable.sensitivity = Sensitivity::normal;
    CHECK(gate_of(readable, Asker::rule) == "gate_internal_only");
}
