#include "match/categories.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

const KnownItem ignored_before = known().outcome("ignored");

struct Row {
    const char* situation;
    Item item;
    int record; ///< 0: empty
    StateCategory answer;
};

void check(const std::vector<Row>& rows, const Candidates& candidates)
{
    for (const Row& row : rows) {
        INFO(row.situation);
        const Decision decision = decide(row.item, ignored_before, candidates);
        CHECK(decision.outcome == Outcome::tracked);
        CHECK(decision.regarding ==
              (row.record == 0 ? std::nullopt : std::optional(record_id(row.record))));
        CHECK(to_string(decision.answer.state) == to_string(row.answer));
    }
}

MessageBuilder tagged() { return message().categories({"CRM Track"}); }
MessageBuilder labelled(const char* label) { return message().categories({"CRM Track", label}); }

} // namespace

TEST_CASE("the regarding comes from the strongest unambiguous evidence")
{
    const auto tracked = StateCategory::tracked;
    const auto review = StateCategory::review;
    check(
        {
            {"one contact", tagged(), 11, tracked},
            {"two contacts of one account", tagged().cc("al@adventure.example"), 1, tracked},
            {"contacts of two accounts", tagged().cc("bo@fabrikam.example"), 0, review},
            {"an unknown address in an account's domain", tagged().from("new@adventure.example"), 1,
             tracked},
            {"unknown addresses in two accounts' domains",
             tagged().from("new@adventure.example").cc("new@fabrikam.example"), 0, review},
            {"a contact outranks another account's domain", tagged().cc("new@fabrikam.example"), 11,
             tracked},
            {"nobody known", tagged().from("zoe@stranger.example"), 0, tracked},
            {"an answer, though a contact of another account takes part",
             tagged().in_reply_to("about2@contoso.example"), 2, tracked},
            {"an answer to a message about nothing", tagged().in_reply_to("plain@contoso.example"),
             11, tracked},
            {"the nearest message of the thread that is about something speaks",
             tagged()
                 .in_reply_to("plain@contoso.example")
                 .references(
                     {"about1@contoso.example", "about2@contoso.example", "plain@contoso.example"}),
             2, tracked},
            {"a contact in a public mail domain", tagged().from("cy@gmail.com"), 41, tracked},
            {"a stranger in a public mail domain", tagged().from("stranger@gmail.com"), 0, tracked},
            {"a colleague's address, though a contact holds it",
             tagged().from("lee@contoso.example"), 0, tracked},
            {"a user with an address outside", tagged().from("free@lancer.example"), 0, tracked},
            {"one address, two contacts of different accounts", tagged().from("shared@x.example"),
             0, review},
            {"one address, the owner's own contact and another", tagged().from("mine@x.example"),
             45, tracked},
            {"one address, a contact and a lead", tagged().from("both@x.example"), 47, tracked},
        },
        customers()
            .stored("about1@contoso.example", 1)
            .stored("about2@contoso.example", 2)
            .stored("plain@contoso.example")
            .record(4, "account", "A mistake in the CRM")
            .owns("gmail.com")
            .record(41, "contact", "Cy")
            .holds("cy@gmail.com")
            .record(42, "contact", "Lee")
            .holds("lee@contoso.example")
            .record(43, "contact", "Shared 1")
            .under(1)
            .holds("shared@x.example")
            .record(44, "contact", "Shared 2")
            .under(2)
            .holds("shared@x.example")
            .record(45, "contact", "Kim's own")
            .owned_by(90)
            .holds("mine@x.example")
            .record(46, "contact", "Lee's own")
            .owned_by(91)
            .holds("mine@x.example")
            .record(47, "contact", "Both")
            .holds("both@x.example")
            .record(48, "lead", "Both")
            .holds("both@x.example")
            .record(49, "user", "Freelancer")
            .holds("free@lancer.example"));
}

TEST_CASE("a label outranks all evidence; one that leads nowhere leaves the question open")
{
    const auto tracked = StateCategory::tracked;
    const auto review = StateCategory::review;
    check(
        {
            {"by number", labelled("CRM: CAS-01042"), 51, tracked},
            {"by number, though a name is the same", labelled("CRM: 4711"), 51, tracked},
            {"by exact name, though others begin with it", labelled("CRM: renewal"), 52, tracked},
            {"by unique prefix", labelled("CRM: Renewal 2026 N"), 53, tracked},
            {"by a prefix of several", labelled("CRM: Re"), 0, review},
            {"two records of one name", labelled("CRM: Twin"), 0, review},
            {"of nothing", labelled("CRM: Nothing"), 0, review},
            {"that was not looked up", labelled("CRM: Unknown"), 0, review},
            {"of a user", labelled("CRM: Kim"), 0, review},
            {"two at once", message().categories({"CRM Track", "CRM: Renewal", "CRM: CAS-01042"}),
             0, review},
            {"alone, without CRM Track", message().categories({"CRM: Renewal"}), 52, tracked},
            {"in an answer about something else",
             labelled("CRM: Renewal").in_reply_to("about1@contoso.example"), 52, tracked},
        },
        customers()
            .stored("about1@contoso.example", 1)
            .record(51, "case", "Broken pump")
            .numbered("CAS-01042")
            .record(52, "opportunity", "Renewal")
            .record(53, "opportunity", "Renewal 2026 North")
            .label_by_number("cas-01042", {51})
            .label_by_number("4711", {51})
            .label_by_name("4711", {52})
            .label_by_name("renewal", {52})
            .label_by_prefix("renewal", {52, 53})
            .label_by_prefix("renewal 2026 n", {53})
            .label_by_prefix("re", {52, 53})
            .label_by_name("twin", {52, 53})
            .label_by_name("nothing", {})
            .label_by_name("kim", {90}));
}

TEST_CASE("a label the mailbox was offered goes before a number, a name or a beginning like it")
{
    Candidates candidates = customers()
                                .record(51, "case", "Broken pump")
                                .record(52, "opportunity", "Renewal")
                                .record(53, "opportunity", "Renewal")
                                .label_by_number("renewal", {51})
                                .label_by_name("renewal", {52, 53});
    CHECK(decide(labelled("CRM: Renewal"), ignored_before, candidates).regarding == record_id(51));
    candidates.by_label["renewal"].published = {record_id(53)};
    const Decision decision = decide(labelled("CRM: Renewal"), ignored_before, candidates);
    CHECK(decision.regarding == record_id(53));
    REQUIRE(decision.evidence.size() >= 2); // the first says who asked
    CHECK(decision.evidence[1].reason == "label gives a record's label in this mailbox");
}

TEST_CASE("a label says so: by a person, kept as the display, named in the evidence")
{
    const Candidates candidates = customers().label_by_name("fabrikam", {2});
    const Decision decision =
        decide(message().categories({"crm: Fabrikam"}), ignored_before, candidates);
    CHECK(in_words(decision) == "tracked regarding_category by person, answers tracked");
    CHECK(decision.regarding_by_person);
    CHECK(decision.regarding_strength == Strength::person);
    CHECK(decision.answer.regarding == std::optional<std::string>("crm: Fabrikam"));

    const Decision by_rule = decide(message().categories({"CRM: Fabrikam"}), {}, candidates);
    CHECK(in_words(by_rule) == "tracked regarding_category, answers tracked");
    CHECK(by_rule.regarding == record_id(2));
    CHECK_FALSE(by_rule.regarding_by_person);
}

TEST_CASE("a label refused by a gate comes off with the wish")
{
    const Item item = message()
                          .sensitivity(Sensitivity::confidential)
                          .categories({"CRM: Fabrikam", "Blue", "CRM Track"});
    const Decision decision = decide(item, ignored_before);
    CHECK(in_words(decision) == "refused gate_sensitivity by person, answers refused");
    CHECK(match::apply(decision.answer, *item.categories, contoso_policy()) ==
          std::vector<std::string>{"Blue", "CRM Refused"});
}

TEST_CASE("ambiguous evidence asks only where a person asked; a rule leaves it empty")
{
    const auto both = [] { return tagged().cc("bo@fabrikam.example"); };
    const Decision by_rule = decide(both());
    CHECK(in_words(by_rule) == "tracked rule_tag, answers tracked");
    CHECK_FALSE(by_rule.regarding);
    CHECK(by_rule.suggestions ==
          std::vector<RecordId>{record_id(11), record_id(21), record_id(1), record_id(2)});
    const Decision by_mode = decide(both().categories({}), {}, customers(), here(Mode::contacts));
    CHECK(in_words(by_mode) == "tracked exact_address, answers tracked");
    CHECK_FALSE(by_mode.regarding);
}

TEST_CASE("a message that is stored with a regarding leaves no question open")
{
    const Candidates stored = customers().stored("own@adventure.example", 2);
    const Decision decision = decide(tagged().cc("bo@fabrikam.example"), ignored_before, stored);
    CHECK(in_words(decision) == "tracked hand_tag by person, answers tracked");
    CHECK(decision.regarding == record_id(2));
    CHECK(decision.regarding_strength == Strength::inferred);
}

TEST_CASE("an unanswered label suggests its hits first, then what evidence found")
{
    const Decision decision =
        decide(labelled("CRM: F"), ignored_before, customers().label_by_prefix("f", {2, 21}));
    CHECK(decision.suggestions ==
          std::vector<RecordId>{record_id(2), record_id(21), record_id(11)});
    CHECK(decision.note == "label matches 2 records by beginning of its name");
}
