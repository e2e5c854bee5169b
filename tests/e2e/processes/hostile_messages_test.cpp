#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>

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

/// What mail servers have let through before, each under the name it is looked for by.
std::map<std::string, json::object> letters()
{
    std::map<std::string, json::object> all;
    all["control characters"]["subject"] = "bell \a, nul \0, escape \x1b[2J, del \x7f"s;
    all["half a character"] = {{"raw", raw({{"subject", R"("half \ud83d of a smile")"}})}};
    all["other half"] = {{"raw", raw({{"subject", R"("\ude00 first")"}})}};
    all["null subject"] = {{"raw", raw({{"subject", "null"}})}};
    all["long subject"] = {{"subject", std::string(70'000, 's')}};
    all["large body"] = {{"body", std::string(25 * 1024 * 1024, 'b')}};
    json::array crowd;
    for (int i = 0; i < 500; ++i)
        crowd.emplace_back(fmt::format("guest{}@party.example", i));
    all["500 recipients"] = {{"to", std::move(crowd)}};
    all["no addresses"] = {
        {"to", json::array{json::object{{"name", "Somebody"}, {"address", ""}},
                           json::object{{"name", "X"}, {"address", "/o=ExchangeLabs/ou=X/cn=Y"}},
                           json::object{{"name", "at"}, {"address", "no at sign"}},
                           json::object{{"name", "at"}, {"address", "two@@signs"}},
                           json::object{{"name", "\x01"}, {"address", "nul\u0001@x.example"}}}}};
    all["year 1"] = {{"raw", raw({{"sentDateTime", R"("0001-01-01T00:00:00Z")"},
                                  {"receivedDateTime", R"("0001-01-01T00:00:00Z")"}})}};
    all["no date"] = {{"raw", raw({{"sentDateTime", "null"}, {"receivedDateTime", "null"}})}};
    all["odd date"] = {{"raw", raw({{"sentDateTime", R"("yesterday")"}})}};
    all["no from"] = {{"raw", raw({{"from", "null"}, {"sender", "null"}})}};
    all["empty from"] = {{"raw", raw({{"from", R"({"emailAddress":{}})"}})}};
    all["no Message-ID"] = {{"raw", raw({{"internetMessageId", "null"}})}};
    all["empty Message-ID"] = {{"raw", raw({{"internetMessageId", R"("")"}})}};
    all["odd Message-ID"] = {{"message_id", "<\"a b\"@@x y>"}};
    all["other types"] = {{"raw", raw({{"toRecipients", R"("nobody")"}, {"importance", "7"}})}};
    return all;
}

} // namespace

TEST_CASE("no message is so odd that it ends anywhere but tracked, refused or parked")
{
    Stage stage;
    stage.mailbox(ann);
    std::map<std::string, std::string> ids;
    for (auto& [name, mail] : letters()) {
        mail["categories"] = json::array{"CRM Track"};
        if (!mail.contains("subject"))
            mail["subject"] = name;
        ids[name] = stage.deliver(ann, std::move(mail));
    }
    const std::string normal =
        stage.deliver(ann, {{"subject", "A normal one"}, {"categories", {"CRM Track"}}});
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("the normal message",
                   [&] { return stage.categories(ann, "A normal one") == "CRM Tracked"; });

    // Each has lost its wish to one answer, or is parked with a reason until it is tried again.
    const auto parked = [&](const std::string& id) {
        return stage.number("SELECT count(*) FROM sync.parked WHERE reason <> '' AND item_id = '" +
                            id + "'") == 1;
    };
    for (const auto& [name, id] : ids)
        stage.wait_for(name + " to be dealt with", [&, id = id] {
            const std::string shown = stage.categories_of(ann, id);
            return shown == "CRM Tracked" || shown == "CRM Refused" || shown == "CRM Failed" ||
                   parked(id);
        });
    std::size_t tracked = 0;
    for (const auto& [name, id] : ids)
        tracked += stage.categories_of(ann, id) == "CRM Tracked" ? 1U : 0U;
    CHECK(tracked >= ids.size() - 3);
    // Only the gate may refuse: whom it comes from is not known, so nobody outside took part.
    CHECK(stage.categories_of(ann, ids.at("no from")) == "CRM Refused");

    // What is stored is clean, cut where it must be, and whole where it need not.
    const auto stored = [&](const std::string& name, const std::string& expression) {
        return stage.text("SELECT (" + expression +
                          ")::text FROM sync.link JOIN store.activity AS a ON a.id = activity_id "
                          "WHERE item_id = '" +
                          ids.at(name) + "'");
    };
    CHECK(stored("large body", "body_truncated AND length(body) <= 1048576") == "true");
    CHECK(stored("500 recipients", "SELECT count(*) > 500 FROM store.activity_party AS p "
                                   "WHERE p.activity_id = a.id") == "true");
    CHECK(stored("control characters", "subject ~ '[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f]'") ==
          "false");
    CHECK(stored("no Message-ID", "message_id IS NULL") == "true");
    CHECK(stage.number("SELECT count(DISTINCT activity_id) FROM sync.link") ==
          stage.number("SELECT count(*) FROM sync.link"));

    CHECK_FALSE(daemon->ended());
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}
