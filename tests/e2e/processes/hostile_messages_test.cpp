#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <sstream>

using namespace crmsync::test;
using namespace std::string_literals;

namespace {

const std::string ann = "ann@contoso.example";

json::object raw(std::initializer_list<std::pair<const char*, const char*>> properties)
{
    json::object texts;
    for (const auto& [name, text] : properties)
        texts[name] = text;
    return texts;
}

/// A letter, the category it ends with, and what a person is told who asks why.
struct Odd {
    json::object mail;
    std::string ends = "CRM Tracked";
    std::string told =
        "It is tracked: an inbox rule had set the category when the message arrived.";
    bool has_message_id = true; ///< else nobody can ask for it
};

/// What mail servers have let through before, each under the name it is looked for by.
std::map<std::string, Odd> letters()
{
    std::map<std::string, Odd> all;
    all["control characters"].mail["subject"] = "bell \a, nul \0, escape \x1b[2J, del \x7f"s;
    all["half a character"].mail = {{"raw", raw({{"subject", R"("half \ud83d of a smile")"}})}};
    all["other half"].mail = {{"raw", raw({{"subject", R"("\ude00 first")"}})}};
    all["null subject"].mail = {{"raw", raw({{"subject", "null"}})}};
    all["long subject"].mail = {{"subject", std::string(70'000, 's')}};
    all["large body"].mail = {{"body", std::string(25 * 1024 * 1024, 'b')}};
    json::array crowd;
    for (int i = 0; i < 500; ++i)
        crowd.emplace_back(fmt::format("guest{}@party.example", i));
    all["500 recipients"].mail = {{"to", std::move(crowd)}};
    all["no addresses"].mail = {
        {"to", json::array{json::object{{"name", "Somebody"}, {"address", ""}},
                           json::object{{"name", "X"}, {"address", "/o=ExchangeLabs/ou=X/cn=Y"}},
                           json::object{{"name", "at"}, {"address", "no at sign"}},
                           json::object{{"name", "at"}, {"address", "two@@signs"}},
                           json::object{{"name", "\x01"}, {"address", "nul\u0001@x.example"}}}}};
    all["year 1"].mail = {{"raw", raw({{"sentDateTime", R"("0001-01-01T00:00:00Z")"},
                                       {"receivedDateTime", R"("0001-01-01T00:00:00Z")"}})}};
    all["no date"].mail = {{"raw", raw({{"sentDateTime", "null"}, {"receivedDateTime", "null"}})}};
    all["odd date"].mail = {{"raw", raw({{"sentDateTime", R"("yesterday")"}})}};
    all["no from"].mail = {{"raw", raw({{"from", "null"}, {"sender", "null"}})}};
    all["empty from"].mail = {{"raw", raw({{"from", R"({"emailAddress":{}})"}})}};
    all["no Message-ID"].mail = {{"raw", raw({{"internetMessageId", "null"}})}};
    all["empty Message-ID"].mail = {{"raw", raw({{"internetMessageId", R"("")"}})}};
    all["odd Message-ID"].mail = {{"message_id", "<\"a b\"@@x y>"}};
    all["other types"].mail = {
        {"raw", raw({{"toRecipients", R"("nobody")"}, {"importance", "7"}})}};

    // Whom it comes from is not known, so nobody outside took part.
    all["no from"].ends = "CRM Refused";
    all["no from"].told = "It is refused: messages among own people stay out of the CRM.";
    all["other types"].ends = "CRM Failed";
    all["other types"].told = "It could not be stored: toRecipients is no list.";
    all["no Message-ID"].has_message_id = false;
    all["empty Message-ID"].has_message_id = false;
    return all;
}

/// Whoever asks gets one line that says what was decided and why, and nothing that a terminal
/// would take for a command.
void check_told(Stage& stage, const std::string& message_id, const std::string& told)
{
    const Outcome outcome = stage.crmsync({"explain", ann, message_id});
    CAPTURE(outcome.out, outcome.err);
    CHECK(outcome.code == 0);
    std::istringstream lines(outcome.out);
    std::string line;
    int decisions = 0;
    while (std::getline(lines, line)) {
        CHECK_FALSE(line.empty());
        CHECK(std::none_of(line.begin(), line.end(),
                           [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
        if (!line.starts_with("decided "))
            continue;
        ++decisions;
        CHECK_THAT(line, Catch::Contains(": " + told));
    }
    CHECK(decisions == 1);
}

} // namespace

TEST_CASE(
    "no message is so odd that it ends anywhere but tracked, refused or failed with the reason")
{
    Stage stage;
    stage.mailbox(ann);
    // What arrives within the second of the enabling may have been tagged by a person before it.
    stage.execute("UPDATE sync.mailbox SET enabled_at = enabled_at - interval '1 minute'");
    std::map<std::string, Odd> all = letters();
    std::map<std::string, std::string> ids;
    for (auto& [name, odd] : all) {
        json::object& mail = odd.mail;
        mail["categories"] = json::array{"CRM Track"};
        if (!mail.contains("subject"))
            mail["subject"] = name;
        if (!mail.contains("message_id"))
            mail["message_id"] = fmt::format("<{}@odd.example>", ids.size());
        ids[name] = stage.deliver(ann, mail);
    }
    const std::string normal =
        stage.deliver(ann, {{"subject", "A normal one"}, {"categories", {"CRM Track"}}});
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("the normal message",
                   [&] { return stage.categories_of(ann, normal) == "CRM Tracked"; });

    for (const auto& [name, odd] : all)
        stage.wait_for(name + " to end with " + odd.ends,
                       [&, &id = ids.at(name), &ends = odd.ends] {
                           return stage.categories_of(ann, id) == ends;
                       });
    for (const auto& [name, odd] : all) {
        CAPTURE(name);
        if (odd.has_message_id)
            check_told(stage, std::string(odd.mail.at("message_id").as_string()), odd.told);
    }
    const std::string log = stage.crmsync({"log", "--mailbox", ann}).out;
    CHECK_THAT(log, Catch::Contains(R"("reason": "toRecipients is no list")"));
    // It is not tried again before somebody changes it.
    CHECK(stage.text("SELECT string_agg(reason, ', ' ORDER BY reason) FROM sync.parked "
                     "WHERE next_attempt_at IS NULL") == "toRecipients is no list");
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 1);

    // What is stored is clean, cut where it must be, and whole where it need not.
    const auto stored = [&](const std::string& name, const std::string& expression) {
        return stage.text("SELECT (" + expression +
                          ")::text FROM sync.link JOIN store.activity AS a ON a.id = activity_id "
                          "WHERE item_id = '" +
                          ids.at(name) + "'");
    };
    CHECK(stored("large body", "body_truncated AND length(body) <= 1048576") == "true");
    const auto parties = [&](const std::string& name, const std::string& expression) {
        return stored(name, "SELECT " + expression +
                                " FROM store.activity_party AS p "
                                "WHERE p.activity_id = a.id AND role = 'to'");
    };
    CHECK(parties("500 recipients", "count(*)") == "500");
    // What is no address is a party too, by the text that was given for it.
    CHECK(parties("no addresses", "string_agg(name || ' <' || address || '> ' || resolution, "
                                  "', ' ORDER BY ordinal)") ==
          "Somebody <> unresolved, X </o=ExchangeLabs/ou=X/cn=Y> unresolved, "
          "at <no at sign> unresolved, at <two@@signs> unresolved, "
          " <nul@x.example> unresolved");
    // A date that says "none" is not when it happened: the mailbox's own last change stands in.
    for (const char* name : {"year 1", "no date"}) {
        CAPTURE(name);
        CHECK(stored(name, "occurred_at BETWEEN now() - interval '1 hour' AND now()") == "true");
    }
    CHECK(stored("control characters", "subject ~ '[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f]'") ==
          "false");
    CHECK(stored("half a character", "subject") == "half \xef\xbf\xbd of a smile");
    CHECK(stored("other half", "subject") == "\xef\xbf\xbd first");
    CHECK(stored("no Message-ID", "message_id IS NULL") == "true");
    CHECK(stage.number("SELECT count(DISTINCT activity_id) FROM sync.link") ==
          stage.number("SELECT count(*) FROM sync.link"));

    CHECK_FALSE(daemon->ended());
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}
